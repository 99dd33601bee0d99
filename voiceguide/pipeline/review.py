"""What is there of a routine's recordings, what is wrong with it, and what is still to be recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from voiceguide import beds, pipeline
from voiceguide.errors import ContentError, EngineMissing, InputMissing, Problem, VoiceguideError
from voiceguide.library import Library
from voiceguide.library.recordings import line_name, open_folder
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say, Script
from voiceguide.model.units import Millis
from voiceguide.narrator.recordings import played
from voiceguide.pipeline.background import named
from voiceguide.pipeline.output import session_rate
from voiceguide.pipeline.recorded import Stray, changed, missing, strays
from voiceguide.progress import Event, Warn
from voiceguide.settings import Settings


@dataclass(frozen=True, slots=True)
class ToRecord:
    """A line that has no recording yet."""

    name: str
    """Of its file, without ending."""
    text: str
    source: str
    needed: bool
    """True when a session of the length asked for says it; of any length when none was asked for."""


@dataclass(frozen=True, slots=True)
class Review:
    """The recordings of one routine, and its music."""

    lines: int
    """How many different lines the routine may say."""
    missing: tuple[ToRecord, ...] = ()
    """In the order of the session; empty when no folder of recordings is in use."""
    problems: tuple[Problem, ...] = ()
    doubts: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = ()
    unplayable: tuple[VoiceguideError, ...] = ()
    """What is wrong with its beds, of all sections."""


def reviewed(library: Library, routine: str, length: Millis | None, settings: Settings) -> Review:
    """Reads and judges every recording and all music of a routine, whatever is in the cache. Starts no engine.

    Raises ContentError for a routine with problems of its own, and ImpossibleLength.
    """
    settings = pipeline.with_engine(library, routine, settings)
    script, found = pipeline.with_recordings(library, routine, Wishes(), settings)
    problems, doubts, faulty = _judged(script)
    files = open_folder(Path(script.recordings)).files if script.recordings else {}
    # A line whose file is bad is no line without one.
    absent = {name: say for name, say in missing(script.lines()).items() if script.recordings and name not in files}
    needed = _needed(changed(script, lambda say: _silenced(say, faulty)), length, settings) if length else absent
    rows = (ToRecord(name, say.text, str(say.source), name in needed) for name, say in absent.items())
    return Review(
        lines=len({line_name(say.text) for say in script.lines()}),
        missing=tuple(rows),
        problems=tuple(sorted({*found, *problems})),
        doubts=tuple(doubts),
        strays=strays(script) if script.recordings else (),
        unplayable=tuple(_unplayable(script, settings)),
    )


def _unplayable(script: Script, settings: Settings) -> Iterator[VoiceguideError]:
    """Why beds cannot be played, each file once."""
    rate, music = session_rate(settings), beds.Opened()
    told = set[str]()
    for name in named(script):
        try:
            beds.open_music(name, rate, music)
        except (InputMissing, EngineMissing) as error:
            if error.message not in told:
                told.add(error.message)
                yield error


def _judged(script: Script) -> tuple[list[Problem], list[str], set[str]]:
    """What is wrong, what is doubtful, and the hashes of the recordings that cannot be played."""
    problems: list[Problem] = []
    doubts: list[str] = []
    faulty: set[str] = set()

    def listen(event: Event) -> None:
        if isinstance(event, Warn):
            doubts.append(event.message)

    for utterance, say in {say.utterance: say for say in script.lines() if say.utterance.recording}.items():
        try:
            played(say, listen)
        except ContentError as error:
            problems += error.problems
            faulty.add(utterance.recording.sha256 if utterance.recording else "")
    return problems, doubts, faulty


def _silenced(say: Say, faulty: Collection[str]) -> Say:
    """A line without its recording where that cannot be played."""
    recording = say.utterance.recording
    bad = recording is not None and recording.sha256 in faulty
    return replace(say, utterance=replace(say.utterance, recording=None)) if bad else say


def _needed(script: Script, length: Millis, settings: Settings) -> set[str]:
    """The names of the lines that a session of `length` says."""
    timeline = pipeline.placed(script, length, pipeline.silent_narrator(settings))
    return {line_name(placement.text) for placement in timeline.placements if placement.kind == "say"}
