"""A warm drone with soft noise, like a room that hums.

Two loops are made in the frequency domain, so each closes on itself without a seam. Their lengths are PERIOD / 48 and
PERIOD / 35: the sum repeats after a whole period.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds import Wish
from voiceguide.beds.loops import PERIOD, Loop, above, below, noise, tilt, to_loop
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.parameters import DRONE_OCTAVES, note

_ROOT = 110.0
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
_BEATS = (0, 1, -2)  # loop bins beside each partial: at 44.1 kHz they beat every 26, 13 and 9 seconds
_BEAT_LEVELS = (1.0, 0.3, 0.2)
_FRAMES = PERIOD // 48
_NOISE_FRAMES = PERIOD // 35
_NOISE_LEVEL = -14.0
_WIDTH = 2.6  # radians that a partial's phase may differ between the ears
_DEEPEST = 40.0  # Hz: below, a partial is felt by few and moves every loudspeaker


class Drone(Mixture):
    """The drone at a rate in Hz."""

    def __init__(self, rate: int, wish: Wish | None = None) -> None:
        root = note(wish.parameter, DRONE_OCTAVES, 2) if wish and wish.parameter else _ROOT
        air = Loop(noise(rate, 550, _hush, width=0.5, frames=_NOISE_FRAMES), rate)
        super().__init__((Voice(Loop(_tones(rate, root), rate)), Voice(air, _NOISE_LEVEL)))


def _tones(rate: int, root: float) -> Samples:
    dice = np.random.default_rng(110)
    spectra = np.zeros((2, _FRAMES // 2 + 1), np.complex64)
    for multiple, level in _PARTIALS:
        home = round(multiple * root * _FRAMES / rate)
        # Low notes stay nearer the middle: a wide bass cancels on one loudspeaker.
        width = _WIDTH * min(1.0, multiple * root / 220.0)
        for beat, share in zip(_BEATS, _BEAT_LEVELS, strict=True):
            phases = dice.uniform(0, 2 * np.pi) + width * dice.uniform(-0.5, 0.5, 2)
            if multiple * root >= _DEEPEST:
                spectra[:, home + beat] += 10 ** (level / 20) * share * np.exp(1j * phases)
    return to_loop(spectra, _FRAMES)


def _hush(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pink noise without rumble below 70 Hz, rolling off from 550 Hz."""
    level: NDArray[np.float64] = tilt(frequency, -3.0) * above(frequency, 70.0) * below(frequency, 550.0)
    return level
