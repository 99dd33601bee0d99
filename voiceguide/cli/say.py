"""`voiceguide say`: one line through everything."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.cli.console import shown
from voiceguide.errors import UsageError

if TYPE_CHECKING:
    from voiceguide.pipeline.say import Said


@click.command("say")
@click.argument("text")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write; output/say.wav if none.")
@click.option("--phonemes", is_flag=True, help="Show what is written, spoken and given to the engine; write no sound.")
@click.option("--routine", type=options.RoutineName(), default="", help="Say it with this routine's words and lexicon.")
@click.option("--language", metavar="TAG", default="", help="The language of TEXT: en, en-gb, de.")
@options.voice_options
@click.option("--profile", metavar="NAME", help="How loud: podcast (-16 LUFS, -1 dBTP), aes, ebu, acx, sleep, none.")
@options.library_option
@options.cache_option
@options.json_option
@click.option("-q", "--quiet", count=True, help="Say less; twice: say nothing.")
def command(
    text: str,
    output: Path | None,
    phonemes: bool,
    routine: str,
    language: str,
    as_json: bool,
    quiet: int,
    **flags: Any,
) -> None:
    """Speak TEXT, in the notation of routines, as a session would: to hear how a word comes out."""
    from voiceguide.pipeline.say import TARGET, say

    if output and phonemes:
        raise UsageError("--phonemes writes no sound, and -o names a file for it", "let one of them go")
    target = output or TARGET
    settings = options.settings_from(format=_format(target), **flags)
    with shown(quiet, 0) as listener:
        said = say(
            options.library_from(settings),
            text,
            settings,
            None if phonemes else target,
            routine=routine,
            language=language,
            listener=listener,
        )
    if as_json:
        options.print_json(document(said))
    elif phonemes:
        click.echo(page(said))
    elif quiet < 2:
        click.echo(said.path)


def _format(target: Path) -> str:
    if ending := target.suffix.lower().lstrip("."):
        return ending
    raise UsageError(f"'{target}' has no ending that names a format", "end it in .wav, .mp3 or .flac")


def document(said: Said) -> dict[str, object]:
    """What was said, as JSON, schema 1. The length is in seconds; path and length are null where nothing was spoken."""
    return {
        "schema": 1,
        "engine": said.engine,
        "lines": [asdict(line) for line in said.lines],
        "path": str(said.path) if said.path else None,
        "length": round(said.frames / said.rate, 6) if said.path else None,
    }


def page(said: Said) -> str:
    """Three rows for each sentence, and an empty one between them."""
    width = max(len("written"), len(said.engine))
    blocks = []
    for line in said.lines:
        rows = {"written": line.written, "spoken": line.spoken, said.engine: line.received}
        blocks.append("\n".join(f"{name:<{width}}  {text}" for name, text in rows.items()))
    return "\n\n".join(blocks)
