"""Routine → Script: blocks unfolded, words filled in, paragraphs cut into sentences, unwritten rests put in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from voiceguide.errors import ContentError, Problem, UsageError
from voiceguide.model.cues import Cue, Paragraph, Pause, Slot, Sound, Source, Until, Words
from voiceguide.model.routine import (
    EVERYONE,
    TELLINGS,
    Condition,
    Encouragement,
    Pack,
    Part,
    Pauses,
    Routine,
    Span,
    Step,
    Technique,
    Wishes,
)
from voiceguide.model.script import Rest, Say, Script, ScriptCue, Section, Telling, Utterance
from voiceguide.model.units import Millis
from voiceguide.near import suggest
from voiceguide.spoken import spoken_form
from voiceguide.spoken.sentences import split

MOST_PROBLEMS = 50
RATE = 115
"""Words a minute when nobody asks for another: the middle of 100-130, the pace of guided sessions."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One part where it stands in the unfolded routine."""

    part: Part
    title: str = "{title}"
    words: dict[str, str] = field(default_factory=dict)
    repeated: bool = False
    """True from the second value of an `each` block on: the listener knows it already."""


@dataclass(slots=True)
class _Speech:
    """How this routine speaks, and what was wrong with its words."""

    routine: Routine
    voice: str
    rate: int
    problems: list[Problem] = field(default_factory=list)

    def utterance(self, text: str) -> Utterance:
        return Utterance(spoken_form(text, self.routine.language), self.routine.language, self.voice, self.rate)


def compile_routine(routine: Routine, wishes: Wishes | None = None) -> Script:
    """Every word that may be spoken, with the alternatives.

    Raises ContentError for words in braces that nobody knows, UsageError for wishes that name nothing or when a
    condition forbids the session.
    """
    wishes = wishes or Wishes()
    speech = _Speech(routine, wishes.voice or routine.voice, wishes.rate or routine.rate or RATE)
    conditions = _conditions(routine.pack, wishes)
    places = _chosen(_unfold(routine), wishes, conditions)
    sections = [_section(place, speech, wishes) for place in places]
    if conditions and sections:
        sections[0] = _with_cautions(sections[0], conditions, speech)
    if speech.problems:
        raise ContentError(tuple(sorted(set(speech.problems))))
    return Script(
        name=routine.name,
        title=routine.title,
        sections=tuple(_spaced(sections, routine.pauses)),
        language=routine.language,
        author=routine.author,
        length=routine.length,
        bed=routine.bed,
    )


def _unfold(routine: Routine) -> list[_Place]:
    """The parts in the order they are heard, each with the words that hold for it."""
    people = routine.pack.words.get(routine.who, {}) if routine.pack else {}
    places: list[_Place] = []
    for part in routine.parts:
        if isinstance(part, Part):
            places.append(_Place(part, words=people))
            continue
        for turn, value in enumerate(part.values):
            words = {**people, part.word: value}
            if turn and part.between:
                places.append(_Place(part.between, words=words))
            places += [_Place(inner, part.title, words, repeated=turn > 0) for inner in part.parts]
    return places


def _conditions(pack: Pack | None, wishes: Wishes) -> list[Condition]:
    table = {condition.name: condition for condition in pack.safety} if pack else {}
    chosen = []
    for name in sorted(wishes.conditions):
        if name not in table:
            raise UsageError(
                f"there is no condition '{name}' here", suggest(name, table) or "this routine has no safety table"
            )
        if table[name].action == "refuse":
            hint = table[name].say or "ask a clinician before any massage"
            raise UsageError(f"this session is not for {table[name].title[:1].lower()}{table[name].title[1:]}", hint)
        chosen.append(table[name])
    return chosen


def _chosen(places: list[_Place], wishes: Wishes, conditions: Iterable[Condition]) -> list[_Place]:
    """What the wishes and the safety table leave."""
    techniques = {place.part.technique.name for place in places if _is_choosable(place)}
    for name in sorted(wishes.only | wishes.skip | wishes.boost):
        if name not in techniques:
            raise UsageError(f"there is no technique '{name}' in this routine", suggest(name, techniques))
    forbidden = wishes.skip | {name for condition in conditions for name in condition.leave_out}
    kept = [place for place in places if place.part.technique.name not in forbidden]
    if wishes.only:
        kept = [p for p in kept if not _is_choosable(p) or p.part.technique.name in wishes.only]
    if techniques and not any(_is_choosable(place) for place in kept):
        raise UsageError("nothing is left of this routine", "leave out less")
    return kept


def _is_choosable(place: _Place) -> bool:
    return place.title != "{title}" or place.part.priority is not None


def _section(place: _Place, speech: _Speech, wishes: Wishes) -> Section:
    technique, words = place.part.technique, {"title": place.part.technique.title, **place.words}
    told = {name: _telling(steps, words, speech) for name, steps in technique.tellings.items()}
    names = [name for name in TELLINGS if name in told]
    again = told.get("brief", told[names[-1]])
    if place.repeated and "brief" in names:
        names = ["brief" if name == "full" else name for name in names]
    boosted = technique.name in wishes.boost | wishes.only
    return Section(
        title=_filled_title(place.title, words),
        key=technique.name,
        tellings=tuple(Telling(name, told[name]) for name in names),
        again=_apart(again, speech.routine.pauses),
        rounds=place.part.rounds,
        least=technique.least,
        ideal=technique.ideal,
        most=technique.most,
        priority=None if boosted else place.part.priority,
        encouragements=_encouragements(technique, words, speech),
        halfway=_halfway(technique, words, speech),
        source=place.part.source,
    )


def _apart(again: tuple[ScriptCue, ...], pauses: Pauses) -> tuple[ScriptCue, ...]:
    """A further round begins after a rest, unless the round before ended in one."""
    timed = again and isinstance(again[-1], Rest | Until)
    return again if timed else (gap(pauses.paragraph), *again)


def _filled_title(title: str, words: dict[str, str]) -> str:
    for word, said in words.items():
        title = title.replace(f"{{{word}}}", said)
    return title


def _telling(steps: Iterable[Step], words: dict[str, str], speech: _Speech) -> tuple[ScriptCue, ...]:
    written: list[Cue] = []
    for step in steps:
        written += _wording(step.wordings, speech.routine.who)
    return tuple(_cues(written, words, speech))


def _wording(wordings: dict[str, tuple[Cue, ...]], who: str) -> tuple[Cue, ...]:
    return wordings.get(who) or wordings.get(EVERYONE) or next(iter(wordings.values()), ())


def _cues(written: Sequence[Cue], words: dict[str, str], speech: _Speech) -> Iterable[ScriptCue]:
    pauses = speech.routine.pauses
    previous: Cue | None = None
    for cue in written:
        if isinstance(cue, Paragraph):
            if isinstance(previous, Paragraph):
                yield gap(pauses.paragraph)
            yield from _sentences(cue, words, speech)
        elif isinstance(cue, Pause):
            yield _rest(cue, pauses)
        elif isinstance(cue, Until) and not isinstance(previous, Paragraph | Pause | Sound | Until):
            speech.problems.append(_problem(cue.source, "nothing is said before this [until]", "say a sentence first"))
        else:
            yield cue
        previous = cue


def _sentences(paragraph: Paragraph, words: dict[str, str], speech: _Speech) -> Iterable[ScriptCue]:
    """One `Say` a sentence, a breath between them."""
    text, places = _filled(paragraph, words, speech)
    for number, (offset, sentence) in enumerate(split(text)):
        if number:
            yield gap(speech.routine.pauses.sentence)
        begun = next(source for start, source in reversed(places) if start <= offset)
        yield Say(sentence, speech.utterance(sentence), begun)


def _filled(paragraph: Paragraph, words: dict[str, str], speech: _Speech) -> tuple[str, list[tuple[int, Source]]]:
    """The text with its braces filled, and where each written piece begins in it."""
    text, places = "", []
    for part in paragraph.parts:
        places.append((len(text), part.source))
        text += part.text if isinstance(part, Words) else _fill(part, words, speech)
    return text, places


def _fill(slot: Slot, words: dict[str, str], speech: _Speech) -> str:
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


def _encouragements(technique: Technique, words: dict[str, str], speech: _Speech) -> tuple[Say, ...]:
    pack = speech.routine.pack
    shared = pack.encouragements if pack and technique.name in pack.techniques else ()
    said = (_encouragement(one, words, speech) for one in (*technique.encouragements, *shared))
    return tuple(say for say in said if say)


def _halfway(technique: Technique, words: dict[str, str], speech: _Speech) -> Say | None:
    pack = speech.routine.pack
    if pack is None or pack.halfway is None or technique.name not in pack.techniques:
        return None
    return _encouragement(pack.halfway, words, speech)


def _encouragement(one: Encouragement, words: dict[str, str], speech: _Speech) -> Say | None:
    paragraph = one.wordings.get(speech.routine.who) or one.wordings.get(EVERYONE)
    if paragraph is None:
        return None
    text, _ = _filled(paragraph, words, speech)
    return Say(text, speech.utterance(text), paragraph.source)


def _with_cautions(opening: Section, conditions: list[Condition], speech: _Speech) -> Section:
    """The opening with what the listener's own conditions ask for, in every telling, each sentence once."""
    said: dict[str, ScriptCue] = {}
    for condition in conditions:
        paragraph = Paragraph((Words(condition.say, Source("safety table")),))
        said |= {cue.text: cue for cue in _sentences(paragraph, {}, speech) if isinstance(cue, Say)}
    between = gap(speech.routine.pauses.sentence)
    cautions = [cue for say in said.values() for cue in (say, between)]
    tellings = (Telling(telling.name, _after_welcome(telling.cues, cautions)) for telling in opening.tellings)
    return replace(opening, tellings=tuple(tellings))


def _after_welcome(cues: tuple[ScriptCue, ...], cautions: Sequence[ScriptCue]) -> tuple[ScriptCue, ...]:
    """`cautions` behind the first rest that the author wrote, where people are ready to listen."""
    rests = (place for place, cue in enumerate(cues, 1) if isinstance(cue, Rest) and cue.written)
    place = next(rests, 0)
    return (*cues[:place], *cautions, *cues[place:])


def _spaced(sections: list[Section], pauses: Pauses) -> Iterable[Section]:
    """Rests around the sections. Where an author wrote a rest at a border, that rest is all there is."""
    for number, section in enumerate(sections):
        last = number == len(sections) - 1
        before = gap(pauses.opening) if number == 0 else None
        after = gap(pauses.closing if last else pauses.section)
        if not last and (_ends_in_rest(section) or _begins_with_rest(sections[number + 1])):
            yield replace(section, before=before)
        else:
            yield replace(section, before=before, after=after)


def _ends_in_rest(section: Section) -> bool:
    return bool(section.again) and isinstance(section.again[-1], Rest | Until)


def _begins_with_rest(section: Section) -> bool:
    return any(isinstance(cue, Rest) for telling in section.tellings for cue in telling.cues[:1])
