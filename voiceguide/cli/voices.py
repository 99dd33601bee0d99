"""`voiceguide voices`: who can speak, and how more of them come here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.errors import VoiceguideError

if TYPE_CHECKING:
    from pathlib import Path

    from voiceguide.settings import Settings


@click.group("voices", invoke_without_command=True)
@click.option("--engine", metavar="NAME", help="The voices of this engine alone.")
@click.option("--language", metavar="TAG", default="", help="Only voices of this language: en, en-gb, de.")
@options.voices_option
@options.json_option
@click.pass_context
def command(context: click.Context, /, engine: str | None, language: str, as_json: bool, **flags: Any) -> None:
    """List the voices of every engine, by the name that --voice takes."""
    context.obj = flags
    if context.invoked_subcommand:
        return
    from voiceguide import engines

    settings = options.settings_from(**flags)
    rows = []
    for name in [engine] if engine else engines.names():
        rows += [row for row in _voices(name, settings) if str(row["language"]).startswith(language.lower())]
    if as_json:
        options.print_json({"schema": 1, "voices": rows})
        return
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        missing = f"  (to install: {row['install']})" if row["install"] else ""
        click.echo(
            f"{row['engine']:<8}  {row['name']:<{width}}  {row['language']:<10}  {row['title']}{missing}".rstrip()
        )


@command.command("add")
@click.argument("engine")
@click.option("--voice", "names", multiple=True, metavar="NAME", help="This voice; more than one may be named, or all.")
@click.option(
    "--from",
    "origin",
    default="",
    metavar="PLACE",
    help="A folder, an archive (.tgz, .whl) or an https address that has the files, in place of their official one.",
)
@options.voices_option
@click.pass_context
def add(context: click.Context, /, engine: str, names: tuple[str, ...], origin: str, voices: Path | None) -> None:
    """Bring the model and the voices of ENGINE here: kokoro.

    What was broken off goes on where it stopped. Every file is compared with the SHA-256 that is known of it.
    """
    from voiceguide.cli import console
    from voiceguide.pipeline.voices import add as bring

    settings = options.settings_from(**context.obj | ({"voices": voices} if voices else {}))
    with console.shown(0, 0) as listener:
        added = bring(engine, names, origin, settings, listener)
    for file in added:
        click.echo(f"{'added' if file.fresh else 'there already'}: {file.path}")


def _voices(name: str, settings: Settings) -> list[dict[str, Any]]:
    from voiceguide import engines

    engine = engines.make(name, settings)
    try:
        return [
            {
                "engine": name,
                "name": voice.name,
                "language": voice.language,
                "title": voice.title,
                "licence": voice.licence,
                "install": voice.install,
            }
            for voice in engine.voices()
        ]
    except VoiceguideError as error:
        click.echo(f"warning: {name}: {error.message}", err=True)
        return []
    finally:
        engine.close()
