"""`voiceguide doctor`: is everything here that a session needs?"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.errors import EngineError, VoiceguideError

if TYPE_CHECKING:
    from voiceguide.settings import Settings

_ROUTINE = "Breathe in slowly. [pause 2s] And breathe out.\n"
_SENTENCES = 2
_APART = 1.0
"""Seconds of quiet that part two sentences: more than any comma, less than the pause above."""
_HINT = "run 'voiceguide doctor' again after 'pip install --force-reinstall voiceguide'"
_SIGNS = {True: "good", False: "BAD ", None: "-   "}


@click.command("doctor")
@options.voice_options
@options.library_option
@options.json_option
def command(as_json: bool, **flags: Any) -> None:
    """Speak with every voice that is installed, write every format, and listen to what comes back."""
    settings = options.settings_from(**flags)
    rows = []
    for name, look in _checks(settings):
        rows.append({"check": name, **_found(look)})
        if not as_json:
            _print(rows[-1])
    if as_json:
        options.print_json({"schema": 1, "checks": rows})
    if any(row["good"] is False for row in rows):
        raise click.exceptions.Exit(69)


class _Absent(Exception):
    """Something that is not installed and need not be; carries the command that brings it."""


def _found(look: Callable[[], str]) -> dict[str, Any]:
    """`good` is None for what is not installed and need not be."""
    try:
        return {"good": True, "found": look(), "hint": ""}
    except _Absent as absent:
        return {"good": None, "found": "not installed", "hint": str(absent)}
    except VoiceguideError as error:
        return {"good": False, "found": error.message, "hint": error.hint or _HINT}


def _print(row: dict[str, Any]) -> None:
    click.echo(f"{_SIGNS[row['good']]}  {row['check']}: {row['found']}")
    if row["hint"]:
        click.echo(f"      hint: {row['hint']}")


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    from voiceguide import encoders, engines
    from voiceguide.settings import ONLINE

    yield "python", lambda: f"{platform.python_version()} on {platform.system()}"
    yield "library", lambda: _library(settings)
    yield "cache", lambda: _cache(settings)
    yield f"voice {settings.engine}", lambda: _session(_usual(settings, "wav"), "wav")
    for name in engines.names():
        # An online engine is sent words only by those who name it.
        if name not in (settings.engine, *ONLINE):
            other = replace(settings, engine=name, voice="")
            yield f"voice {name}", lambda other=other: _session(_usual(_installed(other), "wav"), "wav")  # type: ignore[misc]
    for name in encoders.names():
        yield f"format {name}", lambda name=name: _session(_usual(settings, name), name)  # type: ignore[misc]


def _library(settings: Settings) -> str:
    library = options.library_from(settings)
    for name in library.routine_names():
        library.routine(name)
    return f"{len(library.routine_names())} routines without a fault"


def _cache(settings: Settings) -> str:
    from voiceguide.cache import ClipCache

    stats = ClipCache(settings.cache_folder).stats()
    return f"{stats.clips} clips, {stats.bytes / 1e6:.1f} MB in {settings.cache_folder}"


def _installed(settings: Settings) -> Settings:
    """`settings`. Raises _Absent when no voice of their engine is installed."""
    from voiceguide import engines

    with closing(engines.make(settings.engine, settings)) as engine:
        voices = engine.voices()
    if not any(not voice.install for voice in voices):
        raise _Absent(next((voice.install for voice in voices), "it has no voices"))
    return settings


def _usual(settings: Settings, format_: str) -> Settings:
    """`settings` with a format's own ways. Raises _Absent when something that it needs is not installed."""
    from voiceguide import encoders
    from voiceguide.errors import EngineMissing

    try:
        encoders.traits(format_)
    except EngineMissing as error:
        raise _Absent(error.hint) from error
    return replace(settings, bitrate="", sample_rate=None, stems=False)


def _session(settings: Settings, format_: str) -> str:
    """A short session through the whole line, with nothing from the cache, and what is heard in its file."""
    from voiceguide import engines, pipeline
    from voiceguide.model.routine import Wishes

    with tempfile.TemporaryDirectory(prefix="voiceguide-doctor-") as folder:
        routine = Path(folder) / "doctor.md"
        routine.write_text(_ROUTINE, encoding="utf-8")
        trial = replace(
            settings, cache=Path(folder) / "cache", format=format_, bed="none", bed_level=None, recordings=None
        )
        library = options.library_from(settings)
        target = Path(folder) / f"doctor.{format_}"
        made = pipeline.render(library, str(routine), None, Wishes(), trial, target)
        heard = _heard(target, made.report.frames)
    report = made.report
    audible = engines.make(made.engine, settings).audible
    if heard != (_SENTENCES if audible else 0):
        raise EngineError(f"{heard} sentences are heard where there should be {_SENTENCES}", "choose another --engine")
    return f"{heard} sentences heard in {report.frames} frames, {report.loudness_lufs:.1f} LUFS"


def _heard(path: Path, frames: int) -> int:
    """How many stretches of sound a file of `frames` frames holds."""
    import numpy as np

    from voiceguide.audio.clip import Clip
    from voiceguide.audio.decode import decode
    from voiceguide.encoders import m4a

    if path.suffix in (".m4a", ".m4b"):
        clip = Clip(np.concatenate(list(m4a.decoded(path, frames))).mean(axis=1), 44_100)
    else:
        clip = decode(path)
    loud = np.flatnonzero(np.abs(clip.samples) > 0.01)
    return int(np.count_nonzero(np.diff(loud) > _APART * clip.rate)) + 1 if len(loud) else 0
