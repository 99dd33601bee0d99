"""The straight line: load, compile, narrate, schedule, mix, export. The only file that knows the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide import beds, engines, scheduler
from voiceguide.cache import ClipCache
from voiceguide.compiler import compile_routine
from voiceguide.errors import ContentError, Problem, UsageError
from voiceguide.library import Library
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say, Script
from voiceguide.model.timeline import Chapter, Timeline
from voiceguide.model.units import Frames, Millis, to_millis
from voiceguide.narrator import Narrator
from voiceguide.near import suggest
from voiceguide.pipeline.background import distance, named, with_beds
from voiceguide.pipeline.doubts import doubts, missed, too_faint, too_soft
from voiceguide.pipeline.engine import with_real_engine
from voiceguide.pipeline.files import written
from voiceguide.pipeline.output import check_output, default_target, levels, named_stems, session_rate, tags
from voiceguide.pipeline.part import cut
from voiceguide.pipeline.picture import check_picture, drawn, sketched
from voiceguide.pipeline.profiles import profile
from voiceguide.pipeline.recorded import refuse_missing, taken
from voiceguide.pipeline.settle import RATE, reach, settled, target_frames, utterances
from voiceguide.progress import Listener, Warn, ignore
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from voiceguide.exporter import Report
    from voiceguide.mixer import Mix


@dataclass(frozen=True, slots=True)
class Planned:
    """A timed script, and the lengths that are possible."""

    timeline: Timeline
    script: Script
    least: Millis
    most: Millis
    below: float | None = None
    """Decibels that the background lies below speech while somebody speaks; None where there is none."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished session."""

    engine: str
    report: Report
    timeline: Timeline
    heard: Timeline
    """What the file holds of it: all, or one section."""
    utterances: int
    synthesised: int
    cached: int
    recorded: int = 0
    stems: tuple[tuple[str, Path], ...] = ()
    """Their names and files."""
    picture: Path | None = None


def plan(
    library: Library,
    routine: str,
    length: Millis | None,
    wishes: Wishes,
    settings: Settings,
    *,
    picture: Path | None = None,
    clobber: bool = True,
) -> Planned:
    """The timed script, from true lengths where clips are in the cache and from estimates elsewhere. Speaks nothing.

    Recordings are measured. Lines that a folder of recordings lacks are estimated, as if the engine spoke them. With
    `picture`, the plan is drawn there as an SVG too, with levels that are foretold from the same. Music that cannot be
    opened is an error here as in `render`.
    """
    check_picture(picture, clobber=clobber)
    settings = with_engine(library, routine, settings)
    narrator = silent_narrator(settings)
    script = compiled(library, routine, wishes, settings)
    timeline = placed(script, length, narrator)
    for _, name in timeline.beds:
        beds.check_files(name)
    if picture:
        sketched(timeline, _mix(timeline, narrator, settings), picture, clobber=clobber)
    below = distance((name for _, name in timeline.beds), settings)
    return Planned(timeline, script, *reach(script, narrator), below)


def placed(script: Script, length: Millis | None, narrator: Narrator) -> Timeline:
    """The timeline of a script, from what `narrator` knows. Speaks nothing."""
    narrator.prepare(script.lines())
    frames = target_frames(script, length, narrator)
    return settled(script, frames, narrator, lambda _choice: None, asked=length is not None)


def lengths(library: Library, routine: str, wishes: Wishes, settings: Settings) -> tuple[Millis, Millis, Millis]:
    """The shortest, natural and longest length of a routine."""
    settings = with_engine(library, routine, settings)
    narrator = silent_narrator(settings)
    script = compiled(library, routine, wishes, settings)
    least, most = reach(script, narrator)
    return least, to_millis(target_frames(script, None, narrator), RATE), most


def render(
    library: Library,
    routine: str,
    length: Millis | None,
    wishes: Wishes,
    settings: Settings,
    target: Path | None = None,
    *,
    section: str | None = None,
    picture: Path | None = None,
    clobber: bool = True,
    listener: Listener = ignore,
) -> Rendered:
    """The session as a verified file at `target`, or at its place under `output/`; drawn as an SVG at `picture`.

    With `section`, that part of it alone: the others are then neither spoken nor waited for. All music is opened before
    anything is spoken.
    """
    check_picture(picture, clobber=clobber)
    settings = with_engine(library, routine, settings, listener)
    script = compiled(library, routine, wishes, settings)
    _check_section(script, section)
    rate, music = session_rate(settings), beds.Opened()
    for doubt in doubts(named(script), length, settings):
        listener(Warn(doubt))
    engine = engines.make(settings.engine, settings)
    warn_of_pitch(script, engine, listener)
    try:
        narrator = Narrator(
            engine,
            ClipCache(settings.cache_folder),
            listener,
            another=lambda: engines.make(settings.engine, settings),
            jobs=settings.processors,
        )

        def speak(choice: scheduler.Choice) -> None:
            lines = _lines(choice, section)
            refuse_missing(lines, script, routine, settings)
            for one in choice.sections:
                beds.open_music(one.section.bed or script.bed, rate, music)
            narrator.speak(lines)

        narrator.prepare(script.lines())
        frames = target_frames(script, length, narrator, rate)
        path = target or default_target(script, frames, rate, settings, section)
        check_output(path, settings, script.bed, clobber=clobber)
        timeline = settled(script, frames, narrator, speak, asked=length is not None, rate=rate)
        path = target or default_target(script, timeline.length, rate, settings, section)
        mix = _mix(timeline, narrator, settings, music)
        return _exported(timeline, mix, narrator, settings, path, section, picture, clobber, listener)
    finally:
        engine.close()


def with_engine(library: Library, routine: str, settings: Settings, listener: Listener = ignore) -> Settings:
    """The settings with a real engine where the user left the choice to us; says which and why."""
    return with_real_engine(settings, lambda: library.routine(routine).language, listener)


def compiled(library: Library, routine: str, wishes: Wishes, settings: Settings) -> Script:
    """A routine, loaded and compiled with the user's voice, recordings and bed. Raises ContentError."""
    script, problems = with_recordings(library, routine, wishes, settings)
    if problems:
        raise ContentError(problems)
    return script


def with_recordings(
    library: Library, routine: str, wishes: Wishes, settings: Settings
) -> tuple[Script, tuple[Problem, ...]]:
    """As `compiled`, with what is wrong in the folder of recordings beside it: these lines are without theirs."""
    wishes = replace(
        wishes,
        voice=wishes.voice or settings.voice,
        rate=wishes.rate or settings.rate,
        pitch=settings.pitch if wishes.pitch is None else wishes.pitch,
        engine=wishes.engine or settings.engine,
    )
    loaded = profile(settings.profile).framed(library.routine(routine))
    script, problems = taken(compile_routine(loaded, wishes), loaded, settings)
    return with_beds(script, settings), problems


def warn_of_pitch(script: Script, engine: engines.Engine, listener: Listener) -> None:
    """Says so when a pitch is asked for that this engine does not have."""
    if not engine.pitched and any(utterance.pitch for utterance in utterances(script)):
        listener(Warn(f"{engine.name} cannot speak higher or lower: the pitch that is asked for changes nothing"))


def silent_narrator(settings: Settings) -> Narrator:
    """One that is only asked for the lengths of clips that are there, so that nothing is ever started."""
    return Narrator(engines.make(settings.engine, settings), ClipCache(settings.cache_folder))


def _lines(choice: scheduler.Choice, section: str | None) -> Sequence[Say]:
    """What has to be spoken: every line, or those of one section."""
    if section is None:
        return choice.lines()
    place = _called([one.section.title for one in choice.sections], section)
    if place < 0:
        hint = "ask for a longer session, or keep it with --boost"
        raise UsageError(f"this session has no '{section}': it was left out to fit the length", hint)
    return [cue for cue in choice.sections[place].cues if isinstance(cue, Say)]


def _check_section(script: Script, section: str | None) -> None:
    """Raises UsageError for a section that this routine can never have."""
    titles = tuple(one.title for one in script.sections)
    if section is not None and _called(titles, section) < 0:
        raise UsageError(f"there is no section '{section}'", suggest(section, titles))


def _called(titles: Sequence[str], name: str) -> int:
    """Which of `titles` is meant: the very name, else the first with it before its comma; -1 for none."""
    folded = [title.casefold() for title in titles]
    bases = [title.partition(",")[0] for title in folded]
    wanted = name.strip().casefold()
    found = [names.index(wanted) for names in (folded, bases) if wanted and wanted in names]
    return found[0] if found else -1


def _chapter(timeline: Timeline, section: str) -> Chapter:
    return timeline.chapters[_called([chapter.title for chapter in timeline.chapters], section)]


def _exported(
    timeline: Timeline,
    mix: Mix,
    narrator: Narrator,
    settings: Settings,
    path: Path,
    section: str | None,
    picture: Path | None,
    clobber: bool,
    listener: Listener,
) -> Rendered:
    from voiceguide.encoders import mp3_kept

    part = None if section is None else _chapter(timeline, section)
    start, end = (part.start, part.end) if part else (Frames(0), timeline.length)
    span, about, names = (start, end), tags(timeline, part), [name for _, name in timeline.beds]
    if soft := too_soft(mix.aimed_lufs, names, settings):
        listener(Warn(soft))
    if faint := too_faint(mix, settings):
        listener(Warn(faint))
    beside = [drawn(replace(timeline, title=about.title), mix, span, picture, clobber=clobber)] if picture else []
    with mp3_kept.kept_in(narrator.mp3):
        report = written(
            mix, span, timeline.rate, path, about, settings, beside=beside, clobber=clobber, listener=listener
        )
    if not soft and not part and (off := missed(report, mix, names, settings)):
        listener(Warn(off))
    spoken = sum(1 for p in timeline.placements if p.kind == "say" and start <= p.start < end)
    heard = cut(timeline, start, end) if part else timeline
    rendered = Rendered(settings.engine, report, timeline, heard, spoken, *astuple(narrator.narration))
    return replace(rendered, stems=named_stems(path) if settings.stems else (), picture=picture)


def _mix(timeline: Timeline, narrator: Narrator, settings: Settings, music: beds.Opened | None = None) -> Mix:
    """What is heard, with the clips and the music that are there."""
    from voiceguide import soundbank
    from voiceguide.mixer import Mix

    return Mix(
        timeline,
        lambda utterance: narrator.clip(utterance) if narrator.length(utterance) else None,
        lambda name: soundbank.sound(name, timeline.rate),
        lambda name: beds.make(name, timeline.rate, timeline.length, music),
        levels(settings, thorough=True),
        narrator.notes,
    )
