"""How long each phoneme lasts, so that a sentence takes the time it is given and still sounds like speech.

Kokoro's own tempo is about 250 real words a minute. Told to speak at half of it, it draws every sound; people who speak
slowly do that in part only, and rest between the words that belong together. So of the slowing asked for, `DRAWN` goes
into the sounds and the rest into the gaps: most after punctuation, some after words with a stress, next to none after
the small ones that lean on the next.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME = 25
"""Milliseconds in which the model counts lengths."""
DRAWN = 0.75
"""The share (as an exponent) of the slowing that the sounds take."""
PUNCTUATION, STRESSED, WEAK = 3.0, 1.0, 0.1
"""What a gap takes of the rest after each kind of word."""
EDGES = 4.5
"""Frames in which speech is heard outside of what is stretched: the first sound begins about 2 before its place, and
of the last, which rings out into silence, about 2.5 can be heard. Measured on 60 sentences with two voices."""

Lengths = NDArray[np.float32]
Frames = NDArray[np.int64]


def natural(spoken: str, lengths: Lengths) -> float:
    """Milliseconds of speech in `lengths`, which are frames for both ends and each sign of `spoken`, shape (n + 2,)."""
    return float(lengths[_inner(spoken)].sum() + EDGES) * FRAME


def frames(spoken: str, lengths: Lengths, milliseconds: float) -> Frames:
    """Whole frames for both ends and each sign of `spoken`, with `milliseconds` of speech; shape (n + 2,).

    The silence at both ends stays as it is: the model says the beginning of the first word in it.
    """
    inner = _inner(spoken)
    wanted = max(milliseconds / FRAME - EDGES, 1.0)
    gaps = _gaps(spoken)[inner]
    share = float(lengths[inner].sum()) / wanted
    tempo = share**DRAWN if share < 1 and gaps.any() else share
    planned = np.rint(lengths)
    slowed = lengths[inner] / max(tempo, 1e-3)
    rest = wanted - float(slowed.sum())
    planned[inner] = _whole(slowed + gaps * (rest / gaps.sum() if rest > 0 and gaps.any() else 0.0))
    return np.maximum(planned, 1).astype(np.int64)


def _inner(spoken: str) -> slice:
    """The signs whose lengths are changed: from the first to the one before the last sound."""
    return slice(1, max(2, max(place for place, sign in enumerate(spoken, 1) if sign.isalpha())))


def _gaps(spoken: str) -> NDArray[np.float64]:
    """What each sign takes of the time between words, shape (n + 2,): nothing but for the spaces."""
    shares = np.zeros(len(spoken) + 2)
    start = 0
    for place, sign in enumerate(spoken):
        if sign == " ":
            shares[place + 1] = _gap(spoken[start:place])
            start = place + 1
    return shares


def _gap(word: str) -> float:
    if not word[-1:].isalpha():
        return PUNCTUATION
    return STRESSED if "ˈ" in word or "ˌ" in word else WEAK


def _whole(lengths: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Whole frames with the sum of `lengths`: what is cut off one is given to the next."""
    return np.diff(np.rint(np.cumsum(lengths, dtype=np.float64)), prepend=0.0)
