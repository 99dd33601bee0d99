"""A countdown and its session, one after the other on one device, and what is asked of them otherwise than by keys."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from voiceguide.cli.media_keys import media_keys
from voiceguide.model.live import Command, Status
from voiceguide.model.units import Frames

if TYPE_CHECKING:
    from voiceguide.listening import Ears
    from voiceguide.outputs import Output
    from voiceguide.pipeline.live import Live


class Turns:
    """Who plays when. `keys` and `ears` are what a listener can answer with. Called from any thread."""

    def __init__(
        self, program: Live, output: Output, start: Frames, ears: Ears | None, *, keys: bool, repeat: bool
    ) -> None:
        from voiceguide.player import Player
        from voiceguide.player.relay import Relay

        # A file is written by one after the other anyway.
        self._relay = Relay(output) if program.lead and not output.patient else None
        player = partial(Player, output=self._relay or output, answers=keys, aloud=_aloud(ears))
        self.session = player(program, start=start, repeat=repeat)
        self.players = (player(program.lead, last=False), self.session) if program.lead else (self.session,)
        self.now = self.players[0]
        """Who plays now."""
        self.left = False
        """Whether somebody wants to hear nothing more, before the session began."""

    @property
    def leads(self) -> bool:
        """Whether the session is still to come."""
        return self.now is not self.session

    def press(self, command: Command) -> None:
        """Does what is asked, soon. In a countdown "next" is the session, and the end is the end of both."""
        if self.leads and command is Command.NEXT:
            command = Command.QUIT
        elif self.leads and command in (Command.QUIT, Command.KEEP):
            self.left = True
        self.now.press(command)

    def status(self) -> Status:
        """What can be seen of what plays now."""
        return self.now.status()

    def handing_over(self) -> AbstractContextManager[None]:
        """Meanwhile, who is closed leaves the device to the next."""
        return self._relay.staying() if self._relay and self.leads else nullcontext()


@contextmanager
def asks(turns: Turns, rate: int, messages: deque[str], ears: Ears | None) -> Iterator[None]:
    """Media keys, and spoken commands where somebody listens for them."""
    heard = ears.hearing(rate, turns.press, messages.append) if ears else nullcontext()
    with media_keys(turns.press, turns.status), heard:
        yield


def _aloud(ears: Ears | None) -> str:
    """What somebody says to go on; empty where nobody listens."""
    if ears is None:
        return ""
    from voiceguide.listening.words import ATTENTION

    return f'"{ATTENTION}, continue"'
