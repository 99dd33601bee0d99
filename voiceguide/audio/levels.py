"""Meters: loudness as ITU-R BS.1770-4 and EBU R128 define it, and true peak, both streaming.

Loudness is kept as mean K-weighted power of short segments, so the loudness of a mix can also be
foretold from the powers of its parts. All powers are sums over channels of squared full scale, float64.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.kweighting import StreamPowers, response

Powers = NDArray[np.float64]

SILENCE = float("-inf")
"""The loudness, in LUFS, of what no gate lets through."""

ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
_OFFSET = -0.691  # BS.1770: a 997 Hz sine of 0 dBFS in one channel reads -3.01 LUFS
_SEGMENT = 100  # milliseconds: the hop of the 400 ms gating blocks
_FINE = 20  # milliseconds: for clips, which begin anywhere and may be short
FINE_WINDOW = 400 // _FINE
"""Segments of `clip_powers` in one gating block."""
_FFT = 32_768
_MEMORY = 0.09  # seconds after which the K filter's response has fallen by more than 170 dB

_BIN, _COARSE = 32, 256  # samples
_TAPS = 32
_KAISER = 6.0
_ROWS = 40  # bins in one product of matrices: with more, BLAS would wake a thread that costs more than it does
_PRODUCTS = 16  # at a time: bounded memory, and it stays in the cache


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
    meter = SegmentPowers(rate, 1 if samples.ndim == 1 else samples.shape[1], fine_segment(rate), heard_at)
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
        self._powers = StreamPowers(rate, channels, max(1, round(rate * _SEGMENT / 1000)))

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames,) or (frames, channels), full scale at ±1."""
        self._powers.add(block)

    def integrated(self) -> float:
        """LUFS of everything so far; minus infinity when it is silent or shorter than 400 ms."""
        return gated(self._powers.values())


class TruePeak:
    """The largest value between samples too, by fourfold oversampling (BS.1770-4, annex 2), by streaming.

    Only those places are oversampled whose samples are large enough to beat the peak found so far.
    """

    def __init__(self, channels: int) -> None:
        self._tail = np.zeros((_TAPS - 1, channels), np.float32)
        self._peak = 0.0

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames,) or (frames, channels)."""
        block = block.reshape(len(block), self._tail.shape[1])
        if max(_highest(block), _highest(self._tail)) * overshoot() > self._peak:
            self._peak = _raised(self._peak, np.concatenate((self._tail, block)))
        self._tail = np.concatenate((self._tail, block[1 - _TAPS :]))[1 - _TAPS :]

    @property
    def dbtp(self) -> float:
        """Decibels relative to full scale; minus infinity for silence."""
        peak = _raised(self._peak, np.concatenate((self._tail, np.zeros_like(self._tail))))
        return 20 * float(np.log10(peak)) if peak > 0 else SILENCE


def true_peak(samples: Samples) -> float:
    """The true peak of a whole signal, shape (frames,) or (frames, channels), as a linear value."""
    margin = [(_TAPS - 1, _TAPS - 1)] + [(0, 0)] * (samples.ndim - 1)
    return _raised(0.0, np.pad(samples, margin).reshape(len(samples) + 2 * _TAPS - 2, -1))


def _raised(peak: float, joined: Samples) -> float:
    """`peak`, or the largest value on and between `joined`'s samples when that is more."""
    for lane in np.ascontiguousarray(joined.T):
        for values in _contenders(lane, peak):
            peak = max(peak, float(values.max(initial=0.0)))
    return peak


def _highest(samples: Samples) -> float:
    return float(max(samples.max(initial=0), -samples.min(initial=0)))


def _contenders(lane: Samples, peak: float) -> Iterator[Samples]:
    tops = bin_tops(lane, _COARSE)
    reach = neighbours(tops)
    yield tops
    loudest = between(lane, _inside(reach.argmax()), _BIN)
    yield loudest
    floor = max(peak, float(tops.max()), float(loudest.max(initial=0.0))) / overshoot()
    bins = _inside(np.flatnonzero(reach > floor))
    # Few of these are needed, but what is loud is loud for a while: one look more costs less than all of them.
    near = sliding_window_view(lane, min(len(lane), _BIN + _TAPS - 1))
    highest = np.abs(near[np.minimum(bins * _BIN, len(near) - 1)]).max(axis=1)
    yield between(lane, bins[highest > floor], _BIN)


def _inside(coarse: NDArray[np.intp] | np.intp) -> NDArray[np.intp]:
    """The bins in some coarse ones."""
    count = _COARSE // _BIN
    return (np.reshape(coarse, (-1, 1)) * count + np.arange(count)).ravel()


def bin_tops(lane: Samples, size: int) -> Samples:
    """The largest absolute sample of every `size` samples; the last bin may be short."""
    tops = np.zeros(-(-len(lane) // size), np.float32)
    whole = len(lane) // size
    np.abs(lane[: whole * size]).reshape(-1, size).max(axis=1, out=tops[:whole])
    tops[whole:] = np.abs(lane[whole * size :]).max(initial=0)
    return tops


def neighbours(tops: Samples) -> Samples:
    """For every bin the largest of itself and the two beside it: all that the values between its samples hang on."""
    reach = tops.copy()
    np.maximum(reach[1:], tops[:-1], out=reach[1:])
    np.maximum(reach[:-1], tops[1:], out=reach[:-1])
    return reach


def between(lane: Samples, bins: NDArray[np.intp], size: int) -> Samples:
    """The largest value between samples in each of `bins`, from filters that begin in that bin and end in `lane`."""
    size = max(0, min(size, len(lane) - _TAPS + 1))
    starts = np.minimum(bins * size, len(lane) - size - _TAPS + 1)
    tops: Samples = np.zeros(len(bins), np.float32)
    if not size:
        return tops
    windows, bands = sliding_window_view(lane, size + _TAPS - 1), _bands(size)
    for at in range(0, len(bins), _ROWS * _PRODUCTS):
        some = starts[at : at + _ROWS * _PRODUCTS]
        rows = np.resize(some, (-(-len(some) // _ROWS), _ROWS))
        found = np.abs(windows[rows] @ bands).max(axis=2)
        tops[at : at + len(some)] = found.ravel()[: len(some)]
    return tops


def with_margins(lane: Samples, size: int) -> Samples:
    """`lane` in silence, so that bin n of `between` holds the values after the samples of bin n."""
    return np.pad(lane, (_TAPS // 2 - 1, _TAPS // 2 + size))


@lru_cache(maxsize=1)
def _phases() -> Samples:
    """Three windowed sinc filters, shape (taps, 3), for the quarter points between two samples."""
    offsets = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - np.array([0.25, 0.5, 0.75])
    shape = np.i0(_KAISER * np.sqrt(np.maximum(0, 1 - (offsets / (_TAPS / 2)) ** 2)))
    filters = np.sinc(offsets) * shape
    phases: Samples = (filters / filters.sum(axis=0)).astype(np.float32)
    return phases


@lru_cache(maxsize=4)
def _bands(size: int) -> Samples:
    """The filters for each of `size` samples and the taps after them, shape (size + taps - 1, 3 * size)."""
    bands = np.zeros((size + _TAPS - 1, size, 3), np.float32)
    for at in range(size):
        bands[at : at + _TAPS, at] = _phases()
    return bands.reshape(len(bands), -1)


@lru_cache(maxsize=1)
def overshoot() -> float:
    """How far, at most, a value between samples can lie above the samples around it."""
    return float(np.abs(_phases()).sum(axis=0).max())
