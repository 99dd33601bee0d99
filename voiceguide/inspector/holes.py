"""Places where sound stops and comes back too suddenly for anything that was played, spoken or faded.

What is lost on a disk, in a buffer or in a network takes no time to go and none to return: from full sound to nothing
in a sample or two. Synthetic speech falls silent ahead of a p or a t within a millisecond, which is twenty samples
and more; people, strings, bells and rooms take longer still. A lossy format rounds such edges off. There a hole
counts only where it is emptier than everything else in the file, as it is over a bed that never stops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.inspector.runs import Span, merged

LONGEST_DROPOUT = 0.5
"""Seconds. What is longer is a hole."""
LONGEST_HOLE = 10.0
"""Seconds. What is longer is judged as a silence."""
_DEPTH = 10 ** (-40 / 20)
_FALL = 10 ** (-22 / 20)  # a lossy format falls this far at once, and the rest over ten milliseconds
_LEAST = 5  # milliseconds
_EDGE = 2  # milliseconds in which the sound is gone, or back
_NEAR = 30  # milliseconds that say how loud it was
_FADED = 10 ** (-20 / 20)  # relative to these: softer edges are those of a tail that died away
_STEADY = 10 ** (-12 / 20)
_AUDIBLE = 10 ** (-60 / 20)
_HIGH, _LOW = 0.1, 0.003  # relative to an edge: from here to there a cut takes no time
_SHARP = 0.00007  # seconds: three samples at 44.1 kHz
_TORN = 0.03  # relative to the 30 ms around: one edge at least is no crossing of zero, where synthesisers like to stop
_EMPTIER = 0.5  # than the RMS of what is softest elsewhere: peaks of noise are three times its RMS
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Hole:
    place: Span
    sharp: bool
    depth: float
    """The highest sample in its middle half."""


class Holes:
    """Finds holes in a stream. Keeps ten to thirty seconds of it."""

    def __init__(self, rate: int, channels: int) -> None:
        self._step = max(1, round(rate / 1000))
        self._sharp = max(2, round(_SHARP * rate))
        self._kept = (round(LONGEST_HOLE * 1000) + 2 * _NEAR) * self._step
        self._blocks: list[Samples] = []
        self._held = self._at = 0
        self._channels = channels
        self._found: dict[tuple[int, int], _Hole] = {}

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames, channels)."""
        self._blocks.append(block.copy())
        self._held += len(block)
        if self._held >= 3 * self._kept:
            samples = self._search()
            gone = (len(samples) - self._kept) // self._step * self._step
            self._at += gone
            self._blocks, self._held = [samples[gone:].copy()], len(samples) - gone

    def finish(self, floor: float) -> tuple[Span, ...]:
        """In frames. `floor` is the RMS of the softest that the file otherwise holds, linear; 0 for digital silence."""
        self._search()
        kept = (hole.place for hole in self._found.values() if hole.sharp or hole.depth < _EMPTIER * floor)
        return merged(kept, _LEAST * self._step)

    def _search(self) -> Samples:
        samples = np.concatenate(self._blocks) if self._blocks else np.zeros((0, self._channels), np.float32)
        for lane in samples.T if len(self._found) < _MOST else ():
            for hole in holes(np.abs(lane), self._step, self._sharp):
                place = Span(self._at + hole.place.start, self._at + hole.place.end)
                self._found[place.start, place.end] = _Hole(place, hole.sharp, hole.depth)
        return samples


def holes(lane: Samples, step: int, sharp: int) -> list[_Hole]:
    """Holes in absolute samples, shape (frames,), `step` to a millisecond; an edge of `sharp` samples is sudden."""
    levels = lane[: len(lane) // step * step].reshape(-1, step).max(axis=1)
    falls, rises = _falls(levels), np.sort(len(levels) - _falls(levels[::-1]))
    found = []
    for fall in falls.tolist():
        at = int(np.searchsorted(rises, fall + _LEAST))
        if at < len(rises) and rises[at] - fall <= LONGEST_HOLE * 1000:
            found += _judged(lane, levels, Span(fall, int(rises[at])), step, sharp)
    return found


def _falls(levels: Samples) -> NDArray[np.intp]:
    """The milliseconds at which sound is suddenly gone for five at least."""
    if len(levels) < _NEAR + _LEAST:
        return np.zeros(0, np.intp)
    after = sliding_window_view(levels, _LEAST).max(axis=1)[_NEAR:]
    before = sliding_window_view(levels, _EDGE).max(axis=1)[_NEAR - _EDGE :][: len(after)]
    places = np.flatnonzero((after < _FALL * before) & (before >= _AUDIBLE))
    near = sliding_window_view(levels, _NEAR)[places].max(axis=1)
    return np.asarray(places[before[places] >= _FADED * near] + _NEAR)


def _judged(lane: Samples, levels: Samples, hole: Span, step: int, sharp: int) -> list[_Hole]:
    """The hole between these milliseconds, to the sample; none when something is heard in it."""
    before, after = levels[: hole.start][-_NEAR:], levels[hole.end :][:_NEAR]
    edges = before[-_EDGE:].max(), after[:_EDGE].max()
    inside = levels[hole.start : hole.end]
    heart = float(inside[len(inside) // 4 : -(len(inside) // 4)].max())
    if inside.max() >= _FALL * min(edges) or heart >= _DEPTH * min(edges):
        return []
    down = _edge(lane[: (hole.start + 1) * step][-(_EDGE + 1) * step :])
    up = _edge(lane[(hole.end - 1) * step :][: (_EDGE + 1) * step][::-1])
    torn = max(down.height / before.max(), up.height / after.max()) >= _TORN
    is_sharp = inside.max() < _DEPTH * min(edges) and max(down.took, up.took) <= sharp and torn
    steady = edges[0] >= _STEADY * before.max() and edges[1] >= _STEADY * after.max()
    if not is_sharp and not steady:
        return []
    return [_Hole(Span((hole.start + 1) * step - down.left, (hole.end - 1) * step + up.left), is_sharp, heart)]


@dataclass(frozen=True, slots=True)
class _Edge:
    """How sound goes."""

    left: int
    """Samples after it fell."""
    took: int
    """Samples that the fall took."""
    height: float
    """Where it fell from."""


def _edge(samples: Samples) -> _Edge:
    """The edge in absolute samples that end in a hole."""
    peak = samples.max()
    heard, loud = int(np.flatnonzero(samples >= _LOW * peak)[-1]), int(np.flatnonzero(samples >= _HIGH * peak)[-1])
    return _Edge(len(samples) - 1 - loud, heard - loud, float(samples[loud]))
