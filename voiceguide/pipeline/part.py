"""A session from one frame to another: all of it, or a section by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.audio.clip import Samples
    from voiceguide.mixer import Mix

FADE = 0.08
"""Seconds in which a part comes out of nothing, and goes into it."""
_VOICE = frozenset({"voice"})


def cut(timeline: Timeline, start: int, end: int) -> Timeline:
    """What is placed from frame `start` to `end`, as a session of its own."""
    chapters = [one for one in timeline.chapters if start <= one.start < end]
    first = timeline.chapters.index(chapters[0]) if chapters else 0
    return replace(
        timeline,
        length=Frames(end - start),
        chapters=tuple(replace(one, start=Frames(one.start - start)) for one in chapters),
        placements=tuple(
            replace(one, start=Frames(one.start - start), chapter=one.chapter - first)
            for one in timeline.placements
            if start <= one.start < end
        ),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What a file holds of a mix. Frames are counted from `start`.

    Where the session goes on beyond an end, a bed that began at once would be heard as a click. So all but the voice
    fades there. The voice does not: a section may begin with a consonant, and no sentence reaches beyond it.
    """

    mix: Mix
    start: int
    end: int
    rate: int

    def blocks(self, at: int = 0, parts: frozenset[str] | None = None) -> Iterator[Samples]:
        """The frames from `at` on in blocks, with these parts of the mix, or all. Raises as `Mix.blocks` does."""
        from voiceguide.mixer import PARTS

        parts = PARTS if parts is None else parts
        place, (first, last) = self.start + at, self._whole()
        if place < first:
            yield self._edge(place, first, parts)
        yield from self.mix.blocks(max(place, first), last, parts=parts)
        if last < self.end:
            yield self._edge(max(place, last), self.end, parts)

    def same_as(self, at: int, frames: int, unit: int) -> int | None:
        """An earlier frame with the same samples, as `Mix.same_as` knows it."""
        place, (first, last) = self.start + at, self._whole()
        if place < first or place + frames > last:
            return None
        before = self.mix.same_as(place, frames, unit)
        return None if before is None or before < first else before - self.start

    def _fade(self) -> int:
        return max(1, min(round(FADE * self.rate), (self.end - self.start) // 2))

    def _whole(self) -> tuple[int, int]:
        """The frames of the session between which nothing fades."""
        first = self.start + self._fade() if self.start else self.start
        return first, self.end - self._fade() if self.end < self.mix.length else self.end

    def _edge(self, start: int, end: int, parts: frozenset[str]) -> Samples:
        behind, front = (next(self.mix.blocks(start, end, end - start, of)) for of in (parts - _VOICE, parts & _VOICE))
        behind *= self._gain(start, end)
        behind += front
        return behind

    def _gain(self, start: int, end: int) -> NDArray[np.float32]:
        """A raised cosine, of the frame alone."""
        import numpy as np

        frames, fade = np.arange(start, end) + 0.5, self._fade()
        risen = (frames - self.start) / fade if self.start else np.ones(end - start)
        if self.end < self.mix.length:
            risen = np.minimum(risen, (self.end - frames) / fade)
        return (0.5 - 0.5 * np.cos(np.pi * np.clip(risen, 0, 1))).astype(np.float32)[:, None]
