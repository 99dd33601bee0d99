"""A session that is played: when it begins, where it is seen and heard, and how it is left."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from voiceguide.cli import screen
from voiceguide.cli.console import shown
from voiceguide.cli.screen import told
from voiceguide.cli.screen.displays import Display, FullScreen, Lines
from voiceguide.cli.screen.terminal import Terminal, is_terminal
from voiceguide.cli.turns import Turns, asks
from voiceguide.cli.waiting import begins
from voiceguide.errors import EngineError, EngineMissing, StorageError, UsageError
from voiceguide.model.units import Frames
from voiceguide.pipeline import places
from voiceguide.progress import Event, Listener, Progress

if TYPE_CHECKING:
    from voiceguide.cli.session import Session
    from voiceguide.listening import Ears
    from voiceguide.model.timeline import Timeline
    from voiceguide.outputs import Output
    from voiceguide.pipeline.live import Live
    from voiceguide.player import Player
    from voiceguide.settings import Settings


class Messages:
    """What stages tell: shown as ever while the session is made ready, and kept for its own screen after that.

    A quick voice has nothing to tell, and then nothing is made to show it: the first word comes the sooner.
    """

    def __init__(self, quiet: int, *, drawn: bool) -> None:
        self._show = partial(shown, quiet, 0, drawn=drawn)
        self._shown = ExitStack()
        self._listener: Listener | None = None
        self._told: deque[str] | None = None

    def __call__(self, event: Event) -> None:
        if self._told is None:
            self._listener = self._listener or self._shown.enter_context(self._show())
            self._listener(event)
        elif not isinstance(event, Progress):
            self._told.append(event.message)

    def __enter__(self) -> Messages:
        return self

    def __exit__(self, *_error: object) -> None:
        self.later()

    def later(self) -> deque[str]:
        """From now on they are put here."""
        self._told = deque(maxlen=8) if self._told is None else self._told
        self._shown.close()
        return self._told


def ears(output: Output) -> Ears:
    """What hears spoken commands while something is played on `output`.

    Raises UsageError for an output that nobody listens to, EngineMissing without the extra, OutputFailed without a
    microphone.
    """
    from voiceguide.listening import Ears

    if output.patient:
        raise UsageError(f"nobody listens to '{output.name}' while it is written", "leave --listen out")
    found = Ears(output)
    found.check()
    return found


def play(
    session: Session,
    program: Live,
    output: Output,
    display: Display,
    messages: deque[str],
    *,
    at: datetime | None,
    repeat: bool,
    ears: Ears | None = None,
) -> None:
    """Plays a session, at once or at a moment, and keeps or forgets its place.

    `ears` stand before the output and take spoken commands.

    Raises OutputFailed and EngineMissing when there is nothing to hear it on, click's Exit after a signal.
    """
    output = ears or output
    plan = program.timeline()
    found = session.find(plan)
    messages.extend(_beforehand(session, found, plan))
    if at:
        _try(output, plan.rate, session)
    start = places.run_up(plan, found.start) if found else Frames(0)
    keys = _has_keys(display)
    turns = Turns(program, output, start, ears, keys=keys, repeat=repeat)
    with (
        _kept_whatever_happens(session, turns.session, program, display),
        Terminal(keys=keys) as terminal,
        _left_at_last(display),
    ):
        left = _waited(at, plan.title, display, terminal) if at else None
        if not left:
            with asks(turns, program.rate, messages, ears):
                left = _followed(turns, session, display, terminal, messages, known=at is not None)
    if turns.session.join(0):
        _settle(session, turns.session, program.timeline(), left, display)
    if left and left.number:
        raise click.exceptions.Exit(128 + left.number)


@contextmanager
def _kept_whatever_happens(session: Session, player: Player, program: Live, display: Display) -> Iterator[None]:
    """Keeps the place where something is raised while it plays, before anybody hears of that; but not for Ctrl-C."""
    begun = player.outcome.position
    try:
        yield
    except BaseException as error:
        own = isinstance(error, SystemExit) and error.code == 128 + signal.SIGINT
        if player.outcome.position != begun and not own:
            with suppress(Exception):  # what was raised first is told
                try:
                    _keep(session, player, program.timeline(), display)
                except StorageError as unkept:
                    display.tell(f"error: {unkept.message}")
        raise


def _followed(
    turns: Turns,
    session: Session,
    display: Display,
    terminal: Terminal,
    messages: deque[str],
    *,
    known: bool,
) -> screen.Left | None:
    """Plays one after the other, on a device that may be `known` to be there; how it was left where it was."""
    with ExitStack() as closing:
        for player in turns.players:
            turns.now = player
            closing.callback(player.close)
            with _instead(session):
                player.begin(known=known)
            left = screen.follow(player, display, terminal, messages, lead=turns.leads)
            if left or turns.left or not turns.leads:
                return left or (screen.Left() if turns.left else None)
            if player.outcome.fault:
                raise player.outcome.fault
            with turns.handing_over():
                player.close()
            known = True
    return None


def _settle(session: Session, player: Player, timeline: Timeline, left: screen.Left | None, display: Display) -> None:
    """Keeps the place where it was left, or forgets it where it was heard to the end. Raises what ended it."""
    outcome = player.outcome
    over = outcome.position >= timeline.length
    # An accident may come while the player is too busy to be told that the place is wanted.
    accident = left is not None and left.number not in (0, signal.SIGINT)
    if outcome.kept or outcome.fault or (accident and not over):
        _keep(session, player, timeline, display)
    elif over:
        session.forget()
    if outcome.fault:
        raise outcome.fault


def _keep(session: Session, player: Player, timeline: Timeline, display: Display) -> None:
    """Keeps the place that is heard, and says how to go on there. Raises StorageError."""
    place = told.clock(session.keep(timeline, player.outcome.sentence), timeline.rate)
    with suppress(OSError):
        display.tell(f"kept at {place}; go on with: {shlex.join(session.again())}")


def _waited(moment: datetime, title: str, display: Display, terminal: Terminal) -> screen.Left | None:
    """Waits for a moment, which may have passed; how it was left where it was."""
    return screen.wait_until(moment.timestamp(), title, lambda: begins(moment, datetime.now()), display, terminal)


def _try(output: Output, rate: int, session: Session) -> None:
    """Takes the device for a moment: what is missing is better said now than when nobody is there to read it."""
    if output.patient:
        return
    from voiceguide.player.taking import tried

    with _instead(session):
        tried(output, rate)


@contextmanager
def _instead(session: Session) -> Iterator[None]:
    """Says how the session can be heard without a device."""
    try:
        yield
    except EngineError as error:
        command = f"write it to a file: {shlex.join(session.rendered())}"
        hint = f"{error.hint}; or {command}" if isinstance(error, EngineMissing) and error.hint else command
        raise type(error)(error.message, hint) from None


def _beforehand(session: Session, found: places.Found | None, timeline: Timeline) -> Iterator[str]:
    """What whoever listens has to know before it begins."""
    if found:
        yield _goes_on(found, timeline)
    if why := session.unkept():
        yield f"warning: the place cannot be kept when you leave: {why}; {places.CURE}"


def _goes_on(found: places.Found, timeline: Timeline) -> str:
    place = told.clock(found.start, timeline.rate)
    if found.same:
        return f"goes on at {place}, {found.section}"
    return f"the words are others now: goes on at {place}, the beginning of {found.section}"


@contextmanager
def _left_at_last(display: Display) -> Iterator[None]:
    try:
        yield
    finally:
        display.leave()


def _has_keys(display: Display) -> bool:
    return display.takes_keys and is_terminal(sys.stdin) and is_terminal(sys.stdout)


def display(settings: Settings, captions: bool | None, *, plain: bool, quiet: int = 0) -> Display:
    """The whole screen where there is one, somebody sits at it, and nobody asks for less.

    With -q twice, plain lines are none.
    """
    if captions is None:
        # Whoever listens to the terminal would hear every word twice.
        captions = not settings.screen_reader
    drawn = is_terminal(sys.stdin) and is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"
    if drawn and not plain and not settings.screen_reader:
        return FullScreen(captions=captions)
    return Lines(
        captions=captions,
        times=not settings.screen_reader,
        takes_keys=settings.screen_reader and not plain,
        silent=quiet > 1,
    )
