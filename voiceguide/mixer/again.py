"""Where a session sounds exactly as before: nobody speaks, and beds that repeat play at gains that do not move."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import lcm

import numpy as np

from voiceguide.mixer.background import Laid
from voiceguide.mixer.curves import Curve

Spans = tuple[Sequence[int], Sequence[int]]
"""First frames, and those after the last, both in order."""


def earlier(beds: Sequence[Laid], fall: Curve, start: int, frames: int, unit: int) -> int | None:
    """The last frame before `start` from which on beds give the same `frames` samples, a multiple of `unit` before it.

    None where there is none, or it is not known.
    """
    heard = [laid for laid in beds if _level(laid.curve, start, frames) != 0]
    periods = [laid.bed.period for laid in heard]
    before = start - lcm(unit, *(period or 1 for period in periods))
    if not all(periods) or before < 0:
        return None
    for curve in (fall, *(laid.curve for laid in beds)):
        level = _level(curve, start, frames)
        if level is None or level != _level(curve, before, frames):
            return None
    return before


def free(spans: Spans, start: int, frames: int) -> bool:
    """Whether nothing of `spans` sounds in some frames."""
    starts, ends = spans
    return bisect_right(ends, start) >= bisect_left(starts, start + frames)


def _level(curve: Curve, start: int, frames: int) -> float | None:
    """A curve's level where it does not move; None where it does."""
    first = max(0, int(np.searchsorted(curve.frames, start, "right")) - 1)
    last = int(np.searchsorted(curve.frames, start + frames - 1)) + 1
    levels = curve.gains[first:last]
    return float(levels[0]) if (levels == levels[0]).all() else None
