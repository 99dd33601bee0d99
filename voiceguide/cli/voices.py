"""`voiceguide voices`: who can speak, and how more of them come here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.errors import CannotCreate, EngineError, UsageError, VoiceguideError

if TYPE_CHECKING:
    from voiceguide.settings import Settings

PREVIEWS = Path("output") / "voices"
_PREVIEW = {
    "": "Rest one hand on the arch of your foot. Let your shoulders drop, and breathe out slowly.",
    "de": "Leg eine Hand auf deinen Fuß. Lass die Schultern sinken, und atme langsam aus.",
    "fr": "Pose une main sur ton pied. Laisse descendre tes épaules, et expire lentement.",
    "es": "Apoya una mano en tu pie. Deja caer los hombros, y suelta el aire despacio.",
    "it": "Appoggia una mano sul piede. Lascia scendere le spalle, ed espira lentamente.",
    "nl": "Leg een hand op je voet. Laat je schouders zakken, en adem langzaam uit.",
    "pt": "Pousa uma mão no teu pé. Deixa cair os ombros, e expira devagar.",
}
"""What every voice of a language says, so that they can be compared."""


@click.group("voices", invoke_without_command=True)
@click.option("--engine", metavar="NAME", help="The voices of this engine alone.")
@click.option("--language", metavar="TAG", default="", help="Only voices of this language: en, en-gb, de.")
@click.option("--preview", is_flag=True, help="Write the same words in each voice of the language (English).")
@click.option("--voice", "wanted", metavar="NAME", multiple=True, help="With --preview: this voice; may be repeated.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=PREVIEWS, help="With --preview: the folder to write to."
)
@options.voices_option
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    engine: str | None,
    language: str,
    preview: bool,
    wanted: tuple[str, ...],
    output: Path,
    as_json: bool,
    **flags: Any,
) -> None:
    """List the voices of every engine, by the name that --voice takes."""
    context.obj = flags
    if context.invoked_subcommand:
        return
    from voiceguide import engines

    settings = options.settings_from(**flags)
    language = language.lower() or ("en" if preview else "")
    rows = []
    for name in [engine] if engine else engines.names():
        rows += [row for row in _voices(name, settings) if str(row["language"]).startswith(language)]
    if preview:
        rows = _previewed(_choice(rows, wanted, engine), settings, output)
    if as_json:
        options.print_json({"schema": 1, "voices": rows})
        return
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        missing = f"  (to install: {row['install']})" if row["install"] else ""
        click.echo(
            f"{row['engine']:<8}  {row['name']:<{width}}  {row['language']:<10}  {row.get('path', row['title'])}"
            f"{missing or licence(row)}".rstrip()
        )


def licence(row: dict[str, Any]) -> str:
    """What a list says of a voice's licence; nothing where nobody says."""
    return f"  [{row['licence']}]" if row["licence"] else ""


def _choice(rows: list[dict[str, Any]], wanted: tuple[str, ...], engine: str | None) -> list[dict[str, Any]]:
    """The voices to be heard: those that are here; of an online engine only when it was named."""
    from voiceguide.near import suggest
    from voiceguide.settings import ONLINE

    here = [row for row in rows if not row["install"] and (engine or row["engine"] not in ONLINE)]
    names = [str(row["name"]) for row in here]
    for name in wanted:
        if name not in names:
            raise UsageError(f"no voice called '{name}' is here", suggest(name, names))
    chosen = [row for row in here if not wanted or row["name"] in wanted]
    if not chosen:
        raise UsageError("no voice of this language is here", "'voiceguide voices' lists all of them")
    return chosen


def _previewed(rows: list[dict[str, Any]], settings: Settings, folder: Path) -> list[dict[str, Any]]:
    """Each row with the file that was written for it."""
    from voiceguide.library import Library, shelves
    from voiceguide.pipeline.say import say

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotCreate(f"cannot make the folder '{folder}': {error.strerror}", "name another with -o") from error
    library, heard = Library(shelves()), []
    for row in rows:
        language = str(row["language"])
        words = _PREVIEW.get(language.partition("-")[0], _PREVIEW[""])
        one = replace(settings, engine=row["engine"], voice=row["name"], format="wav")
        target = folder / f"{row['engine']}-{row['name'].replace('/', '-').replace(':', '-')}.wav"
        try:
            said = say(library, words, one, target, language="" if language == "und" else language)
        except VoiceguideError as error:
            click.echo(f"warning: {row['engine']} {row['name']}: {error.message}", err=True)
            continue
        heard.append({**row, "path": str(said.path)})
    if not heard:
        raise EngineError("no voice could be written", "run 'voiceguide doctor'")
    return heard


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
