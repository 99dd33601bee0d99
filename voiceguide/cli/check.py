"""`voiceguide check`: every error of a routine at once."""

from __future__ import annotations

from typing import Any

import click

from voiceguide.cli import options
from voiceguide.errors import ContentError, InputMissing


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=options.RoutineName())
@options.library_option
@options.json_option
def command(files: tuple[str, ...], as_json: bool, **flags: Any) -> None:
    """Read each of FILES (routine files, or names from the library) and report everything that is wrong.

    Exits with 0 when all are good, 65 when one is not, 66 when one is not there.
    """
    library = options.library_from(options.settings_from(**flags))
    rows: list[dict[str, object]] = []
    worst = 0
    for name in files:
        problems, code = _problems(library, name)
        worst = max(worst, code)
        rows.append({"file": name, "problems": problems})
        if not as_json:
            _report(name, problems)
    if as_json:
        options.print_json({"schema": 1, "files": rows})
    raise click.exceptions.Exit(worst)


def _problems(library: Any, name: str) -> tuple[list[dict[str, object]], int]:
    from voiceguide.compiler import compile_routine

    try:
        compile_routine(library.routine(name))
    except ContentError as error:
        found = error.problems
        return [
            {"file": p.file, "line": p.line, "column": p.column, "message": p.message, "hint": p.hint} for p in found
        ], error.exit_code
    except InputMissing as error:
        return [{"file": name, "line": 0, "column": 0, "message": error.message, "hint": error.hint}], error.exit_code
    return [], 0


def _report(name: str, problems: list[dict[str, object]]) -> None:
    if not problems:
        click.echo(f"{name}: good")
    for problem in problems:
        place = f"{problem['file']}:{problem['line']}:{problem['column']}: " if problem["line"] else ""
        click.echo(f"error: {place}{problem['message']}", err=True)
        if problem["hint"]:
            click.echo(f"hint: {problem['hint']}", err=True)
