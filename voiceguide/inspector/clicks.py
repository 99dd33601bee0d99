"""Clicks: one to a few samples that do not belong to the sound around them.

Two looks. The first is cheap: second differences, bin by bin, far above those of the ten milliseconds on either side.
Glottal pulses, plosives and struck bells are followed by more of their kind and stay out. The second asks a linear
predictor, fitted to the place without the click, whether the sound around could have led to it (S. Vaseghi and
P. Rayner, "Detection and suppression of impulsive noise in speech communication systems", 1990).
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.inspector.runs import Overlapping, Span, merged

_BIN = 0.0007  # seconds
_REACH = 14  # bins on either side: ten milliseconds
_RATIO = 2.0  # white noise of hours reaches 1.7
_LEAST = 0.006  # of second differences: -44 dBFS
_POINTED = 2.4  # fourth by second difference: 3 for one sample and for a step, 1.9 for the sharpest pulse of a voice
_ORDER = 24
_CONTEXT = 0.025  # seconds on either side that the predictor learns from
_GUARD = 12  # samples on either side of a click that belong to it
_OVER_PEAK = 2.5
_OVER_MEDIAN = 20.0
_MARGIN = 0.03  # seconds, more than a context and a reach
_EDGE = 0.002  # seconds
_MOST = 10_000


class Clicks:
    """Finds clicks in a stream. Keeps a few hundredths of a second."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._blocks = Overlapping(round(_MARGIN * rate))
        self._margin = round(_MARGIN * rate)
        self._lanes = range(channels)
        self._frames = 0
        self._found: list[Span] = []

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames, channels)."""
        self._frames += len(block)
        if len(block):
            self._search(*self._blocks.add(block))

    def finish(self) -> tuple[Span, ...]:
        """In frames, to the sample."""
        last = self._blocks.finish()
        if last:
            self._search(*last)
        # Where a file begins or ends is an edge of its own.
        near, end = _EDGE * self._rate, self._frames
        return merged((span for span in self._found if near <= span.start < end - near), 2 * _GUARD)

    def _search(self, frames: Samples, at: int) -> None:
        end = len(frames) - self._margin
        if end <= self._margin or len(self._found) >= _MOST:
            return
        for lane in self._lanes:
            samples = np.ascontiguousarray(frames[:, lane])
            places = (place for place in suspects(samples, self._rate) if self._margin <= place < end)
            self._found += [Span(at + place, at + place + 1) for place in places if foreign(samples, place, self._rate)]


def suspects(samples: Samples, rate: int) -> list[int]:
    """Samples, shape (frames,), whose second difference stands far above those of the 10 ms on either side."""
    bends = np.abs(np.diff(samples, 2))
    size = max(4, round(_BIN * rate))
    count = len(bends) // size
    if count < 2 * _REACH + 1:
        return []
    bins = bends[: count * size].reshape(count, size)
    tops = bins.max(axis=1)
    windows = sliding_window_view(tops, 2 * _REACH + 1)
    middle = tops[_REACH:-_REACH]
    around = np.maximum(windows[:, : _REACH - 1].max(axis=1), windows[:, _REACH + 2 :].max(axis=1))
    beside = np.maximum(windows[:, _REACH - 1], windows[:, _REACH + 1])
    found = np.flatnonzero((middle > _RATIO * around) & (middle >= beside) & (middle > _LEAST)) + _REACH
    places = (int(place * size + bins[place].argmax()) + 1 for place in found)
    return [place for place in places if _pointed(samples, place)]


def _pointed(samples: Samples, place: int) -> bool:
    """Whether it takes one sample, and not three or four as the pulses of a voice do: by fourth differences."""
    near = samples[max(0, place - 4) : place + 5].astype(np.float64)
    if len(near) < 9:
        return False
    return bool(np.abs(np.diff(near, 4)).max() > _POINTED * np.abs(np.diff(near, 2)).max())


def foreign(samples: Samples, place: int, rate: int) -> bool:
    """Whether the sample at `place` cannot have come from the sound around it."""
    reach = round(_CONTEXT * rate)
    first = max(0, place - reach)
    piece = samples[first : place + reach + 1].astype(np.float64)
    at = place - first
    own = slice(max(0, at - _GUARD), at + _GUARD + 1)
    errors = np.abs(_errors(piece, _predictor(_bridged(piece, own))))
    inside = float(errors[own].max(initial=0.0))
    others = np.delete(errors, np.r_[own.start : min(len(errors), own.stop + _ORDER)])
    return inside > _OVER_PEAK * float(others.max(initial=0.0)) and inside > _OVER_MEDIAN * float(np.median(others))


def _bridged(piece: NDArray[np.float64], own: slice) -> NDArray[np.float64]:
    """`piece` with a straight line in place of the click."""
    bridged = piece.copy()
    left, right = bridged[max(0, own.start - 1)], bridged[min(len(piece) - 1, own.stop)]
    bridged[own] = np.linspace(left, right, len(bridged[own]))
    return bridged


def _predictor(piece: NDArray[np.float64]) -> NDArray[np.float64]:
    """The filter of the errors of a linear predictor (autocorrelation method), shape (order + 1,)."""
    shaped = piece * np.hanning(len(piece))
    size = 1 << (2 * len(shaped) - 1).bit_length()
    spectrum = np.fft.rfft(shaped, size)
    lags = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[: _ORDER + 1]
    lags[0] = lags[0] * (1 + 1e-6) + 1e-12
    matrix = lags[np.abs(np.subtract.outer(np.arange(_ORDER), np.arange(_ORDER)))]
    return np.concatenate(([1.0], -np.linalg.solve(matrix, lags[1:])))


def _errors(piece: NDArray[np.float64], errors_filter: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the predictor got wrong at each sample; the first few have too little before them and count as right."""
    errors = np.convolve(piece, errors_filter)[: len(piece)]
    errors[:_ORDER] = 0
    return errors
