"""Cues as people write them, before any word is filled in: what `notation` parses and prints.

Places (`source`) never take part in comparison, so a text that was printed and parsed again is equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from voiceguide.model.units import Millis


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was written."""

    file: str = ""
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Source("built-in")


@dataclass(frozen=True, slots=True)
class Words:
    """Literal text of one written line."""

    text: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """A word in braces that the routine fills in: `{your}`, `{side}`."""

    name: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line in somebody's own voice: the file that is played, and the words that are heard in it."""

    file: str
    """As it is written: a path from the folder of the text that names it."""
    text: str
    source: Source = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)
    sha256: str = field(default="", compare=False)
    """Where the file is, and the hash of its bytes; both empty until the library has found it."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the words behind it are spoken. In a paragraph it holds to its end, between paragraphs to the section's."""

    aspect: Literal["voice", "rate", "pitch"]
    value: str | int = ""
    """A role or a voice of the engine, words a minute, or semitones; "" goes back to the section's own."""
    source: Source = field(default=NOWHERE, compare=False)


Piece = Words | Slot | Recorded | Manner
"""What a paragraph is made of."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that is spoken, in written lines. Two in a row are two paragraphs."""

    parts: tuple[Piece, ...]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of the voice: exact when `least == most`; both None stands for the routine's default."""

    least: Millis | None = None
    most: Millis | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Until:
    """Silence until `after` has passed since the last sentence began."""

    after: Millis
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sound:
    """A bell or chime, by name. It takes `length`; its tail rings on under what follows."""

    name: str
    length: Millis
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section, which becomes a chapter."""

    title: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Bed:
    """The background of a section and of all that follow, up to the next one that says otherwise."""

    name: str
    """As it is written, in the words of `voiceguide.beds`; "" goes back to the routine's own."""
    source: Source = field(default=NOWHERE, compare=False)


Cue = Paragraph | Pause | Until | Sound | Manner
WrittenCue = Heading | Bed | Cue
