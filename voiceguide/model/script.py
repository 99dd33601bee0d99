"""The compiled routine: every word that may be spoken and the alternatives, with no times yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from voiceguide.model.cues import NOWHERE, Sound, Source, Until
from voiceguide.model.units import Millis


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """How a word sounds, where engines would guess wrongly."""

    word: str
    """As it stands in the spoken text, in any case."""
    respelled: str = ""
    """In letters that any engine reads rightly; empty when only `ipa` is known."""
    ipa: str = ""
    """In the International Phonetic Alphabet, for engines that take phonemes; empty when only letters are known."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file with somebody's own voice. Two are the same when their bytes are."""

    sha256: str
    path: str = field(default="", compare=False)
    written: str = field(default="", compare=False)
    """The file as a `[recording …]` names it; empty for one that was found in a folder by its line."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken line with everything that changes its sound, so it is also its identity."""

    spoken: str
    """The text after all written-to-spoken rules, ready for any engine."""
    language: str = "en"
    voice: str = ""
    """An engine's voice name; empty for the engine's default in this language."""
    rate: int = 115
    """Words per minute while speaking."""
    pitch: int = 0
    """Semitones above (or below) the voice's own pitch, where the engine has it."""
    pronounced: tuple[Pronunciation, ...] = ()
    """The words of `spoken` that a lexicon knows."""
    recording: Recording | None = None
    """What is played in place of synthesis."""


@dataclass(frozen=True, slots=True)
class Say:
    """One sentence."""

    text: str
    """As written, for captions and the transcript."""
    utterance: Utterance
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rest:
    """Silence of the voice, with its glue."""

    least: Millis
    natural: Millis
    most: Millis
    written: bool = False
    """True for a rest in the text, false for the gaps that nobody writes down."""
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def exact(self) -> bool:
        return self.least == self.most


ScriptCue = Say | Rest | Until | Sound


@dataclass(frozen=True, slots=True)
class Telling:
    """One way to say a section: `full` teaches, `brief` reminds, `minimal` names."""

    name: str
    cues: tuple[ScriptCue, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter, with its alternatives."""

    title: str
    key: str
    """Sections with one key are kept or dropped together (the same technique on both sides)."""
    tellings: tuple[Telling, ...]
    """From the longest to the shortest."""
    again: tuple[ScriptCue, ...] = ()
    """What every round after the first says."""
    rounds: tuple[int, int] = (1, 1)
    least: Millis | None = None
    ideal: Millis | None = None
    most: Millis | None = None
    """Bounds for the sum of one round's cues; they win over the bounds of single rests."""
    priority: int | None = None
    """Higher stays longer; None is always kept."""
    encouragements: tuple[Say, ...] = ()
    halfway: Say | None = None
    before: Rest | None = None
    after: Rest | None = None
    """Rests around the section, outside its bounds."""
    bed: str = ""
    """What plays under it; empty for the script's."""
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole routine, ready to be scheduled."""

    name: str
    title: str
    sections: tuple[Section, ...]
    language: str = "en"
    author: str = ""
    length: Millis | None = None
    """The length it takes when none is asked for; None for the natural one."""
    bed: str = ""
    recordings: str = ""
    """The folder that its lines are taken from; empty when an engine speaks them."""
    voice: str = ""
    rate: int = 115
    pitch: int = 0
    """How a line is spoken that nobody marked."""
    voices: dict[str, str] = field(default_factory=dict)
    """Role → voice of the engine."""
    lexicon: tuple[Pronunciation, ...] = ()
    """Every word whose sound is known, whether it is spoken or not."""

    def lines(self) -> Iterator[Say]:
        """Everything that may be said: section by section, the longest telling first."""
        for section in self.sections:
            for cues in (*(telling.cues for telling in section.tellings), section.again, section.encouragements):
                yield from (cue for cue in cues if isinstance(cue, Say))
            yield from [section.halfway] if section.halfway else []
