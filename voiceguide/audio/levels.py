"""Meters of loudness as ITU-R BS.1770-4 and EBU R128 define it, streaming.

Loudness is kept as mean K-weighted power of short segments, so the loudness of a mix can also be
foretold from the powers of its parts. All powers are sums over channels of squared full scale, float64.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.kweighting import StreamPowers, response

Powers = NDArray[np.float64]

SILENCE = float("-inf")
"""The loudness, in LUFS, of what no gate lets through."""

ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
_OFFSET = -0.691  # BS.1770: a 997 Hz sine of 0 dBFS in one channel reads -3.01 LUFS
SEGMENTS = 10
"""A second: the hop of the 400 ms gating blocks."""
_FINE = 20  # milliseconds: for clips, which begin anywhere and may be short
FINE_WINDOW = 400 // _FINE
"""Segments of `clip_powers` in one gating block."""
_FFT = 32_768
_MEMORY = 0.09  # seconds after which the K filter's response has fallen by more than 170 dB


def lufs(power: float) -> float:
    """Loudness in LUFS of a mean K-weighted power."""
    return _OFFSET + 10 * float(np.log10(power)) if power > 0 else SILENCE


def power_of(loudness: float) -> float:
    """The mean K-weighted power of a loudness in LUFS: `lufs` backwards."""
    return float(10 ** ((loudness - _OFFSET) / 10))


def gated(powers: Powers, window: int = 4) -> float:
    """Integrated loudness in LUFS of segment powers, in gating blocks of `window` segments (BS.1770-4, 400 ms)."""
    if len(powers) < window:
        return SILENCE
    sums = np.cumsum(np.concatenate(([0.0], powers)))
    blocks = np.maximum(sums[window:] - sums[:-window], 0.0) / window
    blocks = blocks[blocks > power_of(ABSOLUTE_GATE)]
    if not blocks.size:
        return SILENCE
    return lufs(float(blocks[blocks > blocks.mean() * 10 ** (RELATIVE_GATE / 10)].mean()))


def clip_loudness(powers: Powers) -> float:
    """Loudness in LUFS of one clip from `clip_powers`: gated, or the plain mean of a clip shorter than 400 ms."""
    if len(powers) >= FINE_WINDOW:
        return gated(powers, FINE_WINDOW)
    return lufs(float(powers.mean())) if powers.size else SILENCE


def clip_powers(samples: Samples, rate: int, heard_at: int = 0) -> Powers:
    """K-weighted powers of a whole clip, shape (frames,) or (frames, channels), in 20 ms segments.

    The last one is filled up with silence. `heard_at` is the rate of the meter that will hear it, when it
    is another: filters of BS.1770 differ a little from rate to rate.
    """
    channels, segment = (1 if samples.ndim == 1 else samples.shape[1]), fine_segment(rate)
    if heard_at in (0, rate):
        stream = StreamPowers(rate, channels, segment)
        stream.add(samples)
        stream.add(np.zeros((-len(samples) % segment, channels), np.float32))
        return stream.values()
    meter = SegmentPowers(rate, channels, segment, heard_at)
    meter.add(samples)
    return meter.values(partial=True)


def fine_segment(rate: int) -> int:
    """Frames in one segment of `clip_powers`."""
    return max(1, rate * _FINE // 1000)


class SegmentPowers:
    """Mean K-weighted power of every `segment` frames, summed over channels. Keeps eight bytes a segment."""

    def __init__(self, rate: int, channels: int, segment: int, heard_at: int = 0) -> None:
        self._segment = segment
        self._kept = int(np.ceil(_MEMORY * rate))
        self._size = _FFT if self._kept + segment <= _FFT else 2 * (self._kept + segment)
        self._hop = (self._size - self._kept) // segment * segment
        self._kept = self._size - self._hop
        self._weighting = response(rate, self._size, heard_at or rate)
        self._buffer = np.zeros((channels, self._size), np.float32)
        self._filled = self._kept
        self._done = array("d")

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames,) or (frames, channels)."""
        lanes = block.reshape(len(block), len(self._buffer)).T
        at = 0
        while at < lanes.shape[1]:
            step = min(self._size - self._filled, lanes.shape[1] - at)
            self._buffer[:, self._filled : self._filled + step] = lanes[:, at : at + step]
            self._filled += step
            at += step
            if self._filled == self._size:
                self._done.extend(self._weighed())
                self._buffer[:, : self._kept] = self._buffer[:, self._hop :]
                self._filled = self._kept

    def values(self, *, partial: bool = False) -> Powers:
        """All powers so far; with `partial` the last, unfinished segment too, as if silence followed."""
        fresh = self._filled - self._kept
        segments = -(-fresh // self._segment) if partial else fresh // self._segment
        self._buffer[:, self._filled :] = 0
        rest = self._weighed()[:segments] if segments else ()
        return np.concatenate((np.frombuffer(self._done), rest))

    def _weighed(self) -> Powers:
        # Overlap-save: the response has died away after the kept part, so circular equals linear after it.
        spectrum = np.fft.rfft(self._buffer, axis=1)
        spectrum *= self._weighting
        fresh = np.fft.irfft(spectrum, self._size, axis=1)[:, self._kept :]
        parts = fresh.reshape(len(fresh), -1, self._segment)
        powers: Powers = np.einsum("cks,cks->k", parts, parts).astype(np.float64) / self._segment
        return powers


class Loudness:
    """Integrated loudness by streaming; the same for any block size. Keeps 80 bytes a second."""

    def __init__(self, rate: int, channels: int) -> None:
        self._powers = StreamPowers(rate, channels, max(1, round(rate / SEGMENTS)))

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames,) or (frames, channels), full scale at ±1."""
        self._powers.add(block)

    def integrated(self) -> float:
        """LUFS of everything so far; minus infinity when it is silent or shorter than 400 ms."""
        return gated(self._powers.values())
