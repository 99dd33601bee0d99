"""Levels over time, as few straight lines as look the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Points = Sequence[tuple[int, float]]
"""(frame, decibels), in order of time."""

_NEAR = 0.3
"""How far, on paper, a line may pass beside a point that it leaves out."""


@dataclass(frozen=True, slots=True)
class Curves:
    """What is known of levels, in LUFS; minus infinity for silence. Any of them may be empty."""

    loudness: Points = ()
    """Short-term, of the whole."""
    bed: Points = ()
    """Of the background as it sounds."""
    duck: Points = ()
    """Of the background as it is led: of a bed that is always equally loud."""


def straightened(places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points on paper that a line needs to pass all of them closely: a swinging door.

    E. H. Bristol, "Swinging door trending", ISA National Conference, 1990.
    """
    kept: list[tuple[float, float]] = []
    last = (0.0, 0.0)
    low, high = -float("inf"), float("inf")
    for x, y in places:
        if not kept:
            kept.append((x, y))
        elif x > kept[-1][0]:
            run = x - kept[-1][0]
            steep = (y - kept[-1][1]) / run
            if not low <= steep <= high:
                kept.append(last)
                run = max(x - last[0], 1e-9)
                low, high = -float("inf"), float("inf")
            low = max(low, (y - _NEAR - kept[-1][1]) / run)
            high = min(high, (y + _NEAR - kept[-1][1]) / run)
        last = (x, y)
    return [*kept, last] if kept and last != kept[-1] else kept
