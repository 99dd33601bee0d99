"""What a session sounds like, small enough to keep for hours, to compare what was given with what a file holds.

For every twentieth of a second: its power, and its projection on a fixed random pattern. Powers show what is
missing or added. Projections keep the distance between waveforms on average (Johnson and Lindenstrauss, 1984), so they
also show what is in the wrong place or upside down, where powers agree. Both are blind to what is constant over a
window, which Opus takes away.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples

WINDOWS = 20
"""A second."""

_HOLD = 8
"""Samples between changes of the pattern: it looks below 3 kHz, where lossy formats keep the waveform."""

_LEVEL = 0.4
"""How far, relatively, the level of one window may be off. At 128 kbit/s MP3 reaches 0.15, 0.31 on bare clicks."""

_TAIL, _LONGEST_TAIL = 0.1, 4
"""What may be left of a level up to so many windows later: the filter with which Opus takes away what lies below 3 Hz
rings on where a voice stops at once, 8 dB softer with every window."""

_WAVEFORM = 0.6
"""Allowed power of the difference over a second, relative to the sound: MP3 reaches 0.01 on speech over a soft bed and
0.32 on white noise; another second of the same sound has 0.9 to 2."""

_QUIET = 10 ** (-50 / 20)
"""Level below which differences do not count."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """Powers, shape (windows,), and projections, shape (windows, 2), in linear full scale."""

    powers: Samples
    projections: NDArray[np.float32]


class Fingerprint:
    """Takes stereo blocks of any size. Keeps 12 bytes for every window: 7 MB for eight hours."""

    def __init__(self, rate: int) -> None:
        self._size = rate // WINDOWS
        self._rest: Samples = np.zeros((0, 2), np.float32)
        self._powers = array("f")
        self._projections = array("f")
        self._known = 0

    def repeat(self, frames: int, distance: int) -> None:
        """Takes the next samples to be those `distance` frames before them, as is the rest of the windows at both ends.

        `distance` is whole windows, and nothing before the first sample is asked for.
        """
        at = len(self._powers) * self._size - self._known + len(self._rest) + frames
        count, back = -(-at // self._size) - len(self._powers), distance // self._size
        self._known = -at % self._size
        self._rest = self._rest[:0]
        first = len(self._powers) - back
        for number in range(first, first + count):
            self._powers.append(self._powers[number])
            self._projections.extend(self._projections[2 * number : 2 * number + 2])

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames, 2)."""
        skipped = min(self._known, len(block))
        self._known -= skipped
        block = block[skipped:]
        if len(self._rest):
            missing = self._size - len(self._rest)
            self._rest = np.concatenate((self._rest, block[:missing]))
            if len(self._rest) < self._size:
                return
            self._take(self._rest)
            block = block[missing:]
        whole = len(block) // self._size * self._size
        self._take(block[:whole])
        self._rest = block[whole:].copy()

    def finish(self) -> Print:
        """All of it, with the last window filled up with silence."""
        missing = -len(self._rest) % self._size
        self._take(np.pad(self._rest, ((0, missing), (0, 0))))
        self._rest = self._rest[:0]
        projections = np.array(self._projections, np.float32).reshape(-1, 2)
        return Print(np.array(self._powers, np.float32), projections)

    def _take(self, samples: Samples) -> None:
        windows = samples.reshape(-1, 2 * self._size)
        found = windows @ _pattern(self._size)
        projections, means = found[:, :2] / np.float32(self._size**0.5), found[:, 2:] / np.float32(self._size)
        powers = np.einsum("nw,nw->n", windows, windows) / np.float32(2 * self._size)
        powers = np.maximum(powers - np.einsum("nc,nc->n", means, means) / 2, np.float32(0))
        self._powers.frombytes(powers.tobytes())
        self._projections.frombytes(projections.tobytes())


@lru_cache(maxsize=4)
def _pattern(size: int) -> Samples:
    """For each of `size` frames' two samples, shape (2 * size, 4): what projects each channel, and what adds it up."""
    signs = np.random.default_rng(size).choice(np.array((-1, 1), np.float32), size // _HOLD + 1)
    held = np.repeat(signs, _HOLD)[:size, None]
    each = np.eye(2, dtype=np.float32)
    return np.concatenate((np.kron(held - held.mean(), each), np.kron(np.ones_like(held), each)), axis=1)


def first_difference(given: Print, found: Print) -> float | None:
    """Where, in seconds, the two no longer sound the same; None when they do, and both are as long."""
    if given.powers.shape != found.powers.shape:
        return min(len(given.powers), len(found.powers)) / WINDOWS
    places = [*np.flatnonzero(_level_differs(given.powers, found.powers))[:1] / WINDOWS]
    places += [*np.flatnonzero(_waveform_differs(given.projections, found.projections))[:1]]
    return float(min(places)) if places else None


def _level_differs(given: Samples, found: Samples) -> NDArray[np.bool_]:
    levels = np.sqrt(given)
    allowed = np.maximum(_LEVEL * _around(levels), _TAIL * _lately(levels)) + _QUIET
    return np.asarray(np.abs(np.sqrt(found) - levels) > allowed)


def _around(values: Samples) -> Samples:
    """The largest of each value and its neighbours: a lossy format smears over some milliseconds."""
    padded = np.pad(values, 1)
    return np.maximum(values, np.maximum(padded[:-2], padded[2:]))


def _lately(values: Samples) -> Samples:
    """The largest of each value and the few before it."""
    largest = values.copy()
    for back in range(1, min(_LONGEST_TAIL, len(values) - 1) + 1):
        largest[back:] = np.maximum(largest[back:], values[:-back])
    return largest


def _waveform_differs(given: Samples, found: Samples) -> NDArray[np.bool_]:
    sounding = _by_second(given)
    # What is smeared over the border of two seconds belongs to the other one.
    beside = np.pad(sounding, ((1, 1), (0, 0)))
    reaching = sounding.sum(axis=1) + beside[:-2, -1] + beside[2:, 0]
    return np.asarray(_by_second(found - given).sum(axis=1) > _WAVEFORM * reaching + 2 * WINDOWS * _QUIET**2)


def _by_second(projections: Samples) -> NDArray[np.float64]:
    """The power of every window, shape (seconds, windows)."""
    missing = -len(projections) % WINDOWS
    windows = np.pad(projections, ((0, missing), (0, 0))).astype(np.float64)
    return np.asarray((windows**2).sum(axis=1).reshape(-1, WINDOWS))
