"""Many small sounds strewn over a loop: drops and bubbles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples

FRAMES = 2**21
"""Frames of a strewn loop: 48 s at 44.1 kHz, for single sounds are known again sooner than noise is."""


@dataclass(frozen=True, slots=True)
class Grain:
    """How the small sounds are: each a decaying tone, its values drawn between bounds, evenly by their logarithms."""

    rate: float
    """How many a second."""
    pitch: tuple[float, float]
    """Hz."""
    decay: tuple[float, float]
    """Seconds until it has fallen by 60 dB."""
    attack: float
    """Seconds of rise."""
    spread: float
    """Decibels, one standard deviation of their levels."""
    rising: float = 0.0
    """Share by which the pitch rises in one decay, as that of a bubble near the surface does."""
    wide: float = 0.8
    """How far from the middle they may lie: 0 to 1."""


def strewn(grain: Grain, rate: int, seed: int) -> Samples:
    """A loop of such sounds at random places, shape (FRAMES, 2), its root mean square 1."""
    dice = np.random.default_rng(seed)
    count = round(grain.rate * FRAMES / rate)
    places = dice.integers(0, FRAMES, count)
    pitches = _between(grain.pitch, count, dice)
    decays = _between(grain.decay, count, dice)
    levels = 10 ** (dice.normal(0, grain.spread, count).clip(-9, 2 * grain.spread) / 20)
    sides = dice.uniform(-grain.wide, grain.wide, count) * np.pi / 4 + np.pi / 4
    lanes = np.zeros((2, FRAMES + round(1.2 * grain.decay[1] * rate) + 2), np.float32)
    for place, pitch, decay, level, side in zip(places, pitches, decays, levels, sides, strict=True):
        sound = level * _sound(grain, pitch, decay, rate)
        lanes[0, place : place + len(sound)] += np.cos(side) * sound
        lanes[1, place : place + len(sound)] += np.sin(side) * sound
    lanes[:, : lanes.shape[1] - FRAMES] += lanes[:, FRAMES:]
    loop = np.ascontiguousarray(lanes[:, :FRAMES].T)
    loop *= 1 / np.sqrt(np.mean(np.square(loop)))
    return loop


def _between(bounds: tuple[float, float], count: int, dice: np.random.Generator) -> NDArray[np.float64]:
    low, high = bounds
    drawn: NDArray[np.float64] = low * (high / low) ** dice.random(count)
    return drawn


def _sound(grain: Grain, pitch: float, decay: float, rate: int) -> NDArray[np.float32]:
    time = np.arange(round(1.1 * decay * rate), dtype=np.float32) / np.float32(rate)
    phase = (2 * np.pi * pitch) * time * (1 + grain.rising / 2 / decay * time)
    rise = np.minimum(1.0, time / np.float32(grain.attack))
    sound: NDArray[np.float32] = np.sin(phase) * np.exp(-6.9 / decay * time) * rise
    return sound
