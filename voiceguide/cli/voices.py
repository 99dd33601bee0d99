"""`voiceguide voices`: who can speak."""

from __future__ import annotations

from typing import Any

import click

from voiceguide.cli import options
from voiceguide.errors import VoiceguideError


@click.command("voices")
@click.option("--engine", metavar="NAME", help="The voices of this engine alone.")
@click.option("--language", metavar="TAG", default="", help="Only voices of this language: en, en-gb, de.")
@options.json_option
def command(engine: str | None, language: str, as_json: bool) -> None:
    """List the voices of every engine, by the name that --voice takes."""
    from voiceguide import engines

    rows = []
    for name in [engine] if engine else engines.names():
        rows += [row for row in _voices(name) if str(row["language"]).startswith(language.lower())]
    if as_json:
        options.print_json({"schema": 1, "voices": rows})
        return
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['engine']:<8}  {row['name']:<{width}}  {row['language']:<10}  {row['title']}".rstrip())


def _voices(name: str) -> list[dict[str, Any]]:
    from voiceguide import engines

    engine = engines.make(name)
    try:
        return [
            {"engine": name, "name": voice.name, "language": voice.language, "title": voice.title}
            for voice in engine.voices()
        ]
    except VoiceguideError as error:
        click.echo(f"warning: {name}: {error.message}", err=True)
        return []
    finally:
        engine.close()
