"""What is seen while work goes on: a bar on a terminal, plain lines elsewhere, always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from voiceguide.progress import Event, Listener, Note, Warn

STAGES = {"speak": "Speaking", "mix": "Mixing", "verify": "Verifying", "fetch": "Fetching"}


@contextmanager
def shown(quiet: int, verbose: int, *, drawn: bool = True) -> Iterator[Listener]:
    """A listener that shows progress; `quiet` and `verbose` count the -q and -v given.

    Without `drawn`, in plain lines on a terminal too.
    """
    if quiet:
        yield _quiet if quiet == 1 else _silent
    elif drawn and sys.stderr is not None and sys.stderr.isatty():
        with _bars() as listener:
            yield listener
    else:
        yield _Lines(verbose)


def _silent(_event: Event) -> None:
    return


def _quiet(event: Event) -> None:
    if isinstance(event, Warn):
        click.echo(_line(event), err=True)


def _line(event: Warn | Note) -> str:
    return f"warning: {event.message}" if isinstance(event, Warn) else event.message


class _Lines:
    """One line when a stage begins and one when it ends; with -v one for every step."""

    def __init__(self, verbose: int) -> None:
        self._verbose = verbose
        self._stage = ""

    def __call__(self, event: Event) -> None:
        if isinstance(event, Warn | Note):
            click.echo(_line(event), err=True)
        elif event.stage != self._stage or event.done >= event.total or self._verbose:
            self._stage = event.stage
            note = f": {event.note}" if event.note and self._verbose else ""
            share = 100 * event.done // event.total if event.total else 100
            with suppress(OSError):
                click.echo(f"{STAGES.get(event.stage, event.stage).lower()} {share} %{note}", err=True)


@contextmanager
def _bars() -> Iterator[Listener]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:>10}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(event: Event) -> None:
            if isinstance(event, Warn | Note):
                bars.console.print(escape(_line(event)))
                return
            if event.stage not in tasks:
                tasks[event.stage] = bars.add_task(STAGES.get(event.stage, event.stage), total=event.total)
            bars.update(tasks[event.stage], completed=event.done, total=event.total)

        yield listen
