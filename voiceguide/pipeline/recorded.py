"""A folder of recordings in the engine's place: which line takes which file, and which lines have none yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from voiceguide.errors import InputMissing, Problem
from voiceguide.library.recordings import Folder, line_name, open_folder, recording
from voiceguide.model.routine import Routine
from voiceguide.model.script import Recording, Say, Script, ScriptCue, Section, Utterance
from voiceguide.near import suggest
from voiceguide.settings import Settings

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Stray:
    """A file in the folder that is no line's."""

    file: str
    hint: str
    """The line it was meant for, perhaps: its text was edited, or its name misspelled."""


def taken(script: Script, routine: Routine, settings: Settings) -> tuple[Script, tuple[Problem, ...]]:
    """`script` with the recordings of its folder in it, and what is wrong with these.

    Without a folder in the settings or in the routine, it comes back as it is. Raises InputMissing for one that is not
    there.
    """
    folder = _folder(routine, settings)
    if folder is None:
        return script, ()
    problems: set[Problem] = set()
    hashed = lru_cache(maxsize=None)(recording)

    def change(say: Say) -> Say:
        files = () if say.utterance.recording else folder.files.get(line_name(say.text), ())
        try:
            return _played(say, hashed(_only(files))) if files else say
        except InputMissing as error:
            at = say.source
            problems.add(Problem(at.file, at.line, at.column, f"'{say.text}': {error.message}", error.hint))
            return say

    return replace(changed(script, change), recordings=str(folder.path)), tuple(sorted(problems))


def changed(script: Script, change: Callable[[Say], Say]) -> Script:
    """`script` with every line as `change` makes it."""
    return replace(script, sections=tuple(_with(section, change) for section in script.sections))


def missing(lines: Iterable[Say]) -> dict[str, Say]:
    """The lines without a recording, each once, by the name that its file would have, in their order."""
    found: dict[str, Say] = {}
    for say in lines:
        if not say.utterance.recording:
            found.setdefault(line_name(say.text), say)
    return found


def refuse_missing(lines: Iterable[Say], script: Script, routine: str, settings: Settings) -> None:
    """Raises InputMissing for lines that the folder of recordings lacks, unless the user wants them spoken."""
    if not script.recordings or settings.fill:
        return
    names = [f"{name}.wav" for name in missing(lines)]
    if names:
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        many = "1 line has" if len(names) == 1 else f"{len(names)} lines have"
        where = f" --recordings {script.recordings}" if settings.recordings else ""
        hint = f"'voiceguide check {routine}{where}' lists them; --fill has an engine speak them"
        raise InputMissing(f"{many} no recording in {script.recordings}: {shown}", hint)


def strays(script: Script) -> tuple[Stray, ...]:
    """What lies in the script's folder of recordings and belongs to none of its lines."""
    said = {line_name(say.text): say for say in script.lines()}
    used = {say.utterance.recording.path for say in said.values() if say.utterance.recording}
    free = missing(script.lines())
    folder = open_folder(Path(script.recordings)).files
    files = [file for name, row in folder.items() if name not in said for file in row]
    return tuple(Stray(file.name, _meant(file.stem, free)) for file in files if str(file) not in used)


def _meant(stem: str, free: Iterable[str]) -> str:
    hint = suggest(stem, free)
    return hint if hint.startswith("did you mean") else ""


def _folder(routine: Routine, settings: Settings) -> Folder | None:
    if settings.recordings:
        return open_folder(settings.recordings)
    # A routine may have been written by anybody: its folder may not lead elsewhere.
    return open_folder(Path(routine.recordings), links=False) if routine.recordings else None


def _only(files: tuple[Path, ...]) -> Path:
    if len(files) > 1:
        names = " and ".join(file.name for file in files)
        raise InputMissing(f"there are two recordings, {names}", "take one of them out of the folder")
    return files[0]


def _played(say: Say, recorded: Recording) -> Say:
    return replace(say, utterance=Utterance(say.utterance.spoken, say.utterance.language, recording=recorded))


def _with(section: Section, change: Callable[[Say], Say]) -> Section:
    def changed(cues: tuple[ScriptCue, ...]) -> tuple[ScriptCue, ...]:
        return tuple(change(cue) if isinstance(cue, Say) else cue for cue in cues)

    return replace(
        section,
        tellings=tuple(replace(telling, cues=changed(telling.cues)) for telling in section.tellings),
        again=changed(section.again),
        encouragements=tuple(change(say) for say in section.encouragements),
        halfway=change(section.halfway) if section.halfway else None,
    )
