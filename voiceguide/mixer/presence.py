"""Which bed plays when. Each comes ahead of its section and is gone where the next one's begins.

Two sounds that have nothing in common cross at equal power, so that the sum stays as loud as it was. What two beds
share would add up in step with itself and swell by 3 dB: they cross at equal gain, and what they share goes on. A
bed comes out of silence and goes into it in the same way, as it does at the ends of the session.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from voiceguide.beds import alike
from voiceguide.mixer.curves import Curve, steps
from voiceguide.model.timeline import Timeline

CROSS = 5.0
"""Seconds in which one bed gives way to the next, which is alone from the first frame of its section on."""


def presences(timeline: Timeline) -> dict[str, Curve]:
    """How present every bed of the timeline is, by its name, from 0 to 1."""
    rows = [(Curve(np.array([0]), np.ones(1)), name) for _, name in timeline.beds[:1]]
    for (since, before), (start, name) in pairwise(timeline.beds):
        rising, falling = _crossing(since, start, timeline.rate, in_step=alike(before, name))
        rows[-1] = (_joined(rows[-1][0], falling), before)
        rows.append((rising, name))
    found: dict[str, Curve] = {}
    for curve, name in rows:
        found[name] = _joined(found[name], curve) if name in found else curve
    return found


def _crossing(since: int, start: int, rate: int, *, in_step: bool) -> tuple[Curve, Curve]:
    """From 0 to 1 and from 1 to 0: not before frame `since`, and over at `start`."""
    length = min(round(CROSS * rate), start - since)
    frames = np.unique(steps(start - length, start))
    part = (frames - frames[0]) / length
    power = 2 if in_step else 1
    return Curve(frames, np.sin(np.pi / 2 * part) ** power), Curve(frames, np.sin(np.pi / 2 * (1 - part)) ** power)


def _joined(one: Curve, after: Curve) -> Curve:
    frames, first = np.unique(np.concatenate((one.frames, after.frames)), return_index=True)
    return Curve(frames, np.concatenate((one.gains, after.gains))[first])
