"""`voiceguide cache`: the clips that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options

if TYPE_CHECKING:
    from voiceguide.cache import ClipCache


@click.group("cache")
def command() -> None:
    """Look after the spoken clips that make a second render quick."""


@command.command("path")
@options.cache_option
def path(**flags: Any) -> None:
    """Print the folder."""
    click.echo(options.settings_from(**flags).cache_folder)


@command.command("info")
@options.cache_option
@options.json_option
def info(as_json: bool, **flags: Any) -> None:
    """Say how many clips there are and what they take."""
    stats = _cache(flags).stats()
    if as_json:
        options.print_json({"schema": 1, "clips": stats.clips, "bytes": stats.bytes})
    else:
        click.echo(f"{stats.clips} clips, {stats.bytes / 1e6:.1f} MB")


@command.command("clear")
@options.cache_option
def clear(**flags: Any) -> None:
    """Remove every clip. They are spoken again when they are needed."""
    click.echo(f"{_cache(flags).clear().clips} clips removed")


@command.command("prune")
@click.option("--megabytes", type=click.IntRange(0, 1_000_000), default=500, show_default=True, help="What may stay.")
@options.cache_option
def prune(megabytes: int, **flags: Any) -> None:
    """Remove the clips used longest ago until the rest fits."""
    click.echo(f"{_cache(flags).prune(megabytes * 1_000_000).clips} clips removed")


def _cache(flags: dict[str, Any]) -> ClipCache:
    from voiceguide.cache import ClipCache

    return ClipCache(options.settings_from(**flags).cache_folder)
