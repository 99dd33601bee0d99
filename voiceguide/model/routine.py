"""What authors write, loaded and checked: packs, techniques and routines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from voiceguide.model.cues import NOWHERE, Cue, Paragraph, Source
from voiceguide.model.script import Pronunciation
from voiceguide.model.units import Millis

TELLINGS = ("full", "brief", "minimal")
EVERYONE = ""
"""The wording that fits any person."""
LOWEST, HIGHEST = -12, 12
"""Semitones that may be asked for: an octave to either side."""
_ROLE = re.compile(r"\s*([^\W\d][\w-]*)\s*=(.*)", re.DOTALL)
_BEFORE_ROLE = re.compile(r",(?=\s*[^\W\d][\w-]*\s*=)")


@dataclass(frozen=True, slots=True)
class Step:
    """One titled step of a technique, in one wording or one per person (`self`, `partner`)."""

    wordings: dict[str, tuple[Cue, ...]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Encouragement:
    """A short word during long work, in one wording or one per person."""

    wordings: dict[str, Paragraph]


@dataclass(frozen=True, slots=True)
class Technique:
    """One thing to do, with its three tellings and its bounds per round and side."""

    name: str
    title: str
    tellings: dict[str, tuple[Step, ...]]
    summary: str = ""
    least: Millis | None = None
    ideal: Millis | None = None
    most: Millis | None = None
    rounds: tuple[int, int] = (1, 1)
    encouragements: tuple[Encouragement, ...] = ()
    cautions: tuple[str, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of a pack's safety table."""

    name: str
    title: str
    action: Literal["refuse", "ask", "stop"]
    """refuse: no session; ask: a clinician first, and less is done; stop: said in every opening."""
    leave_out: tuple[str, ...] = ()
    """Techniques that no plan for this condition contains."""
    say: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder of techniques with the words that braces stand for."""

    name: str
    title: str
    techniques: dict[str, Technique]
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    """person → word in braces → what is said."""
    encouragements: tuple[Encouragement, ...] = ()
    halfway: Encouragement | None = None
    safety: tuple[Condition, ...] = ()
    lexicon: tuple[Pronunciation, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A default rest: at least, at most."""

    least: Millis
    most: Millis


@dataclass(frozen=True, slots=True)
class Pauses:
    """The rests nobody writes down, as a routine likes them."""

    sentence: Span = Span(Millis(350), Millis(900))
    paragraph: Span = Span(Millis(800), Millis(2500))
    section: Span = Span(Millis(1200), Millis(4000))
    default: Span = Span(Millis(3000), Millis(8000))
    """What a bare `[pause]` stands for."""
    opening: Span = Span(Millis(1500), Millis(1500))
    closing: Span = Span(Millis(4000), Millis(20000))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How somebody speaks. What is None is left to whoever stands above."""

    voice: dict[str, str] | None = None
    """Engine → a role or a voice of it; "" for engines that are not named. One without an entry takes its default."""
    rate: int | None = None
    """Words a minute while speaking."""
    pitch: int | None = None
    """Semitones above or below the voice's own pitch, from `LOWEST` to `HIGHEST`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a routine: a technique of its pack, or words of its own in the same form."""

    technique: Technique
    priority: int | None = None
    """Higher stays longer; None is always kept."""
    rounds: tuple[int, int] = (1, 1)
    delivery: Delivery = Delivery()
    pauses: dict[str, Span] = field(default_factory=dict)
    """Its own `sentence`, `paragraph` and `default` rests; the others are the routine's."""
    bed: str = ""
    """What plays under it; empty for the routine's."""
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Each:
    """A block said once for each value of a word: `side` in left, right."""

    word: str
    values: tuple[str, ...]
    title: str
    """A chapter's title, from `{title}` and the word."""
    parts: tuple[Part, ...]
    between: Part | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Routine:
    """A whole session as its author wrote it."""

    name: str
    title: str
    parts: tuple[Part | Each, ...]
    summary: str = ""
    pack: Pack | None = None
    who: str = EVERYONE
    language: str = "en"
    author: str = ""
    delivery: Delivery = Delivery()
    """How it is spoken where nobody says otherwise."""
    voices: dict[str, Delivery] = field(default_factory=dict)
    """Roles, such as a counter, by the names that marks and sections call them."""
    bed: str = ""
    length: Millis | None = None
    recordings: str = ""
    """A folder of recorded lines that takes the engine's place."""
    pauses: Pauses = Pauses()
    lexicon: tuple[Pronunciation, ...] = ()
    """The user's entries and then the pack's, their words as they stand in spoken text."""
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asks of a routine beside its length."""

    voice: str = ""
    """A voice for the routine's own, `role=voice` for one of its roles, or several with commas."""
    rate: int | None = None
    """Words a minute in place of the routine's own; the rates of roles, sections and lines keep their proportion."""
    pitch: int | None = None
    """Semitones in place of the routine's own; the pitches of roles, sections and lines keep their distance."""
    engine: str = ""
    """Who is going to speak: voices are called differently from engine to engine."""
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    boost: frozenset[str] = frozenset()
    """Techniques kept, left out, and kept to the last."""
    conditions: frozenset[str] = frozenset()
    """Rows of the pack's safety table that hold for this person."""


def asked_voices(text: str) -> tuple[str, dict[str, str]]:
    """`en-us,counter=en-gb`: the voice that takes the routine's own place, "" for none, and voices by role."""
    own, roles = "", {}
    for piece in _BEFORE_ROLE.split(text):
        if role := _ROLE.fullmatch(piece):
            roles[role.group(1)] = role.group(2).strip()
        else:
            own = piece.strip()
    return own, roles
