"""The straight line: load, compile, narrate, schedule, mix, export. The only file that knows the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide import beds, encoders, engines, scheduler
from voiceguide.cache import ClipCache
from voiceguide.compiler import compile_routine
from voiceguide.encoders import Mark, Tags
from voiceguide.errors import CannotCreate, ImpossibleLength, UsageError
from voiceguide.library import Library
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say, Script, Utterance
from voiceguide.model.timeline import Chapter, Timeline
from voiceguide.model.units import Frames, Millis, format_duration, rescale, to_frames, to_millis
from voiceguide.narrator import Narrator
from voiceguide.near import suggest
from voiceguide.progress import Listener, ignore
from voiceguide.settings import Settings
from voiceguide.spoken.pace import estimate

if TYPE_CHECKING:
    from voiceguide.exporter import Report
    from voiceguide.mixer import MixLevels

RATE = 44_100
"""Frames per second of a session."""
BED = "drone"
_SLACK = (1.0, 0.93, 1.07)
"""A length at the edge of what is possible is tried with speech a little quicker and slower than estimated."""
_TRIES = 4
_NEAREST = 300  # seconds searched for a length that does work

Speak = Callable[[Sequence[Say]], object]


@dataclass(frozen=True, slots=True)
class Planned:
    """A timed script, and the lengths that are possible."""

    timeline: Timeline
    least: Millis
    most: Millis


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished session."""

    report: Report
    timeline: Timeline
    utterances: int
    synthesised: int
    cached: int


def plan(library: Library, routine: str, length: Millis | None, wishes: Wishes, settings: Settings) -> Planned:
    """The timed script, from true lengths where clips are in the cache and from estimates elsewhere. Speaks nothing."""
    narrator = _silent_narrator(settings)
    script = compiled(library, routine, wishes, settings)
    timeline = _settled(script, _target(script, length), narrator, lambda _lines: None)
    return Planned(timeline, *_reach(script, narrator))


def lengths(library: Library, routine: str, wishes: Wishes, settings: Settings) -> tuple[Millis, Millis, Millis]:
    """The shortest, natural and longest length of a routine."""
    narrator = _silent_narrator(settings)
    script = compiled(library, routine, wishes, settings)
    least, most = _reach(script, narrator)
    return least, to_millis(_target(script, None), RATE), most


def render(
    library: Library,
    routine: str,
    length: Millis | None,
    wishes: Wishes,
    settings: Settings,
    target: Path | None = None,
    *,
    section: str | None = None,
    clobber: bool = True,
    listener: Listener = ignore,
) -> Rendered:
    """The session as a verified file at `target`, or at its place under `output/`.

    With `section`, that part of it alone: the others are then neither spoken nor waited for.
    """
    script = compiled(library, routine, wishes, settings)
    frames = _target(script, length)
    path = target or _default_target(script, frames, settings, section)
    _check_output(path, settings, script.bed, made=target is None, clobber=clobber)
    engine = engines.make(settings.engine)
    try:
        narrator = Narrator(engine, ClipCache(settings.cache_folder), listener)
        timeline = _settled(script, frames, narrator, _only(section, script, narrator.speak))
        return _exported(timeline, narrator, settings, path, section, clobber, listener)
    finally:
        engine.close()


def compiled(library: Library, routine: str, wishes: Wishes, settings: Settings) -> Script:
    """A routine, loaded and compiled with the user's voice and bed."""
    wishes = replace(wishes, voice=wishes.voice or settings.voice, rate=wishes.rate or settings.rate)
    script = compile_routine(library.routine(routine), wishes)
    return replace(script, bed=settings.bed or script.bed or BED)


def _silent_narrator(settings: Settings) -> Narrator:
    """One that is only asked for the lengths of clips that are there, so that nothing is ever started."""
    return Narrator(engines.make(settings.engine), ClipCache(settings.cache_folder))


def _target(script: Script, length: Millis | None) -> Frames:
    return to_frames(length, RATE) if length else scheduler.natural_length(script, _estimated(1.0), RATE)


def _estimated(factor: float) -> Callable[[Utterance], Frames]:
    return lambda utterance: to_frames(Millis(round(estimate(utterance) * factor)), RATE)


def _known(narrator: Narrator, utterance: Utterance) -> Frames | None:
    """The true length of an utterance in the session, when its clip is there."""
    found = narrator.length(utterance)
    return rescale(*found, RATE) if found else None


def _settled(script: Script, target: Frames, narrator: Narrator, speak: Speak) -> Timeline:
    """The timeline: chosen on estimates, spoken, placed on true lengths; chosen again only where these do not fit.

    What was spoken before plays no part in the choice, so a session comes out the same with any cache.
    """
    for factor in _SLACK:
        learned: dict[Utterance, Frames] = {}
        guess = _estimated(factor)

        def length_of(
            utterance: Utterance,
            learned: dict[Utterance, Frames] = learned,
            guess: Callable[[Utterance], Frames] = guess,
        ) -> Frames:
            return learned.get(utterance) or guess(utterance)

        for _ in range(_TRIES):
            choice = scheduler.choose(script, length_of, target, RATE)
            if choice is None:
                break
            lines = choice.lines()
            speak(lines)
            found = {line.utterance: _known(narrator, line.utterance) for line in lines}
            learned |= {utterance: frames for utterance, frames in found.items() if frames}
            timeline = scheduler.place(choice, length_of, target, RATE, exact=all(found.values()))
            if timeline:
                return timeline
    raise _impossible(script, target, narrator)


def _reach(script: Script, narrator: Narrator) -> tuple[Millis, Millis]:
    """The shortest and longest length, on the safe side where lengths are estimated."""

    def measured(factor: float) -> Callable[[Utterance], Frames]:
        guess = _estimated(factor)
        known = {u: frames for u in utterances(script) if (frames := _known(narrator, u))}
        return lambda utterance: known.get(utterance) or guess(utterance)

    return scheduler.reach(script, measured(1.08), measured(0.93), RATE)


def utterances(script: Script) -> tuple[Utterance, ...]:
    """Everything that the routine may ever say, each once."""
    says = (
        cue
        for section in script.sections
        for cues in (*(telling.cues for telling in section.tellings), section.again, section.encouragements)
        for cue in cues
        if isinstance(cue, Say)
    )
    return tuple(dict.fromkeys(say.utterance for say in says))


def _impossible(script: Script, target: Frames, narrator: Narrator) -> ImpossibleLength:
    least, most = _reach(script, narrator)
    asked, low, high = (format_duration(length) for length in (to_millis(target, RATE), least, most))
    if to_millis(target, RATE) < least:
        cure = f"ask for --length {low} or more, or leave something out with --skip"
    elif to_millis(target, RATE) > most:
        cure = f"ask for --length {high} or less, or give a section more rounds or longer rests"
    else:
        cure = _nearest(script, target)
    return ImpossibleLength(f"'{script.name}' cannot last {asked}: it takes from {low} to {high}", cure, least, most)


def _nearest(script: Script, target: Frames) -> str:
    """The closest lengths to either side that have a choice."""
    found = []
    for step in (-RATE, RATE):
        tries = (Frames(target + step * seconds) for seconds in range(1, _NEAREST))
        close = next((t for t in tries if scheduler.choose(script, _estimated(1.0), t, RATE)), None)
        found += [format_duration(to_millis(close, RATE))] if close else []
    if not found:
        return "give a section elastic rests: [pause 3s-30s]"
    return f"the nearest that work are {' and '.join(found)}"


def _only(section: str | None, script: Script, speak: Speak) -> Speak:
    """`speak`, for the lines of one section alone."""
    if section is None:
        return speak
    keys = {one.title.casefold() for one in script.sections} | {_base_title(one.title) for one in script.sections}
    if section.casefold() not in keys:
        titles = tuple(one.title for one in script.sections)
        raise UsageError(f"there is no section '{section}'", suggest(section, titles))
    wanted = next(one for one in script.sections if _is_called(one.title, section))
    own = {say.utterance for telling in wanted.tellings for say in telling.cues if isinstance(say, Say)}
    own |= {say.utterance for say in (*wanted.again, *wanted.encouragements) if isinstance(say, Say)}
    own |= {wanted.halfway.utterance} if wanted.halfway else set()
    return lambda lines: speak([line for line in lines if line.utterance in own])


def _base_title(title: str) -> str:
    """`arch rubs` of `Arch rubs, left foot`."""
    return title.partition(",")[0].casefold()


def _is_called(title: str, name: str) -> bool:
    return name.casefold() in (title.casefold(), _base_title(title))


def _chapter(timeline: Timeline, section: str) -> Chapter:
    found = [chapter for chapter in timeline.chapters if _is_called(chapter.title, section)]
    if not found:
        hint = "ask for a longer session, or keep it with --boost"
        raise UsageError(f"this session has no '{section}': it was left out to fit the length", hint)
    return found[0]


def _default_target(script: Script, frames: Frames, settings: Settings, section: str | None) -> Path:
    part = "-" + "-".join("".join(c if c.isalnum() else " " for c in section.lower()).split()) if section else ""
    name = f"{script.name}-{format_duration(to_millis(frames, RATE))}{part}.{settings.format}"
    return Path("output") / name


def _check_output(path: Path, settings: Settings, bed: str, *, made: bool, clobber: bool) -> None:
    """Whether the file can be written, before a minute is spent on it."""
    from voiceguide import exporter

    encoders.check_name(settings.format)
    beds.check_name(bed)
    _levels(settings)
    if made:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"cannot make the folder '{path.parent}': {error.strerror}"
            raise CannotCreate(message, "name a file elsewhere with -o") from None
    exporter.check(path, clobber=clobber)


def _levels(settings: Settings) -> MixLevels:
    from voiceguide.mixer import PROFILES

    if settings.profile not in PROFILES:
        raise UsageError(f"there is no profile called '{settings.profile}'", suggest(settings.profile, PROFILES))
    return replace(PROFILES[settings.profile], bed=settings.bed_level or 0.0)


def _exported(
    timeline: Timeline,
    narrator: Narrator,
    settings: Settings,
    path: Path,
    section: str | None,
    clobber: bool,
    listener: Listener,
) -> Rendered:
    from voiceguide import exporter, soundbank
    from voiceguide.mixer import Mix

    part = _chapter(timeline, section) if section else None
    start, end = (part.start, part.end) if part else (Frames(0), timeline.length)
    mix = Mix(
        timeline,
        lambda utterance: narrator.clip(utterance) if narrator.length(utterance) else None,
        lambda name: soundbank.sound(name, RATE),
        beds.make(timeline.bed, RATE),
        _levels(settings),
    )
    report = exporter.export(
        mix.blocks(start, end),
        path,
        settings.format,
        RATE,
        end - start,
        _tags(timeline, part),
        clobber=clobber,
        listener=listener,
    )
    spoken = sum(1 for p in timeline.placements if p.kind == "say" and start <= p.start < end)
    narration = narrator.narration
    return Rendered(report, timeline, spoken, narration.synthesised, narration.cached)


def _tags(timeline: Timeline, part: Chapter | None) -> Tags:
    chapters = (part,) if part else timeline.chapters
    start = part.start if part else 0
    marks = tuple(Mark(c.title, _millis(c.start - start), _millis(c.end - start)) for c in chapters)
    title = f"{timeline.title}: {part.title}" if part else timeline.title
    names = "\n".join(dict.fromkeys(chapter.title for chapter in chapters))
    artist = timeline.author or "voiceguide"
    return Tags(title, artist, timeline.title, timeline.language, names, marks)


def _millis(frames: int) -> Millis:
    return to_millis(Frames(frames), RATE)
