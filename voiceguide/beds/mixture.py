"""Several sounds as one bed, at a loudness that is known without listening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import lufs, power_of
from voiceguide.beds import LOUDNESS, Heard
from voiceguide.beds.movement import Movement


class Source(Protocol):
    """A sound without end whose power is known."""

    power: float
    """Mean K-weighted power."""
    highest: float
    """The highest K-weighted power of any 400 ms."""
    period: int
    """Frames after which it repeats."""

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`, the caller's own."""

    def powers(self, size: int, count: int) -> NDArray[np.float64]:
        """The mean K-weighted power of each of the first `count` stretches of `size` frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One sound of a mixture."""

    source: Source
    level: float = 0.0
    """Decibels of loudness against the others."""
    movement: Movement | None = None


class Mixture:
    """A bed of several sounds. They are uncorrelated, so their powers add up to its loudness."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self.period = lcm(*(part.period for voice in voices for part in (voice.source, voice.movement) if part))
        shares = [10 ** (voice.level / 10) for voice in voices]
        whole = power_of(LOUDNESS) / sum(shares)
        self._voices = [
            (voice.source, np.float32(np.sqrt(share * whole / _mean(voice))), voice.movement)
            for voice, share in zip(voices, shares, strict=True)
        ]
        highest = sum(
            share * whole * _highest(voice) / _mean(voice) for voice, share in zip(voices, shares, strict=True)
        )
        self.heard = Heard(LOUDNESS, lufs(highest))

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        mixed: Samples | None = None
        for source, gain, movement in self._voices:
            part = source.at(start, frames)
            part *= gain if movement is None else movement.at(start, frames) * gain
            mixed = part if mixed is None else np.add(mixed, part, out=mixed)
        return np.zeros((frames, 2), np.float32) if mixed is None else mixed

    def powers(self, size: int, count: int) -> NDArray[np.float64]:
        """The mean K-weighted power of each of its first `count` stretches of `size` frames."""
        sums = np.zeros(count)
        for source, gain, movement in self._voices:
            own = source.powers(size, count) * float(gain) ** 2
            sums += own if movement is None else own * movement.powers(size, count)
        return sums


def _mean(voice: Voice) -> float:
    return voice.source.power * (voice.movement.power if voice.movement else 1.0)


def _highest(voice: Voice) -> float:
    return voice.source.highest * (voice.movement.highest if voice.movement else 1.0)
