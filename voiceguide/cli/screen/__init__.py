"""A session on a terminal: what is seen of it, and the keys that steer it."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeGuard

from voiceguide.cli.screen import told
from voiceguide.cli.screen.displays import Display, Notice
from voiceguide.cli.screen.keys import ESCAPE, Ask, Look, asked
from voiceguide.cli.screen.terminal import Event, Terminal
from voiceguide.model.live import Command, State, Status

if TYPE_CHECKING:
    from voiceguide.player import Player

TICK = 0.2
"""Seconds between two looks at the session: what stands still on the screen costs nothing."""
_FRESH = 6.0
"""Seconds for which a message is news."""
_STANDS = 3.0
"""Seconds that a message is seen before the next of a row of them takes its place."""
_SOON = 0.15
"""Seconds after a key in which the session has done what it asks."""
_PATIENCE = 3.0
"""Seconds in which a player that was told to end has faded out."""
_SEEKS = (Command.BACK, Command.FORWARD, Command.BACK_MINUTE, Command.FORWARD_MINUTE)
_WAITING: tuple[State, ...] = ("lost", "preparing")
"""In these, what was told last says what is waited for."""
_ENDS = (Command.QUIT, Command.KEEP)


@dataclass(frozen=True, slots=True)
class Left:
    """How a session was left before its end."""

    number: int = 0
    """Of the signal; 0 when it was a key."""


class Notices:
    """What happened last, for as long as that is news."""

    def __init__(self) -> None:
        self._notice = Notice()
        self._heard = ""
        self._since = float("-inf")
        self._soon: tuple[float, Callable[[Status], str]] | None = None

    @property
    def stood(self) -> bool:
        """Whether what was told last has been seen for long enough."""
        return time.monotonic() - self._since >= _STANDS

    def tell(self, text: str) -> None:
        """This happened."""
        self._notice, self._since = Notice(text, self._notice.number + 1), time.monotonic()

    def tell_soon(self, tell: Callable[[Status], str]) -> None:
        """What `tell` says of the session happened, once it has."""
        self._soon = (time.monotonic() + _SOON, tell)

    def now(self, status: Status) -> Notice:
        """Of a session at this moment."""
        message = _message(status)
        if self._soon and time.monotonic() >= self._soon[0]:
            (_, tell), self._soon, self._heard = self._soon, None, message
            self.tell(tell(status))
        elif message != self._heard:
            self._heard = message
            self.tell(message)
        fresh = status.state in _WAITING or time.monotonic() - self._since < _FRESH
        return self._notice if fresh else Notice("", self._notice.number)


def follow(
    player: Player, display: Display, terminal: Terminal, messages: deque[str], *, lead: bool = False
) -> Left | None:
    """Shows a session and steers it until it is over; how it was left when that came first.

    A signal ends it; all but Ctrl-C keep its place. `messages` may grow meanwhile: each is shown, and taken out. A
    `lead` leads to something else, which "next technique" goes on to.
    """
    notices, left = Notices(), None
    while not player.join(0):
        for event in _events(partial(_show, player, display, notices, messages), terminal, TICK):
            if _is_leaving(event):
                return _leave(player, event)
            ask = _do(event, player, display, terminal, notices)
            left = Left() if ask in _ENDS else left
            if lead and ask is Command.NEXT:
                player.press(Command.QUIT)
    for _ in range(max(1, len(messages)) if terminal.take() and not lead else 0):
        _show(player, display, notices, messages, last=True)
    return left


def _show(player: Player, display: Display, notices: Notices, messages: deque[str], *, last: bool = False) -> None:
    """A session at this moment, with the next message; where that is drawn over another one, not before its time."""
    if messages and (last or not display.drawn or notices.stood):
        notices.tell(messages.popleft())
    status = player.status()
    display.show(status, notices.now(status))


def wait_until(
    moment: float, title: str, begins: Callable[[], str], display: Display, terminal: Terminal
) -> Left | None:
    """Counts down to `moment`, in seconds since the epoch; how it was left when that came first.

    By the clock on the wall, which a laptop that sleeps does not lose. `begins` says of when it is, as seen from now:
    what was tomorrow is today after midnight.
    """
    while (remaining := moment - time.time()) > 0:
        draw = partial(display.wait, title, begins(), told.left(0, round(remaining * 1000), 1000))
        for event in _events(draw, terminal, min(remaining, TICK)):
            if _is_leaving(event):
                return Left(event)
            if isinstance(event, str) and asked(event) in _ENDS:
                return Left()
            _suspended(event, display, terminal)
    return None


def _events(draw: Callable[[], None], terminal: Terminal, timeout: float) -> list[Event]:
    """Draws where that is seen, and waits for what comes."""
    try:
        if terminal.take():
            draw()
        return terminal.events(timeout)
    except BrokenPipeError:
        raise
    except OSError:
        # The terminal is gone, and its signal may come late.
        return [getattr(signal, "SIGHUP", signal.SIGTERM)]


def _message(status: Status) -> str:
    """What the session tells of itself, but for where it is: that is seen."""
    if status.state == "lost":
        return status.message or told.LOST
    return status.message if status.message != status.section else ""


def _is_leaving(event: Event) -> TypeGuard[signal.Signals]:
    return isinstance(event, signal.Signals) and event.name != "SIGTSTP"


def _leave(player: Player, number: signal.Signals) -> Left:
    """Ctrl-C is the listener's own; whatever else stops us is an accident, after which the place is wanted."""
    player.press(Command.QUIT if number == signal.SIGINT else Command.KEEP)
    player.join(_PATIENCE)
    return Left(number)


def _do(event: Event, player: Player, display: Display, terminal: Terminal, notices: Notices) -> Ask | None:
    """Does what a key asks for, and gives that back."""
    if _suspended(event, display, terminal) or not isinstance(event, str):
        return None
    ask = asked(event)
    if ask is Look.HELP:
        display.help()
        return ask
    display.back()
    if isinstance(ask, Command):
        player.press(ask)
        notices.tell_soon(told.passed if ask in _SEEKS else _message)
    elif ask is Look.CAPTIONS:
        display.captions = not display.captions
        notices.tell("words on" if display.captions else "words off")
    elif ask is Look.WHERE:
        notices.tell(told.where(player.status()))
    elif event != ESCAPE:
        notices.tell(told.UNKNOWN_KEY)
    return ask


def _suspended(event: Event, display: Display, terminal: Terminal) -> bool:
    """Follows Ctrl-Z; whether it was that. It returns when the program goes on."""
    if not isinstance(event, signal.Signals):
        return False
    display.leave()
    terminal.suspend()
    return True
