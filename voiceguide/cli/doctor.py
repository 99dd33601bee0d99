"""`voiceguide doctor`: is everything here that a session needs?"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.errors import VoiceguideError

if TYPE_CHECKING:
    from voiceguide.settings import Settings

_ROUTINE = "Breathe in slowly. [pause 1s] And breathe out.\n"
_HINT = "run 'voiceguide doctor' again after 'pip install --force-reinstall voiceguide'"


@click.command("doctor")
@options.voice_options
@options.library_option
@options.json_option
def command(as_json: bool, **flags: Any) -> None:
    """Speak a sentence, mix it, write it in every format and measure what comes back."""
    settings = options.settings_from(**flags)
    rows = []
    for name, look in _checks(settings):
        try:
            rows.append({"check": name, "good": True, "found": look(), "hint": ""})
        except VoiceguideError as error:
            rows.append({"check": name, "good": False, "found": error.message, "hint": error.hint or _HINT})
        if not as_json:
            _print(rows[-1])
    if as_json:
        options.print_json({"schema": 1, "checks": rows})
    if not all(row["good"] for row in rows):
        raise click.exceptions.Exit(69)


def _print(row: dict[str, Any]) -> None:
    click.echo(f"{'good' if row['good'] else 'BAD '}  {row['check']}: {row['found']}")
    if row["hint"]:
        click.echo(f"      hint: {row['hint']}")


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    from voiceguide import encoders

    yield "python", lambda: f"{platform.python_version()} on {platform.system()}"
    yield "library", lambda: _library(settings)
    yield "cache", lambda: _cache(settings)
    yield f"voice ({settings.engine})", lambda: _session(settings, "wav")
    for name in encoders.names():
        yield f"format {name}", lambda name=name: _session(settings, name)  # type: ignore[misc]


def _library(settings: Settings) -> str:
    library = options.library_from(settings)
    for name in library.routine_names():
        library.routine(name)
    return f"{len(library.routine_names())} routines without a fault"


def _cache(settings: Settings) -> str:
    from voiceguide.cache import ClipCache

    stats = ClipCache(settings.cache_folder).stats()
    return f"{stats.clips} clips, {stats.bytes / 1e6:.1f} MB in {settings.cache_folder}"


def _session(settings: Settings, format_: str) -> str:
    """A short session through the whole line, with nothing from the cache."""
    from dataclasses import replace

    from voiceguide import pipeline
    from voiceguide.model.routine import Wishes

    with tempfile.TemporaryDirectory(prefix="voiceguide-doctor-") as folder:
        routine = Path(folder) / "doctor.md"
        routine.write_text(_ROUTINE, encoding="utf-8")
        trial = replace(settings, cache=Path(folder) / "cache", format=format_)
        library = options.library_from(settings)
        target = Path(folder) / f"doctor.{format_}"
        made = pipeline.render(library, str(routine), None, Wishes(), trial, target)
    report = made.report
    return f"{made.synthesised} sentences spoken, {report.frames} frames, {report.loudness_lufs:.1f} LUFS"
