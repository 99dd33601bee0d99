"""Time on paper: as many rows as it takes, and where in them things lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voiceguide.model.timeline import Timeline

WIDTH = 1200
TOP = 84
"""Of the first row."""
SLOT = 2.0
"""Things that lie within so little are drawn as one."""
_ONE_ROW = 300  # seconds: shorter sessions fill one row
_SPANS = (300, 600, 900, 1800, 3600, 7200, 14_400)  # seconds in a row
_MOST_ROWS = 6


@dataclass(frozen=True, slots=True)
class Measures:
    """Where the lanes of a row lie, from its top."""

    left: int = 56
    right: int = 16
    chapters: int = 0
    voice: int = 24
    lane: int = 22
    """How high chapters and voice are."""
    plot: int = 52
    plotted: int = 92
    """How high the plot is."""
    ruler: int = 16
    gap: int = 16


ROW = Measures()


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of a session, from frame `start` to `end`, on paper wide enough for `frames`."""

    top: float
    height: float
    start: int
    end: int
    frames: int
    rate: int
    plotted: bool

    @property
    def scale(self) -> float:
        """Paper for a frame."""
        return (WIDTH - ROW.left - ROW.right) / self.frames

    def x(self, frame: float) -> float:
        """Where a frame lies; what lies outside the row is at its edge."""
        return ROW.left + (min(max(frame, self.start), self.end) - self.start) * self.scale

    @property
    def foot(self) -> float:
        """The upper edge of the ruler."""
        return self.top + (ROW.plot + ROW.plotted if self.plotted else ROW.plot)


def rows(timeline: Timeline, *, plotted: bool) -> list[Row]:
    """All rows, one at least."""
    length, rate = max(1, timeline.length), timeline.rate
    frames = _frames(length, rate)
    height = ROW.plot + (ROW.plotted if plotted else 0) + ROW.ruler + ROW.gap
    starts = range(0, length, frames)
    return [
        Row(TOP + number * height, height, start, min(start + frames, length), frames, rate, plotted)
        for number, start in enumerate(starts)
    ]


def _frames(length: int, rate: int) -> int:
    if length <= _ONE_ROW * rate:
        return length
    fitting = (span * rate for span in _SPANS if span * rate * _MOST_ROWS >= length)
    return next(fitting, -(-length // _MOST_ROWS))


@dataclass(frozen=True, slots=True)
class Span:
    """What is drawn as one: where it lies on paper, and what it says."""

    x: float
    width: float
    start: int
    end: int
    text: str
    """Of the first of them."""
    count: int = 1


def spans(row: Row, things: Iterable[tuple[int, int, str]]) -> Iterator[Span]:
    """Things by (first frame, end, text), in order, as far as they lie in the row."""
    held: Span | None = None
    for start, end, text in things:
        if end < row.start or start >= row.end or (end == row.start and start < end):
            continue
        x, right = row.x(start), row.x(end)
        if held and right - held.x < SLOT:
            held = Span(held.x, right - held.x, held.start, end, held.text, held.count + 1)
            continue
        if held:
            yield held
        held = Span(x, right - x, start, end, text)
    if held:
        yield held
