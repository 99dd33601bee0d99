"""The K filter of BS.1770 at any rate: its response, and the power of what passes it.

A linear filter of four states takes a block of n samples to its output by one matrix: y = x T + s P, where s are the
states before the block. T and P hang on the rate alone, so the work is a product of matrices, which every processor
does best. States are carried from block to block by the powers of one 4 by 4 matrix, four blocks at a time and those
again. Energies need no y: |y|² = |xT|² + 2 (xTP')s + s(PP')s.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples

Matrix = NDArray[np.float64]

_STATES = 4
_RADIX = 4
_LARGEST_BLOCK = 64  # samples: more multiply more often, fewer carry states more often
_MOST_FRAMES = 9 << 12  # of one pass: small enough that no product is worth a second thread to BLAS, which would spin


class StreamPowers:
    """Mean K-weighted power of every `segment` frames, summed over channels. Keeps eight bytes a segment."""

    def __init__(self, rate: int, channels: int, segment: int) -> None:
        self._segment = segment
        self._matrices = _matrices(rate, _block(segment))
        self._states = np.zeros((channels, _STATES))
        self._rest: Samples = np.zeros((0, channels), np.float32)
        self._done = array("d")
        self._lanes = self._product = np.zeros((channels, 0, 0, 0), np.float32)

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames,) or (frames, channels)."""
        block = block.reshape(len(block), len(self._states))
        missing = self._segment - len(self._rest)
        if len(block) < missing:
            self._rest = np.concatenate((self._rest, block))
            return
        if len(self._rest):
            self._weigh(np.concatenate((self._rest, block[:missing])))
            block = block[missing:]
        step = max(1, _MOST_FRAMES // self._segment) * self._segment
        whole = len(block) // self._segment * self._segment
        for at in range(0, whole, step):
            self._weigh(block[at : min(at + step, whole)])
        self._rest = block[whole:].copy()

    def values(self) -> Matrix:
        """The powers of all whole segments so far."""
        return np.array(self._done)

    def _weigh(self, frames: Samples) -> None:
        """Takes whole segments."""
        by = self._matrices
        size = by.output.shape[0]
        lanes, product = self._room(len(frames) // self._segment, size)
        for lane, channel in zip(lanes, frames.T, strict=True):
            lane.reshape(-1)[:] = channel
        np.matmul(lanes, by.output, out=product)
        fresh, cross, driven = np.split(product, (size, size + _STATES), axis=-1)
        flat = driven.reshape(len(lanes), -1, _STATES).astype(np.float64)
        states, self._states = _carried(flat, self._states, by.step)
        states = states.reshape(cross.shape)
        energy = np.einsum("cnkb,cnkb->cnk", fresh, fresh).sum(axis=(0, 2), dtype=np.float64)
        energy += np.einsum("cnks,cnks->n", 2 * cross + states @ by.free, states)
        self._done.frombytes((energy / self._segment).tobytes())

    def _room(self, segments: int, size: int) -> tuple[Samples, Samples]:
        """Arrays for the samples of some segments and their products, used again: new memory is slow."""
        if self._lanes.shape[1] < segments:
            shape = (len(self._states), segments, self._segment // size)
            self._lanes = np.empty((*shape, size), np.float32)
            self._product = np.empty((*shape, size + 2 * _STATES), np.float32)
        return self._lanes[:, :segments], self._product[:, :segments]


@dataclass(frozen=True, slots=True, eq=False)
class _Matrices:
    """What a block of n samples is multiplied with."""

    output: Samples
    """[T, T P', states that the samples leave behind], shape (n, n + 8)."""
    free: Matrix
    """P P'."""
    step: Matrix
    """States n samples later, by s @ step."""


def has_blocks(segment: int) -> bool:
    """Whether a segment is some blocks of a good size. Others take much memory in `StreamPowers`."""
    return bool(_sizes(segment))


def _block(segment: int) -> int:
    """The largest part of a segment that is small enough; the whole where there is none worth the while."""
    return max(_sizes(segment), default=segment)


def _sizes(segment: int) -> list[int]:
    return [size for size in range(16, _LARGEST_BLOCK + 1) if segment % size == 0]


@lru_cache(maxsize=8)
def _matrices(rate: int, size: int) -> _Matrices:
    step, enter, leave, direct = _space(rate)
    free, driven = np.empty((_STATES, size)), np.empty((size, _STATES))
    left, entered = leave, enter
    for at in range(size):
        free[:, at], driven[size - 1 - at] = left, entered
        left, entered = step @ left, entered @ step
    impulse = np.concatenate(([direct], enter @ free[:, : size - 1]))
    lags = np.arange(size) - np.arange(size)[:, None]
    toeplitz = np.where(lags >= 0, impulse[lags], 0.0)
    output = np.concatenate((toeplitz, toeplitz @ free.T, driven), axis=1).astype(np.float32)
    return _Matrices(output, free @ free.T, np.linalg.matrix_power(step, size))


def _space(rate: int) -> tuple[Matrix, Matrix, Matrix, float]:
    """Both filters in a row by states (rows): next = s @ step + x enter, output = s @ leave + x direct."""
    (shelf, shelf_in, through), (high, high_in, direct) = _biquad(*_shelf(rate)), _biquad(*_high_pass(rate))
    step = np.block([[shelf, np.outer((1, 0), high_in)], [np.zeros((2, 2)), high]])
    enter = np.concatenate((shelf_in, high_in * through))
    return step, enter, np.array((direct, 0.0, 1.0, 0.0)), direct * through


def _biquad(b: tuple[float, ...], a: tuple[float, ...]) -> tuple[Matrix, Matrix, float]:
    """A transposed direct form II: (step, enter, direct). It gives the first state plus `direct` times the input."""
    after, before = np.array(b) / a[0], np.array(a) / a[0]
    return np.array([[-before[1], -before[2]], [1, 0]]), after[1:] - before[1:] * after[0], float(after[0])


def _carried(driven: Matrix, first: Matrix, step: Matrix) -> tuple[Matrix, Matrix]:
    """The states before each block, and those after the last, from what each block leaves behind by itself.

    All of shape (channels, blocks, 4), the first and the last ones (channels, 4).
    """
    count = driven.shape[1]
    if count == 1:
        return first[:, None], first @ step + driven[:, 0]
    within, onwards = _group(step.tobytes())
    groups = np.zeros((len(driven), -(-count // _RADIX), _RADIX * _STATES))
    groups.reshape(len(driven), -1, _STATES)[:, :count] = driven
    inner = groups @ within
    outer, _ = _carried(inner[..., -_STATES:], first, onwards[:, -_STATES:])
    states = (inner + outer @ onwards)[..., :-_STATES].reshape(len(driven), -1, _STATES)[:, :count]
    return states, states[:, -1] @ step + driven[:, -1]


@lru_cache(maxsize=64)
def _group(step: bytes) -> tuple[Matrix, Matrix]:
    """What a group's own blocks, and the states before it, give at its blocks and after them."""
    one = np.frombuffer(step).reshape(_STATES, _STATES)
    powers = [np.linalg.matrix_power(one, n) for n in range(_RADIX + 1)]
    within = [[powers[to - 1 - by] if to > by else 0 * one for to in range(_RADIX + 1)] for by in range(_RADIX)]
    return np.block(within), np.concatenate(powers, axis=1)


@lru_cache(maxsize=8)
def response(rate: int, size: int, design: int) -> NDArray[np.complex64]:
    """The response of the K filter of `design` Hz on the bins of a real FFT of `size` points at `rate` Hz."""
    z = np.exp(-2j * np.pi * np.minimum(0.5, np.arange(size // 2 + 1) / size * rate / design))
    found = np.ones(len(z), np.complex128)
    for b, a in (_shelf(design), _high_pass(design)):
        found *= (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z)
    weighting: NDArray[np.complex64] = found.astype(np.complex64)
    return weighting


# The two analogue prototypes behind BS.1770's coefficients at 48 kHz, mapped to any rate by the bilinear transform:
# centre, gain and Q as found by B. De Man, "Evaluation of Implementations of the EBU R128 Loudness Measurement", 2018.


def _shelf(rate: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    k = float(np.tan(np.pi * 1681.974450955533 / rate))
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    b = (high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k)
    return b, (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)


def _high_pass(rate: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    k = float(np.tan(np.pi * 38.13547087602444 / rate))
    q = 0.5003270373238773
    whole = 1 + k / q + k * k
    return (1.0, -2.0, 1.0), (1.0, 2 * (k * k - 1) / whole, (1 - k / q + k * k) / whole)
