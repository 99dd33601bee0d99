"""Struck metal: a few partials that are no multiples of each other, each dying away in its own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples

_RUN = 512  # frames: about the root of a stroke's, for which both factors are small


@dataclass(frozen=True, slots=True)
class Partial:
    """One mode of the metal: Hz, level in dB, seconds until it has fallen by 60 dB."""

    frequency: float
    level: float
    decay: float
    beat: float = 0.0
    """Hz between the two halves of a mode that the metal's unevenness splits."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """What is struck, and how long it is let ring."""

    partials: tuple[Partial, ...]
    seconds: float
    attack: float
    """Seconds of rise: a soft mallet."""

    def tuned(self, factor: float) -> Stroke:
        """The same metal, `factor` times as high; what is smaller dies away sooner."""
        partials = (Partial(p.frequency * factor, p.level, p.decay / factor, p.beat) for p in self.partials)
        return Stroke(tuple(partials), self.seconds, self.attack)

    def lasting(self, factor: float, seconds: float) -> Stroke:
        """The same metal on a softer cushion: it rings `factor` times as long, and is heard for `seconds`."""
        partials = (Partial(p.frequency, p.level, p.decay * factor, p.beat) for p in self.partials)
        return Stroke(tuple(partials), seconds, self.attack)


# Tuned to lie well over a drone on A. What the ear knows them by, from N. Fletcher and T. Rossing, The Physics of
# Musical Instruments: hum, prime, third, fifth and nominal of a bell (0.5, 1, 1.25, 1.5, 2), the free bar of a
# chime (1, 2.756, 5.404). The bowl's bending modes (1, 2.8, 5.2, 8.1) are those of the largest of three that
# O. Inácio, L. Henrique and J. Antunes measured, The Dynamics of Tibetan Singing Bowls, Acta Acustica 92, 2006. Levels,
# decays and beats are our own.
BELL = Stroke(
    (
        Partial(220.3, -8.0, 6.5, 0.5),
        Partial(440.0, 0.0, 5.0, 0.8),
        Partial(552.0, -9.0, 3.2, 1.1),
        Partial(661.5, -13.0, 2.4),
        Partial(882.0, -6.0, 2.6, 1.3),
        Partial(1108.0, -20.0, 1.4),
        Partial(1329.0, -17.0, 1.1),
        Partial(1775.0, -22.0, 0.8),
    ),
    5.5,
    0.006,
)
CHIME = Stroke(
    (
        Partial(659.3, 0.0, 3.6, 0.6),
        Partial(1817.0, -14.0, 1.5, 1.2),
        Partial(3562.8, -30.0, 0.6),
    ),
    4.0,
    0.005,
)
BOWL = Stroke(
    (
        Partial(164.8, 0.0, 11.0, 0.55),
        Partial(461.5, -6.0, 7.0, 0.9),
        Partial(857.0, -15.0, 4.0, 1.4),
        Partial(1335.0, -25.0, 2.0, 1.9),
    ),
    8.0,
    0.02,
)


def struck(stroke: Stroke, rate: int) -> Samples:
    """One stroke at `rate` Hz: float32, shape (frames, 2), peak 1, silent at both ends."""
    frames = round(stroke.seconds * rate)
    audible = [partial for partial in stroke.partials if partial.frequency < 0.45 * rate]
    low, high = (_ringing(audible, side, frames, rate) for side in (-0.5, 0.5))
    # The halves of a split mode lean to either side.
    sounding = np.stack((0.7 * low + 0.3 * high, 0.3 * low + 0.7 * high), axis=1)
    sounding *= _outline(frames, rate, stroke)[:, None]
    rung: Samples = (sounding / np.abs(sounding).max()).astype(np.float32)
    return rung


def _ringing(partials: Sequence[Partial], side: float, frames: int, rate: int) -> NDArray[np.float64]:
    """One half of every partial, `side` of its beat away from it.

    A tone that dies away is the powers of one complex number, and z to the a + b is a product of two powers: runs of
    frames by the frames in a run, for all partials at once, are one product of matrices.
    """
    pitch = np.array([partial.frequency + side * partial.beat for partial in partials])
    fading = np.array([np.log(1000) / partial.decay for partial in partials])
    level = np.array([10 ** (partial.level / 20) for partial in partials])
    step = (2j * np.pi * pitch - fading) / rate
    runs = level * np.exp(np.outer(np.arange(0, frames, _RUN), step))
    sounding: NDArray[np.float64] = (runs @ np.exp(np.outer(step, np.arange(_RUN)))).imag.ravel()[:frames]
    return sounding


def _outline(frames: int, rate: int, stroke: Stroke) -> NDArray[np.float64]:
    """A raised-cosine rise, and a fall to nothing over the last third."""
    outline = np.ones(frames)
    for edge, seconds in ((outline, stroke.attack), (outline[::-1], stroke.seconds / 3)):
        ramp = np.arange(min(frames, ceil(seconds * rate))) / (seconds * rate)
        edge[: len(ramp)] *= (1 - np.cos(np.pi * ramp)) / 2
    return outline
