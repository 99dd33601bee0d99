"""Bells, synthesised: a few partials that are no multiples of each other, each dying away in its own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.errors import UsageError
from voiceguide.near import suggest


@dataclass(frozen=True, slots=True)
class _Partial:
    """One mode of the metal: Hz, level in dB, seconds until it has fallen by 60 dB."""

    frequency: float
    level: float
    decay: float
    beat: float = 0.0
    """Hz between the two halves of a mode that the metal's unevenness splits."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    partials: tuple[_Partial, ...]
    seconds: float
    attack: float
    """Seconds of rise: a soft mallet."""


# Tuned to lie well over a drone on A. What the ear knows them by, from N. Fletcher and T. Rossing, The Physics of
# Musical Instruments: hum, prime, third, fifth and nominal of a bell (0.5, 1, 1.25, 1.5, 2), the free bar of a
# chime (1, 2.756, 5.404), the bending modes of a bowl (1, 2.8, 5.2, 8.1).
_RECIPES = {
    "bell": _Recipe(
        (
            _Partial(220.3, -8.0, 6.5, 0.5),
            _Partial(440.0, 0.0, 5.0, 0.8),
            _Partial(552.0, -9.0, 3.2, 1.1),
            _Partial(661.5, -13.0, 2.4),
            _Partial(882.0, -6.0, 2.6, 1.3),
            _Partial(1108.0, -20.0, 1.4),
            _Partial(1329.0, -17.0, 1.1),
            _Partial(1775.0, -22.0, 0.8),
        ),
        5.5,
        0.006,
    ),
    "chime": _Recipe(
        (
            _Partial(659.3, 0.0, 3.6, 0.6),
            _Partial(1817.0, -14.0, 1.5, 1.2),
            _Partial(3562.8, -30.0, 0.6),
        ),
        4.0,
        0.005,
    ),
    "bowl": _Recipe(
        (
            _Partial(164.8, 0.0, 11.0, 0.55),
            _Partial(461.5, -6.0, 7.0, 0.9),
            _Partial(857.0, -15.0, 4.0, 1.4),
            _Partial(1335.0, -25.0, 2.0, 1.9),
        ),
        8.0,
        0.02,
    ),
}


@lru_cache(maxsize=16)
def sound(name: str, rate: int) -> Samples:
    """A bell by name at `rate` Hz: float32, shape (frames, 2), peak 1, silent at both ends, read-only.

    Raises UsageError when there is none of that name.
    """
    if name not in _RECIPES:
        raise UsageError(f"there is no sound called '{name}'", suggest(name, _RECIPES))
    recipe = _RECIPES[name]
    time = np.arange(round(recipe.seconds * rate)) / rate
    audible = (partial for partial in recipe.partials if partial.frequency < 0.45 * rate)
    struck = _struck(audible, time) * _outline(time, recipe)[:, None]
    rung: Samples = (struck / np.abs(struck).max()).astype(np.float32)
    rung.setflags(write=False)
    return rung


def _struck(partials: Iterable[_Partial], time: NDArray[np.float64]) -> NDArray[np.float64]:
    """All partials, shape (frames, 2); the halves of a split mode lean to either side."""
    lanes = np.zeros((len(time), 2))
    for partial in partials:
        dying = 10 ** (partial.level / 20 - 3 * time / partial.decay)
        low, high = (np.sin(2 * np.pi * (partial.frequency + side * partial.beat) * time) for side in (-0.5, 0.5))
        lanes[:, 0] += dying * (0.7 * low + 0.3 * high)
        lanes[:, 1] += dying * (0.3 * low + 0.7 * high)
    return lanes


def _outline(time: NDArray[np.float64], recipe: _Recipe) -> NDArray[np.float64]:
    """A raised-cosine rise, and a fall to nothing over the last third."""
    rise = np.clip(time / recipe.attack, 0, 1)
    fall = np.clip((time[-1] - time) / (recipe.seconds / 3), 0, 1)
    outline: NDArray[np.float64] = (1 - np.cos(np.pi * rise)) * (1 - np.cos(np.pi * fall)) / 4
    return outline
