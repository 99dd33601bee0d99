"""Sound without end or seam, from little: loops, and pieces of them in an order that nobody can follow.

Everything here repeats after `period` frames exactly, or after a part of it, at any rate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import FINE_WINDOW, clip_powers, gated, lufs
from voiceguide.beds import Heard

Powers = NDArray[np.float64]
Spectrum = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Linear magnitudes at frequencies in Hz, the lowest of which is 0."""

PERIOD = 24 * 2**10 * 3**2 * 5 * 7**2
"""Frames: 20 minutes at 44.1 kHz. Whole blocks of 46,080 and whole groups of 49 MP3 frames."""
_PERIOD_48000 = 2**12 * 3**2 * 5**2 * 7**2
"""The same at 48 kHz, 16 minutes: whole tenths of a second too, in which an MP3 is measured, and so may repeat."""
POOL = 2**20
"""Frames of noise to take pieces from: 24 s at 44.1 kHz."""
_PIECES = 160
"""In a period."""
_FADE = 2**16


def period(rate: int) -> int:
    """Frames after which everything here repeats, at `rate` Hz."""
    return _PERIOD_48000 if rate == 48_000 else PERIOD


def around(loop: Samples, start: int, frames: int) -> Samples:
    """`frames` frames of a loop from frame `start` on, as a copy."""
    at = start % len(loop)
    if at + frames <= len(loop):
        return loop[at : at + frames].copy()
    return np.take(loop, np.arange(at, at + frames), axis=0, mode="wrap")


class Energy:
    """How loud a loop is from place to place."""

    def __init__(self, samples: Samples, rate: int) -> None:
        own = clip_powers(samples, rate)
        moments = np.convolve(own, np.full(FINE_WINDOW, 1 / FINE_WINDOW), "valid")
        self.power, self.highest = float(own.mean()), float(moments.max())
        self._length = len(samples)
        self._nodes = np.linspace(0, self._length, len(own) + 1)
        self._sums = np.concatenate(([0.0], np.cumsum(own))) * (self._length / len(own))

    def within(self, starts: NDArray[np.int64], size: int) -> Powers:
        """The mean K-weighted power of `size` frames from each of `starts`."""
        return (self._until(starts + size) - self._until(starts)) / size

    def _until(self, places: NDArray[np.int64]) -> Powers:
        rounds, rest = np.divmod(places, self._length)
        sums: Powers = rounds * self._sums[-1] + np.interp(rest, self._nodes, self._sums)
        return sums


class Loop:
    """One loop, round and round. Its length must divide `period` at `rate`."""

    def __init__(self, samples: Samples, rate: int) -> None:
        self.period = len(samples)
        self._samples = samples
        self._energy = Energy(samples, rate)
        self.power, self.highest = self._energy.power, self._energy.highest

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        return around(self._samples, start, frames)

    def powers(self, size: int, count: int) -> Powers:
        """The mean K-weighted power of each of the first `count` stretches of `size` frames."""
        return self._energy.within(np.arange(count, dtype=np.int64) * size, size)


class Texture:
    """Pieces of a loop from places that chance gave, faded into each other at equal power.

    What the loop holds comes again, but never in a rhythm.
    """

    def __init__(self, pool: Samples, rate: int, seed: int) -> None:
        self.period = period(rate)
        self._pool, self._piece = pool, self.period // _PIECES
        dice = np.random.default_rng(seed)
        # Each piece begins far from where the one before it ends, so that the two never agree while they fade.
        steps = self._piece + dice.integers(len(pool) // 8, 7 * len(pool) // 8, _PIECES)
        self._places = np.cumsum(steps) % len(pool)
        bend = (np.arange(_FADE) + 0.5) * (np.pi / 2 / _FADE)
        self._rise = np.sin(bend).astype(np.float32)[:, None]
        self._fall = np.cos(bend).astype(np.float32)[:, None]
        self._energy = Energy(pool, rate)
        self.power, self.highest = self._energy.power, self._energy.highest

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        block = np.empty((frames, 2), np.float32)
        done = 0
        while done < frames:
            piece, inside = divmod(start + done, self._piece)
            edge = _FADE if inside < _FADE else self._piece
            length = min(edge - inside, frames - done)
            block[done : done + length] = self._part(piece, inside, length)
            done += length
        return block

    def _part(self, piece: int, inside: int, length: int) -> Samples:
        part = around(self._pool, self._place(piece) + inside, length)
        if inside < _FADE:
            part *= self._rise[inside : inside + length]
            before = around(self._pool, self._place(piece - 1) + self._piece + inside, length)
            before *= self._fall[inside : inside + length]
            part += before
        return part

    def _place(self, piece: int) -> int:
        return int(self._places[piece % len(self._places)])

    def powers(self, size: int, count: int) -> Powers:
        """The mean K-weighted power of each of the first `count` stretches of `size` frames."""
        piece, inside = np.divmod(np.arange(count, dtype=np.int64) * size, self._piece)
        now = self._energy.within(self._places[piece % len(self._places)] + inside, size)
        before = self._energy.within(self._places[(piece - 1) % len(self._places)] + self._piece + inside, size)
        risen = np.sin(np.clip((inside + size / 2) / _FADE, 0, 1) * (np.pi / 2)) ** 2
        mixed: Powers = risen * now + (1 - risen) * before
        return mixed


def heard(samples: Samples, rate: int) -> Heard:
    """How loud some seconds of sound are."""
    own = clip_powers(samples, rate)
    moments = np.convolve(own, np.full(FINE_WINDOW, 1 / FINE_WINDOW))
    return Heard(gated(own, FINE_WINDOW), lufs(float(moments.max())))


def noise(
    rate: int, seed: int, spectrum: Spectrum, *, width: float = 0.75, frames: int = POOL, highest: float = float("inf")
) -> Samples:
    """Noise of a spectrum that closes on itself, shape (frames, 2), with nothing above `highest` Hz.

    `width` is the sides' share of the middle: 0 is one and the same in both ears, 1 two different ones. Low
    frequencies stay nearer the middle, for a wide bass cancels on one loudspeaker.
    """
    frequency = frequencies(frames, rate)
    frequency = frequency[: np.searchsorted(frequency, highest, "right")]
    level = spectrum(frequency)
    level[0] = 0.0
    dice = np.random.default_rng(seed)
    middle, side = dice.standard_normal((2, len(level), 2), dtype=np.float32).view(np.complex64)[..., 0]
    middle *= level.astype(np.float32)
    side *= (width * level * above(frequency, 150.0)).astype(np.float32)
    return to_loop(np.stack((middle + side, middle - side)), frames)


def frequencies(frames: int, rate: int) -> NDArray[np.float64]:
    """Hz of every line in the spectrum of a loop."""
    return np.arange(frames // 2 + 1, dtype=np.float64) * (rate / frames)


def to_loop(spectra: NDArray[np.complex64] | NDArray[np.complex128], frames: int) -> Samples:
    """The loop of two spectra, shape (2, frames // 2 + 1), at a root mean square of 1."""
    lanes = np.fft.irfft(spectra, frames, axis=1)
    lanes *= 1 / np.sqrt(np.mean(np.square(lanes)))
    return np.ascontiguousarray(lanes.T, dtype=np.float32)


def filtered(loop: Samples, rate: int, spectrum: Spectrum) -> Samples:
    """A loop through a filter without delay; it stays a loop. Its root mean square becomes 1."""
    frequency = frequencies(len(loop), rate)
    level = spectrum(frequency)
    level[0] = 0.0
    return to_loop(np.fft.rfft(loop.T, axis=1) * level.astype(np.float32), len(loop))


def tilt(frequency: NDArray[np.float64], octave: float) -> NDArray[np.float64]:
    """A level that changes by `octave` dB an octave, 1 at 1 kHz."""
    slope: NDArray[np.float64] = (np.maximum(frequency, 1.0) / 1000.0) ** (octave / (20 * np.log10(2)))
    return slope


def above(frequency: NDArray[np.float64], corner: float, order: int = 2) -> NDArray[np.float64]:
    """What lies above `corner` Hz, 6 dB an octave and order less below it."""
    ratio = np.square(frequency / corner) ** order
    passed: NDArray[np.float64] = np.sqrt(ratio / (1 + ratio))
    return passed


def below(frequency: NDArray[np.float64], corner: float, order: int = 2) -> NDArray[np.float64]:
    """What lies below `corner` Hz, 6 dB an octave and order less above it."""
    passed: NDArray[np.float64] = 1 / np.sqrt(1 + np.square(frequency / corner) ** order)
    return passed


def near(frequency: NDArray[np.float64], centre: float, octaves: float) -> NDArray[np.float64]:
    """A hump around `centre` Hz that has fallen by 3 dB `octaves` beside it."""
    away = np.log2(np.maximum(frequency, 1.0) / centre) / octaves
    hump: NDArray[np.float64] = np.exp(-0.5 * np.log(2) * away**2)
    return hump
