"""`voiceguide list`: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.errors import ContentError, ImpossibleLength
from voiceguide.model.routine import Wishes
from voiceguide.model.units import format_duration

if TYPE_CHECKING:
    from voiceguide.library import Library
    from voiceguide.settings import Settings


@click.command("list")
@options.library_option
@options.cache_option
@options.json_option
def command(as_json: bool, **flags: Any) -> None:
    """List routines with their shortest, natural and longest lengths, techniques, and beds."""
    from voiceguide import beds

    settings = options.settings_from(**flags)
    library = options.library_from(settings)
    found = {
        "schema": 1,
        "routines": [_routine(library, name, settings) for name in library.routine_names()],
        "techniques": [
            {"pack": pack, "name": technique.name, "title": technique.title, "summary": technique.summary}
            for pack in library.pack_names()
            for technique in library.pack(pack).techniques.values()
        ],
        "beds": list(beds.names()),
    }
    if as_json:
        options.print_json(found)
    else:
        click.echo(_page(found))


def _routine(library: Library, name: str, settings: Settings) -> dict[str, object]:
    from voiceguide import pipeline

    try:
        least, natural, most = pipeline.lengths(library, name, Wishes(), settings)
        title = library.routine(name).title
    except (ContentError, ImpossibleLength) as error:
        return {"name": name, "title": "", "problem": error.message}
    return {"name": name, "title": title, "least": least / 1000, "natural": natural / 1000, "most": most / 1000}


def _page(found: dict[str, Any]) -> str:
    width = max([len(row["name"]) for row in found["routines"] + found["techniques"]], default=0)
    lines = ["Routines"]
    for row in found["routines"]:
        told = row.get("problem") or f"{row['title']}, {_span(row)}"
        lines.append(f"  {row['name']:<{width}}  {told}")
    lines += ["", "Techniques"]
    lines += [f"  {row['name']:<{width}}  {row['summary'] or row['title']}" for row in found["techniques"]]
    return "\n".join([*lines, "", "Beds", *_beds(found["beds"])])


def _beds(names: list[str]) -> list[str]:
    from voiceguide import beds

    width = max(map(len, names))
    told = [f"  {name:<{width}}  {beds.SUMMARIES.get(name, '')}".rstrip() for name in names]
    return [*told, "", "  Several at once, with levels: --bed 'ocean:-3 + bowl@60s + drone:A2'"]


def _span(row: dict[str, Any]) -> str:
    natural, least, most = (format_duration(round(row[key] * 1000)) for key in ("natural", "least", "most"))
    return f"{natural} ({least} to {most})"
