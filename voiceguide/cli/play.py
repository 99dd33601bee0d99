"""`voiceguide play`: a session, live."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click

from voiceguide.cli import options
from voiceguide.cli.waiting import TimeOfDay, next_time
from voiceguide.errors import UsageError
from voiceguide.model.units import Millis


@click.command("play")
@options.routine_argument
@options.wish_options
@options.voice_options
@options.bed_options
@click.option("--profile", metavar="NAME", help="How loud: podcast, aes, ebu, acx, sleep (softer by and by), none.")
@click.option(
    "--output",
    metavar="NAME",
    default="miniaudio",
    help="Where it is heard: miniaudio (the loudspeakers), wav:FILE, null (nowhere).",
)
@click.option("--start-in", type=options.Length(), help="Count down first, aloud: 30s to lie down and get settled.")
@click.option("--at", type=TimeOfDay(), metavar="TIME", help="Begin at this time of day, today or tomorrow: 22:30.")
@click.option("--repeat", is_flag=True, help="Begin anew at the end, until it is told to stop.")
@click.option("--resume", is_flag=True, help="Go on where Q left it, from the start of the sentence.")
@click.option("--listen", is_flag=True, help='Take spoken commands: "guide, pause"; on this machine alone.')
@click.option("--captions/--no-captions", default=None, help="Show the words that are spoken (c while it plays).")
@click.option("--plain", is_flag=True, help="Plain lines, no keys: as when the output is not a terminal.")
@click.option(
    "--screen-reader", is_flag=True, default=None, help="Plain lines with keys, and nothing that is drawn over."
)
@click.option(
    "--places-dir", "places", type=click.Path(path_type=Path), help="Where the places that Q keeps are stored."
)
@options.library_option
@options.cache_option
@click.option("-q", "--quiet", count=True, help="Say less; twice: say nothing.")
def command(
    routine: str,
    output: str,
    start_in: Millis | None,
    at: time | None,
    repeat: bool,
    resume: bool,
    listen: bool,
    captions: bool | None,
    plain: bool,
    quiet: int,
    **flags: Any,
) -> None:
    """Play ROUTINE now: it begins to speak at once, and the keys steer it; ? shows them.

    Q leaves and keeps the place; --resume goes on from there, as it was asked for then where nothing else is asked now.
    """
    # Before anything that takes its time: a moment that comes meanwhile is not tomorrow's.
    moment = next_time(at, datetime.now()) if at else None
    if start_in and at:
        raise UsageError("--start-in and --at both say when it begins", "let one of them go")
    with _uncollected():
        from voiceguide import outputs
        from voiceguide.cli import playing
        from voiceguide.cli.session import Session

        device = outputs.make(output)
        if repeat and device.patient:
            hint = "leave --repeat out, or choose another --output"
            raise UsageError(f"--repeat never ends, and '{output}' would take all of it at once", hint)
        ears = playing.ears(device) if listen else None
        session = Session(routine, flags)
        session = session.resumed() if resume else session
        display = playing.display(session.settings, captions, plain=plain, quiet=quiet)
        with playing.Messages(quiet, drawn=display.drawn) as messages:
            program = session.program(Millis(start_in or 0), messages)
    try:
        playing.play(session, program, device, display, messages.later(), at=moment, repeat=repeat, ears=ears)
    finally:
        program.close()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Looks for no garbage: there is none before the first word, and the looking would take a twelfth of the wait."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
