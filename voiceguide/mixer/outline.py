"""What the levels of a session do over time, for whoever wants to see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.levels import Powers, lufs, power_of
from voiceguide.audio.measure import MOMENTARY, SHORT_TERM
from voiceguide.mixer.balance import Balance
from voiceguide.mixer.bins import bins
from voiceguide.model.timeline import Timeline

Points = tuple[tuple[int, float], ...]
"""(frame, LUFS); minus infinity for silence."""


@dataclass(frozen=True, slots=True)
class Outline:
    """As it is foretold, evenly spaced over the session; empty where this lasts no tenth of a second."""

    loudness: Points
    """Short-term, of three seconds: the loudest where a point stands for many bins."""
    beds: Points
    """Momentary, of the beds as they sound; the mean where a point stands for many bins."""
    led: Points
    """Of the beds as they are led: as if each were always as loud as it is on the whole."""


def outlined(timeline: Timeline, balance: Balance, most: int) -> Outline:
    """At most `most` points a curve; where there are fewer than bins, a point stands for several."""
    size, count = bins(timeline)
    step = max(1, -(-count // most))
    places = np.arange(0, count, step)
    frames = ((places + 0.5) * size).astype(np.int64)
    led = np.zeros(len(frames))
    for laid in balance.beds:
        led += power_of(laid.loudness) * laid.curve.at(frames) ** 2
    led *= balance.fall.at(frames) ** 2
    beds = _around(balance.behind, places, max(MOMENTARY, step))
    everywhere = _around(balance.powers, np.arange(count), SHORT_TERM)
    loudness = np.maximum.reduceat(everywhere, places) if count else everywhere
    return Outline(*(_points(frames, values) for values in (loudness, beds, led)))


def _around(powers: Powers, places: NDArray[np.int64], window: int) -> Powers:
    """The mean of up to `window` bins around each place: of fewer at both ends."""
    sums = np.cumsum(np.concatenate(([0.0], powers)))
    first = np.maximum(places - window // 2, 0)
    last = np.minimum(places + window - window // 2, len(powers))
    means: Powers = np.maximum(sums[last] - sums[first], 0.0) / np.maximum(last - first, 1)
    return means


def _points(frames: NDArray[np.int64], powers: Powers) -> Points:
    return tuple((int(frame), lufs(float(power))) for frame, power in zip(frames, powers, strict=True))
