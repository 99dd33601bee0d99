"""Options that several commands share, and what they are read into."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from voiceguide.errors import InputMissing
from voiceguide.model.units import LONGEST_SESSION, Millis, parse_duration

if TYPE_CHECKING:
    from voiceguide.library import Library
    from voiceguide.settings import Settings

F = TypeVar("F", bound=Callable[..., object])


class Length(click.ParamType[Any]):
    """A length of time: `15m`, `7:30`, `90`."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Millis:
        """Whole milliseconds, more than none and at most a day."""
        if isinstance(value, int):
            return Millis(value)
        try:
            length = parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{error}; write 15m, 7:30 or 90s", param, ctx)
        if not 0 < length <= LONGEST_SESSION:
            self.fail(f"'{value}' is not between a moment and a day", param, ctx)
        return length


class Decibels(click.ParamType[Any]):
    """A finite number of decibels; click's own range lets NaN through."""

    name = "dB"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """A level between −60 and +30 dB."""
        try:
            level = float(value)
        except ValueError:
            level = math.nan
        if not -60 <= level <= 30:
            self.fail(f"'{value}' is not a level between -60 and 30", param, ctx)
        return level


class RoutineName(click.ParamType[Any]):
    """A routine by name or path, completed from the library."""

    name = "routine"

    def shell_complete(self, _ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Names of the library, then files."""
        from voiceguide.library import Library, shelves

        names = [name for name in Library(shelves()).routine_names() if name.startswith(incomplete)]
        return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


def all_of(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one, in the order they are named."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def _voices(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> str | None:
    """Several `--voice` as one text: the routine's own first, then those of roles."""
    return ",".join(sorted(given, key=lambda name: "=" in name)) if given else None


library_option = click.option(
    "--library", type=click.Path(path_type=Path), help="Your own folder with scripts/ and content/, searched first."
)
cache_option = click.option("--cache", type=click.Path(path_type=Path), help="Where spoken clips are kept.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
recordings_option = click.option(
    "--recordings", type=click.Path(path_type=Path), help="A folder of recorded lines, played in place of a voice."
)
voices_option = click.option(
    "--voices-dir", "voices", type=click.Path(path_type=Path), help="Where voices that were added are kept."
)
voice_options = all_of(
    click.option("--engine", metavar="NAME", help="Who speaks; see 'voiceguide voices'."),
    click.option(
        "--voice",
        multiple=True,
        callback=_voices,
        metavar="NAME",
        help="A voice of that engine; again with ROLE=NAME for a second voice.",
    ),
    click.option("--rate", type=click.IntRange(60, 400), metavar="WPM", help="Words a minute while speaking."),
    click.option("--pitch", type=click.IntRange(-12, 12), metavar="N", help="Semitones higher; negative is lower."),
    voices_option,
    recordings_option,
    click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="How many processors may work at once."),
)
picture_option = click.option(
    "--picture", type=click.Path(path_type=Path), metavar="FILE.svg", help="Draw it too: words, rests, levels."
)
no_clobber_option = click.option("--no-clobber", is_flag=True, help="Leave a file that is already there.")
bed_options = all_of(
    click.option(
        "--bed",
        metavar="NAME",
        help="The background of all sections: 'ocean:-3 + bowl@60s', a file, none; see 'list'.",
    ),
    click.option("--bed-level", type=Decibels(), help="Decibels to add to the background: -6 is softer."),
)
profile_option = click.option(
    "--profile",
    metavar="NAME",
    help="How loud: podcast (-16 LUFS, -1 dBTP), aes, ebu, acx, sleep (softer by and by), none.",
)
wish_options = all_of(
    click.option("--length", type=Length(), help="How long the session is, to the sample: 15m, 7:30, 90s."),
    click.option("--only", multiple=True, metavar="TECHNIQUE", help="Keep only these techniques."),
    click.option("--skip", multiple=True, metavar="TECHNIQUE", help="Leave these techniques out."),
    click.option("--boost", multiple=True, metavar="TECHNIQUE", help="Keep these techniques to the last."),
    click.option("--condition", multiple=True, metavar="NAME", help="A condition of the listener: 'voiceguide show'."),
)
routine_argument = click.argument("routine", type=RoutineName())


def settings_from(**flags: object) -> Settings:
    """The settings that hold, with these flags on top."""
    from voiceguide.settings import load

    return load(flags)


def library_from(settings: Settings) -> Library:
    """The user's library, then what ships."""
    from voiceguide.library import Library, shelves

    if settings.library and not settings.library.is_dir():
        raise InputMissing(f"there is no folder {settings.library}", "name your library with --library DIR")
    return Library(shelves(settings.library))


def print_json(document: object) -> None:
    """One JSON document, and nothing else, on standard output."""
    click.echo(json.dumps(document, indent=2, allow_nan=False))
