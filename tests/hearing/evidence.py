"""Is a line's sound in the mix? Its clip, found again by correlation, piece by piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

PIECE = 0.25
"""Seconds: about one syllable."""
FAINT = 10 ** (-12 / 20)
"""A piece softer than this, against the whole clip, is no syllable; and the bed would count for too much in it."""
REACH = 0.02
"""Seconds by which a clip may be off its place: what an encoder's filters and the trimming may come to."""


def likeness(mix: Sound, rate: int, start: int, clip: Sound) -> float:
    """The normalised correlation of `clip` with `mix` at `start`, in the piece where it is least: at most 1.

    Level plays no part. With the bed 24 dB below the speech it is 0.99 where everything is there, and near 0 in a
    piece that was cut out, or where other words are.
    """
    reach = round(REACH * rate)
    window = mix[max(0, start - reach) : start + reach + len(clip)].astype(np.float64)
    offset = _offset(window, clip)
    found = window[offset : offset + len(clip)]
    if len(found) < len(clip):
        return 0.0
    size = round(PIECE * rate)
    floor = FAINT * float(np.sqrt(np.mean(np.square(clip))))
    pieces = [slice(at, at + size) for at in range(0, max(1, len(clip) - size), size // 2)]
    pieces = [piece for piece in pieces if np.sqrt(np.mean(np.square(clip[piece]))) >= floor]
    return min(_correlation(found[piece], clip[piece]) for piece in pieces)


def _offset(window: NDArray[np.float64], clip: Sound) -> int:
    """Where in `window` the clip fits best."""
    size = 1 << (len(window) + len(clip)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(window, size) * np.conj(np.fft.rfft(clip, size)), size)
    return int(np.argmax(cross[: max(1, len(window) - len(clip) + 1)]))


def _correlation(one: NDArray[np.float64], other: Sound) -> float:
    energy = float(np.sqrt(np.sum(np.square(one)) * np.sum(np.square(other, dtype=np.float64))))
    return float(np.dot(one, other)) / energy if energy else 0.0
