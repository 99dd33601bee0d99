"""`voiceguide render`: a session as one file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.cli.console import shown
from voiceguide.cli.plan import told, wishes_from
from voiceguide.errors import UsageError
from voiceguide.model.units import Frames, Millis, format_clock, to_millis

if TYPE_CHECKING:
    from voiceguide.pipeline import Rendered


@click.command("render")
@options.routine_argument
@options.wish_options
@options.voice_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write; its ending is its format.")
@click.option(
    "--format", "format_", metavar="NAME", help="mp3, m4a, m4b, opus, ogg, flac or wav, where no file is named."
)
@click.option(
    "--voice-shaping",
    "shaping",
    metavar="NAME",
    help="off; subtle: less rumble and hiss, evener; studio: more of it, and a small room.",
)
@click.option("--section", metavar="TITLE", help="This part of the session alone, for a quick listen.")
@options.bed_options
@options.profile_option
@click.option(
    "--bitrate", metavar="RATE", help="128, v2 (varying) or 64-mono for mp3; 96 for m4a, m4b, opus; q6 for ogg."
)
@click.option("--sample-rate", type=click.Choice(["44100", "48000"]), help="Of the session; opus is always 48000.")
@click.option(
    "--stems", is_flag=True, default=None, help="Write voice, sounds, bed and mix beside the file too, as WAV."
)
@click.option(
    "--fill", is_flag=True, default=None, help="Have the engine speak the lines that the folder of recordings lacks."
)
@options.picture_option
@options.no_clobber_option
@options.library_option
@options.cache_option
@options.json_option
@click.option("-q", "--quiet", count=True, help="Say less; twice: say nothing.")
@click.option("-v", "--verbose", count=True, help="Say more.")
def command(
    routine: str,
    length: Millis | None,
    output: Path | None,
    format_: str | None,
    section: str | None,
    sample_rate: str | None,
    picture: Path | None,
    no_clobber: bool,
    as_json: bool,
    quiet: int,
    verbose: int,
    **flags: Any,
) -> None:
    """Speak ROUTINE over a soft background into one file of exactly --length.

    Without -o the file is output/<routine>-<length>.mp3. It appears when it is complete and verified, or not at all.
    """
    from voiceguide import pipeline

    flags["sample_rate"] = sample_rate and int(sample_rate)
    settings = options.settings_from(format=_format(output, format_), **flags)
    with shown(quiet, verbose) as listener:
        rendered = pipeline.render(
            options.library_from(settings),
            routine,
            length,
            wishes_from(flags),
            settings,
            output,
            section=section,
            picture=picture,
            clobber=not no_clobber,
            listener=listener,
        )
    if as_json:
        options.print_json(document(rendered))
    elif quiet < 2:
        click.echo(rendered.report.path)
        if not quiet:
            click.echo(_summary(rendered), err=True)


def _format(output: Path | None, named: str | None) -> str | None:
    """The format that a file's ending names; a flag that says otherwise is a mistake."""
    if output is None:
        return named
    ending = output.suffix.lower().lstrip(".")
    if not ending and not named:
        raise UsageError(f"'{output}' has no ending that names a format", "end it in .mp3, .m4a, .opus, .flac or .wav")
    if ending and named and named != ending:
        raise UsageError(f"'{output}' ends in .{ending}, but --format says {named}", "let one of them go")
    return named or ending


def document(rendered: Rendered) -> dict[str, object]:
    """What was made, as JSON, schema 1. The length is in seconds; silence has no loudness, so null."""
    report = rendered.report
    return {
        "schema": 1,
        "path": str(report.path),
        "engine": rendered.engine,
        "length": round(report.frames / report.rate, 6),
        "sample_rate": report.rate,
        "frames": report.frames,
        "loudness_lufs": _level(report.loudness_lufs),
        "true_peak_dbtp": _level(report.true_peak_dbtp),
        "utterances": rendered.utterances,
        "synthesised": rendered.synthesised,
        "cached": rendered.cached,
        "recorded": rendered.recorded,
        "chapters": report.chapters,
        **told(rendered.heard),
        "stems": {name: str(stem) for name, stem in rendered.stems},
        "picture": str(rendered.picture) if rendered.picture else None,
    }


def _level(level: float) -> float | None:
    return round(level, 2) if math.isfinite(level) else None


def _summary(rendered: Rendered) -> str:
    report = rendered.report
    clock = format_clock(to_millis(Frames(report.frames), report.rate))
    beside = [*rendered.stems, *([("picture", rendered.picture)] if rendered.picture else [])]
    return "\n".join(
        [
            f"{clock}, {report.chapters} chapters, {rendered.utterances} sentences "
            f"({rendered.synthesised} spoken now), {report.loudness_lufs:.1f} LUFS, {report.true_peak_dbtp:.1f} dBTP",
            *(f"{name}: {path}" for name, path in beside),
        ]
    )
