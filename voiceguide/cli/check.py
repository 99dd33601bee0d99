"""`voiceguide check`: every error of a routine at once and what is still to be recorded; and how good a file sounds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import check_audio, options
from voiceguide.cli.console import shown
from voiceguide.errors import ContentError, InputMissing, VoiceguideError
from voiceguide.model.units import Millis

if TYPE_CHECKING:
    from voiceguide.library import Library
    from voiceguide.pipeline.review import Review
    from voiceguide.settings import Settings

Row = dict[str, Any]


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=options.RoutineName())
@options.recordings_option
@click.option("--length", type=options.Length(), help="Mark what a session of this length needs.")
@click.option("--profile", metavar="NAME", help="Hold audio against podcast, aes, ebu, acx, sleep or none.")
@click.option("--plan", type=click.Path(path_type=Path), help="The session's JSON, where it is not beside its audio.")
@click.option("--voice-stem", type=click.Path(path_type=Path), help="What is spoken alone; with --bed-stem.")
@click.option("--bed-stem", type=click.Path(path_type=Path), help="The background alone; with --voice-stem.")
@options.library_option
@options.cache_option
@options.json_option
def command(
    files: tuple[str, ...],
    length: Millis | None,
    profile: str | None,
    plan: Path | None,
    voice_stem: Path | None,
    bed_stem: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Read each of FILES and report everything that is wrong.

    FILES are routines (files, or names from the library) and audio, ours or anybody's. Of routines the music of their
    beds is opened as well. With a folder of recordings, the lines that it lacks are listed with the names that their
    files must have. Audio is measured from end to end:
    length, loudness, peaks, noise, silence, clipping, clicks, dropouts, chapters.

    Exits with 0 when all is good, 65 when a routine, a recording or a file of audio is not, 66 when something is not
    there.
    """
    settings = options.settings_from(**flags)
    wanted = check_audio.against(profile, plan, voice_stem, bed_stem)
    rows = []
    for name in files:
        rows.append(_checked(name, length, settings, wanted))
        if not as_json:
            _report(rows[-1], marked=length is not None)
    if as_json:
        options.print_json({"schema": 1, "files": rows})
    raise click.exceptions.Exit(max(int(row["code"]) for row in rows))


def _checked(name: str, length: Millis | None, settings: Settings, wanted: check_audio.Against) -> Row:
    from voiceguide.audio.kinds import is_sound

    if is_sound(name):
        with shown(0 if sys.stderr.isatty() else 2, 0) as listener:
            return check_audio.row(name, wanted, listener)
    return _row(options.library_from(settings), name, length, settings)


def _row(library: Library, name: str, length: Millis | None, settings: Settings) -> Row:
    from voiceguide.pipeline.review import reviewed

    try:
        review = reviewed(library, name, length, settings)
    except ContentError as error:
        return {"file": name, "problems": [asdict(problem) for problem in error.problems], "code": error.exit_code}
    except InputMissing as error:
        return {"file": name, "problems": [_placeless(name, error)], "code": error.exit_code}
    problems = [asdict(problem) for problem in review.problems]
    problems += [_placeless(name, error) for error in review.unplayable]
    code = _code(review, settings)
    return {"file": name, "problems": problems, "recordings": _recordings(review), "code": code}


def _placeless(name: str, error: VoiceguideError) -> Row:
    return {"file": name, "line": 0, "column": 0, "message": error.message, "hint": error.hint}


def _recordings(review: Review) -> Row:
    return {
        "lines": review.lines,
        "missing": [asdict(line) for line in review.missing],
        "doubts": list(review.doubts),
        "strays": [asdict(stray) for stray in review.strays],
    }


def _code(review: Review, settings: Settings) -> int:
    codes = [0, *(error.exit_code for error in review.unplayable)]
    codes += [ContentError.exit_code] if review.problems else []
    codes += [InputMissing.exit_code] if review.missing and not settings.fill else []
    return max(codes)


def _report(row: Row, *, marked: bool) -> None:
    from voiceguide.audio.kinds import is_sound

    if is_sound(row["file"]):
        check_audio.report(row)
        return
    recordings = row.get("recordings", {"missing": (), "doubts": (), "strays": ()})
    for problem in row["problems"]:
        place = f"{problem['file']}:{problem['line']}:{problem['column']}: " if problem["line"] else ""
        click.echo(f"error: {place}{problem['message']}", err=True)
        if problem["hint"]:
            click.echo(f"hint: {problem['hint']}", err=True)
    for doubt in (*recordings["doubts"], *map(_stray, recordings["strays"])):
        click.echo(f"warning: {doubt}", err=True)
    if recordings["missing"]:
        click.echo("\n".join(_list(row["file"], recordings, marked=marked)))
    elif not row["problems"]:
        click.echo(f"{row['file']}: good")


def _stray(stray: Row) -> str:
    return f"{stray['file']} belongs to no line" + (f"; {stray['hint']}" if stray["hint"] else "")


def _list(name: str, recordings: Row, *, marked: bool) -> Iterator[str]:
    """A script to record from: each line with the name of its file; `*` is for those that are needed now."""
    missing = recordings["missing"]
    needed = f", {sum(line['needed'] for line in missing)} of them needed (*)" if marked else ""
    yield f"{name}: {len(missing)} of {recordings['lines']} lines are still to be recorded{needed}"
    width = max(len(line["name"]) for line in missing)
    for line in missing:
        star = ("* " if line["needed"] else "  ") if marked else ""
        yield f"  {star}{line['name']:<{width}}  {line['text']}"
