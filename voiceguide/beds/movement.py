"""Levels that move slowly: straight lines between points that lie a tenth of a second apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds.loops import period

STEP = 4096
"""Frames from point to point."""
_RAMP = (np.arange(STEP, dtype=np.float32) / np.float32(STEP))[None, :]


def points_of(rate: int) -> int:
    """How many points there are in a period at `rate` Hz."""
    return period(rate) // STEP


class Movement:
    """A linear gain as a function of time, over one period of points."""

    def __init__(self, points: NDArray[np.float64]) -> None:
        self._count = len(points)
        self.period = self._count * STEP
        self._points = np.append(points, points[0]).astype(np.float32)
        self.power = float(np.mean(points**2))
        self.highest = float(np.max(points**2))

    def at(self, start: int, frames: int) -> Samples:
        """The gain of every frame from `start` on, shape (frames, 1)."""
        first, inside = divmod(start, STEP)
        lines = -(-(inside + frames) // STEP)
        at = np.arange(first, first + lines) % self._count
        low, high = self._points[at, None], self._points[at + 1, None]
        drawn: Samples = (low + (high - low) * _RAMP).reshape(-1, 1)[inside : inside + frames]
        return drawn

    def powers(self, size: int, count: int) -> NDArray[np.float64]:
        """The mean power of the gain in each of the first `count` stretches of `size` frames, nearly."""
        middles = (np.arange(count, dtype=np.float64) + 0.5) * (size / STEP) % self._count
        gains: NDArray[np.float64] = np.interp(middles, np.arange(self._count + 1), self._points.astype(np.float64))
        return gains**2


def wandering(rate: int, seed: int, seconds: float) -> NDArray[np.float64]:
    """A line that wanders around 0 and turns about every `seconds`, its root mean square 1 and never beyond ±2.2."""
    points = points_of(rate)
    frequency = np.arange(points // 2 + 1) * (rate / STEP / points)
    real, imaginary = np.random.default_rng(seed).standard_normal((2, len(frequency)))
    shape = np.exp(-((frequency * 2 * seconds) ** 2))
    shape[0] = 0.0
    line = np.fft.irfft((real + 1j * imaginary) * shape, points)
    held = 2.4 * np.tanh(line / np.sqrt(np.mean(line**2)) / 2.4)
    wander: NDArray[np.float64] = np.clip(held / np.sqrt(np.mean(held**2)), -2.2, 2.2)
    return wander


def drift(rate: int, seed: int, seconds: float, depth: float) -> Movement:
    """A level that wanders by `depth` dB, root mean square."""
    return Movement(10 ** (depth * wandering(rate, seed, seconds) / 20))
