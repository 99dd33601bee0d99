"""Routine → Script: blocks unfolded, words filled in, paragraphs cut into sentences, unwritten rests put in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from voiceguide.compiler.delivery import UNSAID, Cast, Manners, after
from voiceguide.compiler.places import Place, chosen, chosen_conditions, unfolded
from voiceguide.compiler.speech import Speech, filled, gap, played, sentences, spoken_cues
from voiceguide.errors import ContentError
from voiceguide.model.cues import Cue, Manner, Paragraph, Recorded, Source, Until, Words
from voiceguide.model.routine import (
    EVERYONE,
    TELLINGS,
    Condition,
    Encouragement,
    Pauses,
    Routine,
    Step,
    Technique,
    Wishes,
)
from voiceguide.model.script import Rest, Say, Script, ScriptCue, Section, Telling


def compile_routine(routine: Routine, wishes: Wishes | None = None) -> Script:
    """Every word that may be spoken, with the alternatives.

    Raises ContentError for words in braces that nobody knows, UsageError for wishes that name nothing or when a
    condition forbids the session.
    """
    wishes = wishes or Wishes()
    cast = Cast(routine, wishes)
    speech = Speech(routine, cast, UNSAID, routine.pauses)
    conditions = chosen_conditions(routine.pack, wishes)
    places = chosen(unfolded(routine), wishes, conditions)
    sections = [_section(place, speech.within(place.part), wishes) for place in places]
    if conditions and sections:
        sections[0] = _with_cautions(sections[0], conditions, speech.within(places[0].part))
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
        voice=(own := cast.way()).voice,
        rate=own.rate,
        pitch=own.pitch,
        voices=cast.voices(),
        lexicon=routine.lexicon,
    )


def _section(place: Place, speech: Speech, wishes: Wishes) -> Section:
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
        again=_apart(again, speech.pauses),
        rounds=place.part.rounds,
        least=technique.least,
        ideal=technique.ideal,
        most=technique.most,
        priority=None if boosted else place.part.priority,
        encouragements=_encouragements(technique, words, speech),
        halfway=_halfway(technique, words, speech),
        bed=place.part.bed,
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


def _telling(steps: Iterable[Step], words: dict[str, str], speech: Speech) -> tuple[ScriptCue, ...]:
    written: list[Cue] = []
    for step in steps:
        written += _wording(step.wordings, speech.routine.who)
    return tuple(spoken_cues(written, words, speech))


def _wording(wordings: dict[str, tuple[Cue, ...]], who: str) -> tuple[Cue, ...]:
    return wordings.get(who) or wordings.get(EVERYONE) or next(iter(wordings.values()), ())


def _encouragements(technique: Technique, words: dict[str, str], speech: Speech) -> tuple[Say, ...]:
    pack = speech.routine.pack
    shared = pack.encouragements if pack and technique.name in pack.techniques else ()
    said = (_encouragement(one, words, speech) for one in (*technique.encouragements, *shared))
    return tuple(say for say in said if say)


def _halfway(technique: Technique, words: dict[str, str], speech: Speech) -> Say | None:
    pack = speech.routine.pack
    if pack is None or pack.halfway is None or technique.name not in pack.techniques:
        return None
    return _encouragement(pack.halfway, words, speech)


def _encouragement(one: Encouragement, words: dict[str, str], speech: Speech) -> Say | None:
    paragraph = one.wordings.get(speech.routine.who) or one.wordings.get(EVERYONE)
    if paragraph is None:
        return None
    manners: Manners = {}
    for part in paragraph.parts:
        if isinstance(part, Recorded):
            return played(part, speech)
        manners = after(manners, part) if isinstance(part, Manner) else manners
    text, _ = filled(paragraph, words, speech)
    return Say(text, speech.utterance(text, manners), paragraph.source)


def _with_cautions(opening: Section, conditions: list[Condition], speech: Speech) -> Section:
    """The opening with what the listener's own conditions ask for, in every telling, each sentence once."""
    said: dict[str, ScriptCue] = {}
    for condition in conditions:
        paragraph = Paragraph((Words(condition.say, Source("safety table")),))
        said |= {cue.text: cue for cue in sentences(paragraph, {}, speech) if isinstance(cue, Say)}
    between = gap(speech.pauses.sentence)
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
