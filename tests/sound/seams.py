"""Finds what does not follow from the sound around it, at places where something was joined.

A linear predictor is fitted to every few hundredths of a second and asked for each sample; what it gets wrong, against
what it usually gets wrong there, is how strange a sample is. Noise of any colour reaches about 8, whatever its level. A
step or a click far below what a meter shows stands out where the sound is smooth. (S. Vaseghi and P. Rayner, "Detection
and suppression of impulsive noise in speech communication systems", 1990.)
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Lane = NDArray[np.float64]
ORDER = 32
_HOP = 512
_WINDOW = 4 * _HOP
_NEAR = 6
"""Samples on either side of a place that belong to it: a predictor is also wrong for some samples after a step."""


def strangeness(lane: Lane) -> Lane:
    """How strange each sample of one channel is, shape (frames,)."""
    count = -(-len(lane) // _HOP)
    padded = np.pad(lane, (_WINDOW, count * _HOP - len(lane) + _WINDOW))
    filters = _predictors(padded, count)
    errors = np.empty((count, _HOP))
    usual = np.empty(count)
    for part in range(0, count, 256):
        some = slice(part, min(part + 256, count))
        starts = _WINDOW + np.arange(some.start, some.stop) * _HOP
        around = padded[starts[:, None] + np.arange(-_HOP - ORDER, 2 * _HOP)]
        wrong = np.abs(np.einsum("nko,no->nk", sliding_window_view(around, ORDER + 1, axis=1), filters[some]))
        errors[some] = wrong[:, _HOP : 2 * _HOP]
        usual[some] = np.median(wrong, axis=1)
    strange: Lane = (errors / np.maximum(usual, 1e-9)[:, None]).ravel()[: len(lane)] * 0.6745
    return strange


def _predictors(padded: Lane, count: int) -> NDArray[np.float64]:
    """Filters of the predictor's errors, the newest sample last, shape (count, ORDER + 1)."""
    starts = _WINDOW + np.arange(count) * _HOP - (_WINDOW - _HOP) // 2
    places = sliding_window_view(padded, _WINDOW)[starts] * np.hanning(_WINDOW)
    spectra = np.fft.rfft(places, 2 * _WINDOW, axis=1)
    lags = np.fft.irfft(spectra.real**2 + spectra.imag**2, axis=1)[:, : ORDER + 1]
    lags[:, 0] = lags[:, 0] * (1 + 1e-10) + 1e-16
    matrices = lags[:, np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))]
    filters = np.linalg.solve(matrices, lags[:, 1:, None])[..., 0]
    return np.concatenate((-filters[:, ::-1], np.ones((count, 1))), axis=1)


def at_places(strange: Lane, places: Iterable[int]) -> Lane:
    """The strangest sample next to each of `places`."""
    inside = [place for place in places if _NEAR <= place < len(strange) - _NEAR]
    windows = sliding_window_view(strange, 2 * _NEAR + 1)
    top: Lane = windows[np.array(inside, np.int64) - _NEAR].max(axis=1) if inside else np.zeros(0)
    return top


def elsewhere(strange: Lane, count: int, seed: int = 1) -> Lane:
    """The same at as many places that chance gives."""
    return at_places(strange, np.random.default_rng(seed).integers(_NEAR, len(strange) - _NEAR, count))
