"""Stretches of a stream: where something holds, and samples in groups of a fixed size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From frame `start` up to frame `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


class Runs:
    """Finds the runs of at least `least` items that hold, in a stream of truths."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._at = 0
        self._since = -1

    def add(self, holds: NDArray[np.bool_]) -> list[Span]:
        """The runs that end within the next items, counted from the stream's first."""
        found = []
        edges = np.flatnonzero(np.diff(np.concatenate(([self._since >= 0], holds))))
        for place in (self._at + edges).tolist():
            if self._since < 0:
                self._since = place
            else:
                found += self._closed(place)
        self._at += len(holds)
        return found

    def finish(self) -> list[Span]:
        """The run that lasts to the end, if there is one."""
        return self._closed(self._at) if self._since >= 0 else []

    def _closed(self, end: int) -> list[Span]:
        start, self._since = self._since, -1
        return [Span(start, end)] if end - start >= self._least else []


class Groups:
    """Cuts a stream of blocks into groups of `size` frames."""

    def __init__(self, size: int, channels: int) -> None:
        self._size = size
        self._rest: Samples = np.zeros((0, channels), np.float32)

    def add(self, block: Samples) -> Samples:
        """All groups that are whole now, shape (groups, size, channels)."""
        joined = np.concatenate((self._rest, block)) if len(self._rest) else block
        whole = len(joined) // self._size * self._size
        self._rest = joined[whole:].copy()
        return joined[:whole].reshape(-1, self._size, block.shape[1])

    def finish(self) -> Samples:
        """What is left, shape (0 or 1, fewer frames, channels)."""
        return self._rest[None] if len(self._rest) else self._rest[:0][None][:0]


class Overlapping:
    """Gives each block with `margin` frames of what lies around it. At both ends the outermost frame goes on."""

    def __init__(self, margin: int) -> None:
        self._margin = margin
        self._kept: Samples | None = None
        self._at = -margin

    def add(self, block: Samples) -> tuple[Samples, int]:
        """(frames, the place of the first of them). All but `margin` at either end are new."""
        if self._kept is None:
            self._kept = np.repeat(block[:1], self._margin, axis=0)
        joined, at = np.concatenate((self._kept, block)), self._at
        self._kept = joined[max(0, len(joined) - 2 * self._margin) :]
        self._at += len(joined) - len(self._kept)
        return joined, at

    def finish(self) -> tuple[Samples, int] | None:
        """What was kept back, with its margins; None when there was nothing at all."""
        return None if self._kept is None else self.add(np.repeat(self._kept[-1:], self._margin, axis=0))


def merged(spans: Iterable[Span], gap: int) -> tuple[Span, ...]:
    """In order, as one where they overlap or less than `gap` frames lie between them."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start - joined[-1].end < gap:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
