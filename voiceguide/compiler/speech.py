"""Paragraphs → sentences that can be spoken, with the rests between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from voiceguide.errors import Problem
from voiceguide.model.cues import Cue, Paragraph, Pause, Slot, Sound, Source, Until, Words
from voiceguide.model.routine import Pauses, Routine, Span
from voiceguide.model.script import Rest, Say, ScriptCue, Utterance
from voiceguide.model.units import Millis
from voiceguide.near import suggest
from voiceguide.spoken import spoken_form
from voiceguide.spoken.sentences import split

MOST_PROBLEMS = 50


@dataclass(slots=True)
class Speech:
    """How this routine speaks, and what was wrong with its words."""

    routine: Routine
    voice: str
    rate: int
    problems: list[Problem] = field(default_factory=list)

    def utterance(self, text: str) -> Utterance:
        return Utterance(spoken_form(text, self.routine.language), self.routine.language, self.voice, self.rate)


def spoken_cues(written: Sequence[Cue], words: dict[str, str], speech: Speech) -> Iterable[ScriptCue]:
    pauses = speech.routine.pauses
    previous: Cue | None = None
    for cue in written:
        if isinstance(cue, Paragraph):
            if isinstance(previous, Paragraph):
                yield gap(pauses.paragraph)
            yield from sentences(cue, words, speech)
        elif isinstance(cue, Pause):
            yield _rest(cue, pauses)
        elif isinstance(cue, Until) and not isinstance(previous, Paragraph | Pause | Sound | Until):
            speech.problems.append(_problem(cue.source, "nothing is said before this [until]", "say a sentence first"))
        else:
            yield cue
        previous = cue


def sentences(paragraph: Paragraph, words: dict[str, str], speech: Speech) -> Iterable[ScriptCue]:
    """One `Say` a sentence, a breath between them."""
    text, places = filled(paragraph, words, speech)
    for number, (offset, sentence) in enumerate(split(text)):
        if number:
            yield gap(speech.routine.pauses.sentence)
        begun = next(source for start, source in reversed(places) if start <= offset)
        yield Say(sentence, speech.utterance(sentence), begun)


def filled(paragraph: Paragraph, words: dict[str, str], speech: Speech) -> tuple[str, list[tuple[int, Source]]]:
    """The text with its braces filled, and where each written piece begins in it."""
    text, places = "", []
    for part in paragraph.parts:
        places.append((len(text), part.source))
        text += part.text if isinstance(part, Words) else _fill(part, words, speech)
    return text, places


def _fill(slot: Slot, words: dict[str, str], speech: Speech) -> str:
    said = words.get(slot.name)
    if said is None and slot.name[:1].isupper() and (lower := words.get(slot.name[:1].lower() + slot.name[1:])):
        said = lower[:1].upper() + lower[1:]
    if said is None and len(speech.problems) < MOST_PROBLEMS:
        hint = suggest(slot.name, words) or "write \\{ where a brace is really spoken"
        speech.problems.append(_problem(slot.source, f"nothing is known to fill in for '{{{slot.name}}}'", hint))
    return said or slot.name


def _problem(at: Source, message: str, hint: str) -> Problem:
    return Problem(at.file, at.line, at.column, message, hint)


def _rest(pause: Pause, pauses: Pauses) -> Rest:
    if pause.least is None or pause.most is None:
        return replace(gap(pauses.default), written=True, source=pause.source)
    return Rest(pause.least, _natural(pause.least, pause.most), pause.most, True, pause.source)


def gap(span: Span) -> Rest:
    """A rest that nobody wrote down."""
    return Rest(span.least, _natural(span.least, span.most), span.most)


def _natural(least: Millis, most: Millis) -> Millis:
    """Silence feels right near its shorter end: a quarter of the way up."""
    return Millis(least + (most - least) // 4)
