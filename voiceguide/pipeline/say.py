"""One line through everything: written, spoken, what the engine is given, and its sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from voiceguide import beds, engines, notation
from voiceguide.cache import ClipCache
from voiceguide.compiler import compile_routine
from voiceguide.errors import ContentError, Problem
from voiceguide.library import Library
from voiceguide.model.cues import Bed, Cue, Heading, Paragraph, Recorded, Source, WrittenCue
from voiceguide.model.routine import EVERYONE, Part, Pauses, Routine, Span, Step, Technique, Wishes
from voiceguide.model.script import Say, Script
from voiceguide.model.units import Millis
from voiceguide.narrator import Narrator
from voiceguide.pipeline.engine import with_real_engine
from voiceguide.pipeline.files import written
from voiceguide.pipeline.output import OUTPUT, check_output, levels, session_rate, tags
from voiceguide.pipeline.settle import RATE, settled, target_frames
from voiceguide.progress import Listener, ignore
from voiceguide.settings import Settings

TARGET = OUTPUT / "say.wav"
"""Where the sound goes when no file is named."""
_PLACE = Source("the line")
_NO_REST = Span(Millis(0), Millis(0))


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence on its way."""

    written: str
    spoken: str
    received: str
    """What the engine is given."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a text. Without a file, `frames` is 0."""

    engine: str
    lines: tuple[Line, ...]
    path: Path | None = None
    frames: int = 0
    rate: int = RATE


def say(
    library: Library,
    text: str,
    settings: Settings,
    target: Path | None = None,
    *,
    routine: str = "",
    language: str = "",
    listener: Listener = ignore,
) -> Said:
    """Speaks `text`, in the cue notation, as `routine` would say it, into a verified file at the session's level.

    Without a target nothing is spoken: the lines alone are told. Raises ContentError for a text that says nothing,
    and whatever `pipeline.render` does.
    """
    whole = _routine(library, text, routine, language)
    settings = with_real_engine(settings, lambda: whole.language, listener)
    script = replace(compile_routine(whole, _wished(settings)), bed="none")
    if target:
        check_output(target, settings, script.bed, clobber=True)
    engine = engines.make(settings.engine, settings)
    try:
        lines = tuple(
            Line(one.text, one.utterance.spoken, engine.received(one.utterance)) for one in _sentences(script)
        )
        frames = _spoken(script, engine, settings, target, listener) if target else 0
        return Said(settings.engine, lines, target, frames, session_rate(settings) if target else RATE)
    finally:
        engine.close()


def _routine(library: Library, text: str, name: str, language: str) -> Routine:
    """A routine of this text alone, with the words, voices and lexicon of another where one is named."""
    cues = _cues(text)
    part = Part(Technique("say", "Say", {"full": (Step({EVERYONE: cues}),)}))
    pauses = Pauses(section=_NO_REST, opening=_NO_REST, closing=_NO_REST)
    host = library.routine(name) if name else Routine("say", "Say", ())
    language = language or host.language
    lexicon = host.lexicon if name else library.lexicon(language)
    return replace(
        host, name="say", title="Say", parts=(part,), pauses=pauses, language=language, length=None, lexicon=lexicon
    )


def _cues(text: str) -> tuple[Cue, ...]:
    """What is written, as one line has it: neither headings nor recordings. Raises ContentError."""
    parsed = notation.parse(text, _PLACE)
    problems = [*parsed.problems, *(problem for cue in parsed.cues for problem in _misplaced(cue))]
    if not any(isinstance(cue, Paragraph) for cue in parsed.cues) and not problems:
        problems.append(Problem(_PLACE.file, 1, 1, "there is nothing to say", "write words between the quotes"))
    if problems:
        raise ContentError(tuple(sorted(problems)))
    return tuple(cue for cue in parsed.cues if not isinstance(cue, Heading | Bed))


def _misplaced(cue: WrittenCue) -> Iterator[Problem]:
    if isinstance(cue, Heading):
        yield _problem(cue.source, "a heading is not spoken", "say it as a sentence")
    if isinstance(cue, Bed):
        yield _problem(cue.source, "one line has no background", "take the mark out")
    for part in cue.parts if isinstance(cue, Paragraph) else ():
        if isinstance(part, Recorded):
            yield _problem(part.source, "a recording is played in a routine alone", "write its words")


def _problem(at: Source, message: str, hint: str) -> Problem:
    return Problem(at.file, at.line, at.column, message, hint)


def _wished(settings: Settings) -> Wishes:
    return Wishes(voice=settings.voice, rate=settings.rate, pitch=settings.pitch, engine=settings.engine)


def _sentences(script: Script) -> list[Say]:
    """Each once: a section's further rounds would say them again."""
    return [cue for section in script.sections for cue in section.tellings[0].cues if isinstance(cue, Say)]


def _spoken(script: Script, engine: engines.Engine, settings: Settings, target: Path, listener: Listener) -> int:
    """Writes the sound, and gives its length in frames."""
    from voiceguide import soundbank
    from voiceguide.mixer import Mix

    narrator = Narrator(engine, ClipCache(settings.cache_folder), listener)
    rate = session_rate(settings)
    timeline = settled(
        script,
        target_frames(script, None, narrator, rate),
        narrator,
        lambda choice: narrator.speak(choice.lines()),
        asked=False,
        rate=rate,
    )
    mix = Mix(
        timeline,
        lambda utterance: narrator.clip(utterance) if narrator.length(utterance) else None,
        lambda name: soundbank.sound(name, rate),
        lambda name: beds.make(name, rate),
        levels(settings),
    )
    whole = (0, timeline.length)
    return written(mix, whole, rate, target, tags(timeline, None), settings, listener=listener).frames
