"""A warm drone on A with soft noise, like a room that hums.

Two loops are made in the frequency domain, so each closes on itself without a seam: the drone is a power of two
long, the noise a product of threes and fives. Their lengths share no factor: the sum repeats after half a year.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import Loudness

LOUDNESS = -30.0
"""LUFS of its first half minute."""

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
_BEATS = (0, 1, -2)  # loop bins beside each partial: they beat every 24, 12 and 8 seconds
_BEAT_LEVELS = (1.0, 0.3, 0.2)
_DRONE_SECONDS = 24.0
_NOISE_FRAMES = 3**5 * 5**5  # odd, so it shares no factor with a power of two; 17 s at 44.1 kHz
_NOISE_LEVEL = 0.3  # of the drone's root mean square
_NOISE_SWELLS = 2  # a loop
_WIDTH = 1.6  # radians that a partial's phase may differ between the ears


class Drone:
    """The drone at a rate in Hz."""

    def __init__(self, rate: int) -> None:
        self._loops = _loops(rate)

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        drone, noise = self._loops
        return _around(drone, start, frames) + _around(noise, start, frames)


def _around(loop: Samples, start: int, frames: int) -> Samples:
    at = start % len(loop)
    if at + frames <= len(loop):
        return loop[at : at + frames]
    return np.take(loop, np.arange(at, at + frames), axis=0, mode="wrap")


@lru_cache(maxsize=2)
def _loops(rate: int) -> tuple[Samples, Samples]:
    dice = np.random.default_rng(110)
    drone, noise = _drone(rate, dice), _noise(rate, dice)
    noise *= _NOISE_LEVEL * np.sqrt(np.mean(drone**2) / np.mean(noise**2))
    meter = Loudness(rate, 2)
    meter.add(_around(drone, 0, 30 * rate) + _around(noise, 0, 30 * rate))
    gain = np.float32(10 ** ((LOUDNESS - meter.integrated()) / 20))
    return drone * gain, noise * gain


def _drone(rate: int, dice: np.random.Generator) -> Samples:
    frames = 2 ** round(np.log2(_DRONE_SECONDS * rate))
    spectrum = np.zeros((frames // 2 + 1, 2), np.complex128)
    for multiple, level in _PARTIALS:
        home = round(multiple * _ROOT * frames / rate)
        # Low notes stay nearer the middle: a wide bass cancels on one loudspeaker.
        width = _WIDTH * min(1.0, multiple / 2)
        for beat, share in zip(_BEATS, _BEAT_LEVELS, strict=True):
            phases = dice.uniform(0, 2 * np.pi) + width * dice.uniform(-0.5, 0.5, 2)
            spectrum[home + beat] += 10 ** (level / 20) * share * np.exp(1j * phases)
    loop: Samples = (np.fft.irfft(spectrum, frames, axis=0) * frames).astype(np.float32)
    return loop


def _noise(rate: int, dice: np.random.Generator) -> Samples:
    frequency = np.arange(_NOISE_FRAMES // 2 + 1) * rate / _NOISE_FRAMES
    real, imaginary = dice.standard_normal((2, 2, len(frequency)))
    middle, side = (real + 1j * imaginary) * _hush(frequency)
    lanes = np.stack((middle + 0.5 * side, middle - 0.5 * side), axis=1)
    swell = 1 + 0.2 * np.sin(2 * np.pi * _NOISE_SWELLS * np.arange(_NOISE_FRAMES) / _NOISE_FRAMES)
    raw = np.fft.irfft(lanes, _NOISE_FRAMES, axis=0) * swell[:, None]
    loop: Samples = (raw - raw.mean(axis=0)).astype(np.float32)
    return loop


def _hush(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pink noise without rumble below 70 Hz, rolling off from 550 Hz at 18 dB an octave."""
    pink = 1 / np.sqrt(np.maximum(frequency, 1.0))
    floor = (frequency / 70) ** 2 / (1 + (frequency / 70) ** 2)
    level: NDArray[np.float64] = pink * floor / (1 + (frequency / 550) ** 2) ** 1.25
    return level
