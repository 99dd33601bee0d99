"""Meters of true peak: the largest value between samples too, by fourfold oversampling (BS.1770-4, annex 2)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SILENCE

_BIN, _COARSE = 32, 256  # samples
_SOME = 8  # coarse bins: looking at one of so many beforehand costs less than it spares
_TAPS = 32
_KAISER = 6.0
_ROWS = 40  # bins in one product of matrices: with more, BLAS would wake a thread that costs more than it does
_PRODUCTS = 16  # at a time: bounded memory, and it stays in the cache


class TruePeak:
    """The largest value between samples too, by fourfold oversampling (BS.1770-4, annex 2), by streaming.

    Only those places are oversampled whose samples are large enough to beat the peak found so far.
    """

    def __init__(self, channels: int, *, led_in: bool = False) -> None:
        """With `led_in` something, which is unknown, sounds before the first sample; otherwise nothing does."""
        self._tail = np.zeros((0 if led_in else _TAPS - 1, channels), np.float32)
        self._peak = 0.0

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames,) or (frames, channels)."""
        block = block.reshape(len(block), self._tail.shape[1])
        if max(_highest(block), _highest(self._tail)) * overshoot() > self._peak:
            self._peak = _raised(self._peak, np.concatenate((self._tail, block)))
        self._tail = np.concatenate((self._tail, block[1 - _TAPS :]))[1 - _TAPS :]

    @property
    def so_far(self) -> float:
        """The highest value whose surroundings are all known, linear."""
        return self._peak

    @property
    def highest(self) -> float:
        """The highest value, linear, when silence follows."""
        silence = np.zeros((_TAPS - 1, self._tail.shape[1]), np.float32)
        return _raised(self._peak, np.concatenate((self._tail, silence)))

    @property
    def dbtp(self) -> float:
        """Decibels relative to full scale; minus infinity for silence."""
        peak = self.highest
        return 20 * float(np.log10(peak)) if peak > 0 else SILENCE


def true_peak(samples: Samples) -> float:
    """The true peak of a whole signal, shape (frames,) or (frames, channels), as a linear value."""
    margin = [(_TAPS - 1, _TAPS - 1)] + [(0, 0)] * (samples.ndim - 1)
    return _raised(0.0, np.pad(samples, margin).reshape(len(samples) + 2 * _TAPS - 2, -1))


def _raised(peak: float, joined: Samples) -> float:
    """`peak`, or the largest value on and between `joined`'s samples when that is more.

    No value lies further above the two samples beside it than `_lean` times the sharpest bend around, so that few
    places are looked at closely: the sharpest of all first, and then those that may still be higher.
    """
    tops, bends = _tops_and_bends(np.ascontiguousarray(joined))
    bounds = neighbours(tops) + _lean() * neighbours(bends)
    peak = max(peak, float(tops.max(initial=0.0)))
    if np.count_nonzero(bounds > peak) > _SOME:
        peak = _raised_in(peak, joined, bounds.argmax())
    return _raised_in(peak, joined, np.flatnonzero(bounds > peak))


def _raised_in(peak: float, joined: Samples, coarse: NDArray[np.intp] | np.intp) -> float:
    """The same for values from filters that begin in some coarse bins."""
    if np.size(coarse):
        for lane in joined.T:
            peak = max(peak, _between(lane, _inside(coarse), peak))
    return peak


def _highest(samples: Samples) -> float:
    return float(max(samples.max(initial=0), -samples.min(initial=0)))


def _tops_and_bends(joined: Samples) -> tuple[Samples, Samples]:
    """For every `_COARSE` frames the largest sample of any channel, and the largest second difference."""
    channels = joined.shape[1]
    flat = joined.ravel()
    steps = flat[channels:] - flat[:-channels]
    bends = np.zeros_like(flat)
    np.subtract(steps[channels:], steps[:-channels], out=bends[: len(flat) - 2 * channels])
    return bin_tops(flat, _COARSE * channels), bin_tops(bends, _COARSE * channels)


def _between(lane: Samples, bins: NDArray[np.intp], peak: float) -> float:
    """The largest value between samples from filters that begin in `bins`, or `peak` when none is larger."""
    near = sliding_window_view(lane, min(len(lane), _BIN + _TAPS - 1))
    around = near[np.minimum(bins * _BIN, len(near) - 1)]
    bends = np.abs(np.diff(around, 2, axis=1)).max(axis=1, initial=0)
    bounds = np.abs(around).max(axis=1) + _lean() * bends
    few = bins[bounds > peak]
    return float(between(lane, few, _BIN).max()) if few.size else peak


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


@lru_cache(maxsize=1)
def _lean() -> float:
    """How far, at most, a value between samples lies above both of those beside it, in times the sharpest bend there.

    A filter whose taps add up to 1 is a straight line between two samples and a sum of second differences, whose
    weights are those taps, less the line, added up twice. Some more, for what rounding may add.
    """
    taps = _phases().astype(np.float64)
    taps /= taps.sum(axis=0)
    middle = _TAPS // 2 - 1
    share = np.arange(_TAPS) @ taps - middle
    taps[middle] -= 1 - share
    taps[middle + 1] -= share
    weights = np.cumsum(np.cumsum(taps, axis=0), axis=0)
    return float(np.abs(weights).sum(axis=0).max()) * 1.001
