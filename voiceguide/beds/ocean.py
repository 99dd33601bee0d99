"""Waves on a beach, no two alike: each rises, breaks, and runs out over the sand.

Three bands of noise follow the same waves, each in its own way: the deep one swells and hardly falls, the middle one
breaks, and the foam comes late and stays longest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.beds import Wish
from voiceguide.beds.loops import Texture, above, below, near, noise, period, tilt
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import STEP, Movement, points_of

SHORTEST, LONGEST = 6.0, 14.0
"""Seconds from wave to wave: so uneven that the ear finds no beat (10 s later the loudness agrees by less than 0.3)."""


@dataclass(frozen=True, slots=True)
class _Band:
    crest: float
    """Seconds after the wave's turn at which this band is loudest."""
    rise: float
    """Seconds, one standard deviation before the crest."""
    fall: float
    """Seconds after it until a third is left."""
    depth: float
    """Decibels from trough to crest."""


_DEEP = _Band(0.0, 1.7, 2.6, 5.0)
_BREAK = _Band(0.4, 1.2, 1.7, 7.5)
_FOAM = _Band(1.1, 1.0, 2.4, 8.5)


def ocean(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """The waves at a rate in Hz."""
    turns, heights = _waves(rate)

    def moving(band: _Band) -> Movement:
        return Movement(10 ** (band.depth * (_swell(rate, turns, heights, band) - 1) / 20))

    deep = Texture(noise(rate, 31, lambda f: tilt(f, -5.0) * above(f, 50.0) * below(f, 350.0), width=0.5), rate, 4)
    break_ = Texture(noise(rate, 32, lambda f: tilt(f, -4.0) * near(f, 420.0, 1.2)), rate, 5)
    foam = Texture(noise(rate, 33, lambda f: tilt(f, -4.5) * above(f, 700.0) * below(f, 9000.0, 1)), rate, 6)
    return Mixture(
        (Voice(deep, -4.0, moving(_DEEP)), Voice(break_, 0.0, moving(_BREAK)), Voice(foam, -5.0, moving(_FOAM)))
    )


def _waves(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the waves turn, in seconds, and how high they are, for one period."""
    dice = np.random.default_rng(30)
    whole = period(rate) / rate
    count = round(whole / ((SHORTEST + LONGEST) / 2))
    lengths = dice.uniform(SHORTEST + 0.2, LONGEST - 0.2, count)
    middle = whole / count
    # Brought to the very length of the period without a wave becoming shorter or longer than they are.
    lengths = middle + (lengths - lengths.mean()) * 0.95
    return np.cumsum(lengths), dice.uniform(0.65, 1.0, count)


def _swell(rate: int, turns: NDArray[np.float64], heights: NDArray[np.float64], band: _Band) -> NDArray[np.float64]:
    """From 0 in the deepest trough to 1 on the highest crest, at every point of a movement."""
    seconds = np.arange(points_of(rate)) * (STEP / rate)
    whole = period(rate) / rate
    level = np.zeros(len(seconds))
    for turn, height in zip(turns, heights, strict=True):
        away = (seconds - turn - band.crest + whole / 2) % whole - whole / 2
        rising = np.exp(-0.5 * (np.minimum(away, 0) / band.rise) ** 2)
        falling = 1 / np.cosh(np.clip(away / band.fall, 0, 50))
        np.maximum(level, height * rising * falling, out=level)
    return level
