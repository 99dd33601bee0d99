"""Places where sound stops and comes back too suddenly for anything that was played, spoken or faded.

Judged on the highest sample of every millisecond. Speech falls silent ahead of a p or a t as well, but takes longer than two
milliseconds to fall by 40 dB; a string, a bell, a room still longer. What is lost on a disk, in a buffer or in a
network takes none at all, at both ends.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.inspector.runs import Groups, Span, merged

LONGEST_DROPOUT = 0.5
"""Seconds. What is longer is a hole."""
LONGEST_HOLE = 10.0
"""Seconds. What is longer is judged as a silence."""
_DEPTH = 10 ** (-40 / 20)
_SHARP = 2  # milliseconds in which the sound is gone, or back
_LEAST = 5  # milliseconds
_NEAR = 30  # milliseconds that say how loud it was
_SUSTAINED = 10 ** (-12 / 20)  # relative to these: the last two milliseconds are no tail that dies away
_AUDIBLE = 10 ** (-50 / 20)


class Holes:
    """Finds holes in a stream. Keeps ten seconds of levels."""

    def __init__(self, rate: int, channels: int) -> None:
        self._step = max(1, round(rate / 1000))
        self._groups = Groups(self._step, channels)
        self._levels: Samples = np.zeros((0, channels), np.float32)
        self._at = 0
        self._found: list[Span] = []

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames, channels)."""
        groups = self._groups.add(block)
        if len(groups):
            fresh = np.maximum(groups.max(axis=1), -groups.min(axis=1))
            self._levels = np.concatenate((self._levels, fresh))
        kept = round(LONGEST_HOLE * 1000) + 2 * _NEAR
        if len(self._levels) >= 2 * kept:
            self._search()
            self._at += len(self._levels) - kept
            self._levels = self._levels[-kept:]

    def finish(self) -> tuple[Span, ...]:
        """In frames, to a millisecond."""
        self._search()
        return merged(self._found, _LEAST * self._step)

    def _search(self) -> None:
        for lane in self._levels.T:
            spans = gaps(lane)
            self._found += [Span((self._at + s.start) * self._step, (self._at + s.end) * self._step) for s in spans]


def gaps(levels: Samples) -> list[Span]:
    """Holes in a row of levels, shape (milliseconds,), in milliseconds."""
    if len(levels) < 2 * _NEAR + _LEAST:
        return []
    rises = np.sort(len(levels) - _falls(levels[::-1]))
    found = []
    for fall in _falls(levels).tolist():
        later = rises[np.searchsorted(rises, fall + _LEAST) :]
        if len(later) and later[0] - fall <= LONGEST_HOLE * 1000 and _empty(levels, fall, int(later[0])):
            found.append(Span(fall, int(later[0])))
    return found


def _falls(levels: Samples) -> NDArray[np.intp]:
    """The milliseconds at which sound that was steady is suddenly gone for five at least."""
    if len(levels) < _NEAR + _LEAST:
        return np.zeros(0, np.intp)
    before = sliding_window_view(levels, _SHARP).max(axis=1)[_NEAR - _SHARP :]
    steady = sliding_window_view(levels, _NEAR).max(axis=1)
    after = sliding_window_view(levels, _LEAST).max(axis=1)[_NEAR:]
    count = len(after)
    before, steady = before[:count], steady[:count]
    sudden = (after < _DEPTH * before) & (before >= _SUSTAINED * steady) & (before >= _AUDIBLE)
    return np.flatnonzero(sudden) + _NEAR


def _empty(levels: Samples, fall: int, rise: int) -> bool:
    """Whether nothing is heard in between, measured by the softer of the two edges."""
    edge = min(levels[fall - _SHARP : fall].max(), levels[rise : rise + _SHARP].max())
    return bool(levels[fall:rise].max() < _DEPTH * edge)
