"""How long each phoneme lasts, so that a sentence takes exactly the time it is given.

Kokoro's own tempo is about 250 real words a minute, and its `speed` says nothing of the silence at both ends, which it
stretches along with the words. Here the words alone are stretched, all sounds and gaps by one factor. Longer gaps
between words in place of longer sounds were tried and heard as words that nobody said: in 18 sentences at 115 words a
minute a recogniser then missed or invented 5.1 % of the words, and 0.6 % with one factor for all.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

FRAME = 25
"""Milliseconds in which the model counts lengths."""
EDGES = 4.5
"""Frames in which speech is heard outside of what is stretched: the first sound begins about 2 before its place, and
of the last, which rings out into silence, about 2.5 can be heard. Measured on 31 sentences with two voices."""
_STEPS = 12

Lengths = NDArray[np.float32]
Frames = NDArray[np.int64]


def natural(spoken: str, lengths: Lengths) -> float:
    """Milliseconds of speech in `lengths`, which are frames for both ends and each sign of `spoken`, shape (n + 2,)."""
    return float(lengths[_inner(spoken)].sum() + EDGES) * FRAME


def frames(spoken: str, lengths: Lengths, milliseconds: float) -> Frames:
    """Whole frames for both ends and each sign of `spoken`, with `milliseconds` of speech; shape (n + 2,).

    Each sign has at least one frame, so there is a shortest. The silence at both ends stays as it is: the model says
    the beginning of the first word in it.
    """
    inner = _inner(spoken)
    planned = np.rint(lengths)
    planned[inner] = _whole(_stretched(lengths[inner], milliseconds / FRAME - EDGES))
    return np.maximum(planned, 1).astype(np.int64)


def _inner(spoken: str) -> slice:
    """The signs whose lengths are changed: from the first to the one before the last sound."""
    return slice(1, max(2, max(place for place, sign in enumerate(spoken, 1) if sign.isalpha())))


def _stretched(lengths: Lengths, wanted: float) -> NDArray[np.float64]:
    """`lengths` times one factor, but none below a frame, with the sum `wanted` where that can be."""
    lengths = np.maximum(lengths, 1e-3).astype(np.float64)
    wanted = max(wanted, 1.0)
    factor = wanted / lengths.sum()
    for _ in range(_STEPS):
        factor *= wanted / np.maximum(lengths * factor, 1.0).sum()
    return cast(NDArray[np.float64], np.maximum(lengths * factor, 1.0))


def _whole(lengths: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Whole frames with the sum of `lengths`: what is cut off one is given to the next."""
    return np.diff(np.rint(np.cumsum(lengths, dtype=np.float64)), prepend=0.0)
