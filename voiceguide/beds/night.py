"""A still night: hardly any air, and some crickets, soft and far away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds import Wish
from voiceguide.beds.grains import FRAMES
from voiceguide.beds.loops import Texture, above, below, filtered, noise, tilt
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import drift

# A field cricket's song: chirps of three or four pulses, about thirty a second, on a nearly pure tone above 4 kHz, two
# or three chirps a second. F. Huber, T. Moore and W. Loher (eds.), Cricket Behavior and Neurobiology, 1989.
_PULSES = (3, 5)
_PULSE_RATE = 30.0
_PITCH = (4000.0, 4900.0)
_CHIRP = (0.36, 0.62)  # seconds from chirp to chirp, for each cricket its own
_CRICKETS = 6


def night(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """The night at a rate in Hz."""
    air = Texture(noise(rate, 61, lambda f: tilt(f, -5.5) * above(f, 60.0)), rate, 14)
    leaves = Texture(noise(rate, 62, lambda f: tilt(f, -5.0) * above(f, 250.0) * below(f, 4000.0)), rate, 15)
    crickets = Texture(filtered(_meadow(rate), rate, lambda f: above(f, 2500.0)), rate, 16)
    return Mixture(
        (
            Voice(air, 0.0, drift(rate, 63, 15.0, 0.8)),
            Voice(leaves, -7.0, drift(rate, 64, 8.0, 2.0)),
            Voice(crickets, -15.0, drift(rate, 65, 20.0, 1.5)),
        )
    )


def _meadow(rate: int) -> Samples:
    lanes = np.zeros((2, FRAMES), np.float32)
    for cricket in range(_CRICKETS):
        dice = np.random.default_rng(600 + cricket)
        song = _song(rate, dice) * 10 ** (dice.uniform(-9, 0) / 20)
        side = dice.uniform(0.15, 0.85) * np.pi / 2
        lanes += np.stack((np.cos(side) * song, np.sin(side) * song))
    return np.ascontiguousarray(lanes.T)


def _song(rate: int, dice: np.random.Generator) -> NDArray[np.float32]:
    """One cricket for a loop: some chirps, a rest, some chirps, none quite on time."""
    song = np.zeros(FRAMES, np.float32)
    pitch, every = dice.uniform(*_PITCH), dice.uniform(*_CHIRP)
    at = dice.uniform(0, 2)
    while at < FRAMES / rate - 1:
        for _ in range(dice.integers(6, 26)):
            chirp = _chirp(rate, pitch * dice.uniform(0.997, 1.003), int(dice.integers(*_PULSES)))
            first = round(at * rate)
            if first + len(chirp) > FRAMES:
                return song
            song[first : first + len(chirp)] += chirp * np.float32(dice.uniform(0.7, 1.0))
            at += every * dice.uniform(0.94, 1.08)
        at += dice.uniform(1.0, 5.0)
    return song


def _chirp(rate: int, pitch: float, pulses: int) -> NDArray[np.float32]:
    time = np.arange(round(pulses / _PULSE_RATE * rate)) / rate
    phase = time * _PULSE_RATE % 1.0
    outline = np.sin(np.pi * np.minimum(1.0, phase / 0.65)) ** 2 * np.minimum(1.0, 0.4 + time * _PULSE_RATE / 3)
    chirp: NDArray[np.float32] = (np.sin(2 * np.pi * pitch * time) * outline).astype(np.float32)
    return chirp
