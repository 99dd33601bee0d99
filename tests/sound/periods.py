"""Does anything come again? The loudness of each band of a long sound, held against itself some time later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds import Bed

STEP = 0.25
"""Seconds from one look to the next."""
_BANDS = 24
_LOWEST, _HIGHEST = 60.0, 9_000.0  # Hz
Bands = NDArray[np.float64]
"""Decibels, shape (looks, bands)."""


def bands(bed: Bed, rate: int, seconds: float, start: int = 0) -> Bands:
    """The loudness of each band of a bed, one look every `STEP`."""
    size = round(rate * STEP)
    looks = [_look(bed.at(at, size * 40), rate, size) for at in _starts(rate, seconds, start)]
    return np.concatenate(looks)


def _starts(rate: int, seconds: float, start: int) -> range:
    size = round(rate * STEP) * 40
    return range(start, start + round(seconds * rate) // size * size, size)


def _look(samples: Samples, rate: int, size: int) -> Bands:
    pieces = samples.mean(axis=1).reshape(-1, size) * np.hanning(size).astype(np.float32)
    powers = np.abs(np.fft.rfft(pieces, axis=1)) ** 2
    edges = np.geomspace(_LOWEST, min(_HIGHEST, 0.45 * rate), _BANDS + 1) * STEP
    sums = np.add.reduceat(powers, edges.astype(np.int64), axis=1)[:, :_BANDS]
    decibels: Bands = 10 * np.log10(sums + 1e-12)
    return decibels


def alike(looks: Bands, least: float, most: float) -> tuple[float, float]:
    """How alike a sound is to itself some time between `least` and `most` seconds later, and when it is most so.

    1 is the very same in all bands, and 0 is chance: their mean correlation, without what moves slower than 10 s.
    """
    swift = looks - _smooth(looks, round(10 / STEP))
    swift /= swift.std(axis=0) + 1e-9
    size = 1 << (2 * len(swift)).bit_length()
    spectra = np.fft.rfft(swift, size, axis=0)
    products = np.fft.irfft((np.abs(spectra) ** 2).mean(axis=1), size)[: len(swift)]
    products /= np.arange(len(swift), 0, -1)
    first, last = round(least / STEP), min(round(most / STEP), len(swift) // 2)
    place = first + int(products[first:last].argmax())
    return float(products[place]), place * STEP


def _smooth(looks: Bands, count: int) -> Bands:
    sums = np.cumsum(np.pad(looks, ((count // 2 + 1, count // 2), (0, 0)), mode="edge"), axis=0)
    means: Bands = (sums[count:] - sums[:-count]) / count
    return means[: len(looks)]
