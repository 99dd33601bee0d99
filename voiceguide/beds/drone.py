"""A warm drone with soft noise, like a room that hums.

Two loops are made in the frequency domain, so each closes on itself without a seam. Their lengths are 1/40 and 1/42 of
the period: the sum repeats after half of it, ten minutes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds import Wish
from voiceguide.beds.loops import Loop, above, below, noise, period, tilt, to_loop
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.parameters import DEFAULTS, DRONE_OCTAVES, note

_PARTIALS = (
    # (multiple of the root, level in dB)
    (0.5, -9.0),
    (1.0, 0.0),
    (1.5, -6.0),
    (2.0, -7.0),
    (3.0, -15.0),
    (4.0, -21.0),
    (6.0, -29.0),
    (8.0, -35.0),
)
_BEATS = (0, 1, -2)  # loop bins beside each partial: at 44.1 kHz they beat every 31, 15 and 10 seconds
_BEAT_LEVELS = (1.0, 0.3, 0.2)
_PARTS, _NOISE_PARTS = 40, 42  # of a period
_NOISE_LEVEL = -14.0
_HIGHEST = 8000.0  # Hz: there the noise has fallen by 60 dB, and making more of it would only delay the first word
_WIDTH = 2.6  # radians that a partial's phase may differ between the ears
_DEEPEST = 40.0  # Hz: below, a partial is felt by few and moves every loudspeaker


class Drone(Mixture):
    """The drone at a rate in Hz."""

    def __init__(self, rate: int, wish: Wish | None = None) -> None:
        root = note((wish and wish.parameter) or DEFAULTS["drone"], DRONE_OCTAVES, 2)
        air = Loop(noise(rate, 550, _hush, width=0.5, frames=period(rate) // _NOISE_PARTS, highest=_HIGHEST), rate)
        super().__init__((Voice(Loop(_tones(rate, root), rate)), Voice(air, _NOISE_LEVEL)))


def _tones(rate: int, root: float) -> Samples:
    dice = np.random.default_rng(110)
    frames = period(rate) // _PARTS
    spectra = np.zeros((2, frames // 2 + 1), np.complex64)
    for multiple, level in _PARTIALS:
        home = round(multiple * root * frames / rate)
        # Low notes stay nearer the middle: a wide bass cancels on one loudspeaker.
        width = _WIDTH * min(1.0, multiple * root / 220.0)
        for beat, share in zip(_BEATS, _BEAT_LEVELS, strict=True):
            phases = dice.uniform(0, 2 * np.pi) + width * dice.uniform(-0.5, 0.5, 2)
            if multiple * root >= _DEEPEST:
                spectra[:, home + beat] += 10 ** (level / 20) * share * np.exp(1j * phases)
    return to_loop(spectra, frames)


def _hush(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pink noise without rumble below 70 Hz, rolling off from 550 Hz."""
    level: NDArray[np.float64] = tilt(frequency, -3.0) * above(frequency, 70.0) * below(frequency, 550.0)
    return level
