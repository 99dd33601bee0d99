"""A soft chord. Each partial is a narrow band of noise and not a line, so it breathes as many players together do.

The method is that of P. Nasca's PADsynth (2005): a spectrum of humps with random phases, and one inverse transform.
The chord's notes lie in two loops of different lengths, so that they never meet again in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds import Wish
from voiceguide.beds.loops import Loop, frequencies, period, to_loop
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import drift
from voiceguide.beds.parameters import DEFAULTS, chord

_PARTS = (48, 35)  # of a period
_PARTIALS = 10
_FALL = -9.0  # dB an octave from partial to partial: darker than a string
_NARROWEST = 0.45  # Hz
_CENTS = 3.5
_STEADY = 3.0
_DAMPED = 900.0  # Hz from which everything falls faster
_WIDTH = 0.55  # the sides' share of the middle
_SLOW, _DEPTH = 14.0, 0.7


class Pad(Mixture):
    """The chord at a rate in Hz."""

    def __init__(self, rate: int, wish: Wish | None = None) -> None:
        root, tones = chord((wish and wish.parameter) or DEFAULTS["pad"])
        notes = [root * 2 ** (semitones / 12) for semitones in _voicing(tones)]
        lengths = [period(rate) // part for part in _PARTS]
        loops = [Loop(_chorus(rate, notes[part::2], frames, part), rate) for part, frames in enumerate(lengths)]
        super().__init__([Voice(loop, 0.0, drift(rate, 70 + i, _SLOW, _DEPTH)) for i, loop in enumerate(loops)])


def _voicing(tones: tuple[int, ...]) -> tuple[int, ...]:
    """Root and fifth below, the rest an octave higher: close thirds would be muddy down there."""
    low = [0, next((tone for tone in tones if tone in (7, 5)), 12)]
    high = [tone + 12 for tone in tones if tone < 12] + [tone for tone in tones if tone >= 12]
    return tuple(dict.fromkeys(sorted(low) + sorted(high)))


def _chorus(rate: int, notes: Iterable[float], frames: int, seed: int) -> Samples:
    frequency = frequencies(frames, rate)
    humps, lines = np.zeros((2, len(frequency)))
    for place, note in enumerate(notes):
        for partial in range(1, _PARTIALS + 1):
            height = partial ** (_FALL / 20 / np.log10(2)) * 0.8**place / (1 + (note * partial / _DAMPED) ** 2)
            _add_partial(humps, lines, frequency, note * partial, height)
    dice = np.random.default_rng(700 + seed)
    middle, side = dice.standard_normal((2, len(humps), 2)).view(np.complex128)[..., 0] * humps
    steady = lines * np.exp(2j * np.pi * dice.random((2, len(lines))))
    middle += steady[0]
    side += steady[1]
    side *= _WIDTH * np.minimum(1.0, frequency / 300.0)
    return to_loop(np.stack((middle + side, middle - side)), frames)


def _add_partial(
    humps: NDArray[np.float64],
    lines: NDArray[np.float64],
    frequency: NDArray[np.float64],
    centre: float,
    height: float,
) -> None:
    """Adds a hump of one power whatever its width, and a line of `_STEADY` times that, so that it is never gone."""
    step = frequency[1]
    spread = _NARROWEST + centre * (2 ** (_CENTS / 1200) - 1)
    first, last = int((centre - 4 * spread) / step), int((centre + 4 * spread) / step) + 2
    if last < len(humps):
        away = (frequency[first:last] - centre) / spread
        hump = height * np.exp(-0.5 * away**2) / np.sqrt(spread / step)
        humps[first:last] += hump
        lines[round(centre / step)] += np.sqrt(2 * _STEADY * np.sum(hump**2))
