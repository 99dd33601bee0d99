"""Every cue placed: start and length in whole frames. It names audio, it never holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from voiceguide.model.cues import NOWHERE, Source
from voiceguide.model.script import Utterance
from voiceguide.model.units import Frames

Kind = Literal["say", "rest", "sound"]


@dataclass(frozen=True, slots=True)
class Placement:
    """One cue at its place. Each starts where the one before ends."""

    kind: Kind
    start: Frames
    length: Frames
    text: str
    """The sentence as written, or the name of a sound; empty for a rest."""
    chapter: int
    """Index into `Timeline.chapters`."""
    utterance: Utterance | None = None
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def end(self) -> Frames:
        return Frames(self.start + self.length)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One section at its place."""

    title: str
    key: str
    start: Frames
    length: Frames
    bed: str = ""
    """What plays under it; empty for the session's own bed."""

    @property
    def end(self) -> Frames:
        return Frames(self.start + self.length)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole session. `exact` is true when every length in it is a clip's true length."""

    title: str
    rate: int
    """Frames per second."""
    length: Frames
    chapters: tuple[Chapter, ...]
    placements: tuple[Placement, ...]
    exact: bool = False
    author: str = ""
    language: str = "en"
    bed: str = ""

    @property
    def beds(self) -> tuple[tuple[Frames, str], ...]:
        """Which bed plays from which frame on: the first from 0, and each another than the one before."""
        changes = {Frames(0): self.bed} | {chapter.start: chapter.bed or self.bed for chapter in self.chapters}
        rows = sorted(changes.items())
        before = [None, *(bed for _, bed in rows)]
        return tuple(row for row, last in zip(rows, before, strict=False) if row[1] != last)
