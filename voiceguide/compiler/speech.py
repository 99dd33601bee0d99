"""Paragraphs → sentences that can be spoken, with the rests between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from voiceguide.compiler.delivery import Cast, Manners, Way, after
from voiceguide.errors import Problem
from voiceguide.model.cues import Cue, Manner, Paragraph, Pause, Recorded, Slot, Sound, Source, Until
from voiceguide.model.routine import Delivery, Part, Pauses, Routine, Span
from voiceguide.model.script import Recording, Rest, Say, ScriptCue, Utterance
from voiceguide.model.units import Millis
from voiceguide.near import suggest
from voiceguide.spoken import spoken_form
from voiceguide.spoken.lexicon import found_in
from voiceguide.spoken.sentences import split

MOST_PROBLEMS = 50


@dataclass(slots=True)
class Speech:
    """How this routine speaks, and what was wrong with its words."""

    routine: Routine
    cast: Cast
    section: Delivery
    pauses: Pauses
    problems: list[Problem] = field(default_factory=list)
    usual: Way = field(init=False)
    """How a line is spoken that no mark stands at."""

    def __post_init__(self) -> None:
        self.usual = self.cast.way(self.section)

    def within(self, part: Part) -> Speech:
        """The same for one section. What is wrong is noted in one place."""
        return replace(self, section=part.delivery, pauses=replace(self.routine.pauses, **part.pauses))

    def utterance(self, text: str, manners: Manners | None = None) -> Utterance:
        """What is spoken for `text`, under the marks that hold for it."""
        language, way = self.routine.language, self.cast.way(self.section, manners) if manners else self.usual
        said = spoken_form(text, language)
        return Utterance(said, language, way.voice, way.rate, way.pitch, found_in(said, self.routine.lexicon))


def spoken_cues(written: Sequence[Cue], words: dict[str, str], speech: Speech) -> Iterable[ScriptCue]:
    pauses = speech.pauses
    previous: Cue | None = None
    standing: Manners = {}
    for cue in written:
        if isinstance(cue, Manner):
            standing = after(standing, cue)
            continue
        if isinstance(cue, Paragraph):
            if isinstance(previous, Paragraph):
                yield gap(pauses.paragraph)
            yield from sentences(cue, words, speech, standing)
        elif isinstance(cue, Pause):
            yield _rest(cue, pauses)
        elif isinstance(cue, Until) and not isinstance(previous, Paragraph | Pause | Sound | Until):
            speech.problems.append(_problem(cue.source, "nothing is said before this [until]", "say a sentence first"))
        else:
            yield cue
        previous = cue


def sentences(
    paragraph: Paragraph, words: dict[str, str], speech: Speech, standing: Manners | None = None
) -> Iterable[ScriptCue]:
    """One `Say` a sentence or recording, a breath between them."""
    for number, say in enumerate(_says(paragraph, words, speech, standing or {})):
        if number:
            yield gap(speech.pauses.sentence)
        yield say


def _says(paragraph: Paragraph, words: dict[str, str], speech: Speech, manners: Manners) -> Iterable[Say]:
    for _, pieces in groupby(paragraph.parts, lambda piece: piece if isinstance(piece, Recorded | Manner) else None):
        row = tuple(pieces)
        if isinstance(row[0], Manner):
            manners = after(manners, row[0])
            continue
        if isinstance(row[0], Recorded):
            yield from (played(piece, speech) for piece in row if isinstance(piece, Recorded))
            continue
        text, places = filled(Paragraph(row), words, speech)
        for offset, sentence in split(text):
            begun = next(source for start, source in reversed(places) if start <= offset)
            yield Say(sentence, speech.utterance(sentence, manners), begun)


def played(recorded: Recorded, speech: Speech) -> Say:
    """A recording, with the words it is captioned and judged by. Voice, rate and pitch change nothing in it."""
    spoken = spoken_form(recorded.text, speech.routine.language)
    recording = Recording(recorded.sha256, recorded.path, recorded.file)
    return Say(recorded.text, Utterance(spoken, speech.routine.language, recording=recording), recorded.source)


def filled(paragraph: Paragraph, words: dict[str, str], speech: Speech) -> tuple[str, list[tuple[int, Source]]]:
    """The text with its braces filled, and where each written piece begins in it."""
    text, places = "", []
    for part in paragraph.parts:
        if isinstance(part, Manner):
            continue
        places.append((len(text), part.source))
        text += _fill(part, words, speech) if isinstance(part, Slot) else part.text
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
