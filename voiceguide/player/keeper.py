"""Keeps a device: takes it, notices when it is lost, and takes it again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.errors import OutputFailed
from voiceguide.player.taking import Taking
from voiceguide.player.watch import LOOK, TRIES, Watch

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.outputs import Output, Pull

HOLDS = 0.15
"""Seconds of sound that a device has taken and not played yet: nobody hears them when it is lost."""
SELDOM = 5.0
"""Seconds between two later tries, where nobody can ask for one."""
GIVES_UP = 300.0
"""Seconds in which a device may come back that nobody can ask for."""
_PAUSE = 1.0  # seconds between two tries
_FAREWELL = 2.0  # seconds that a device has to let go; one that is gone may never do it
_POLL = 0.02
_TRYING = "the sound device is lost: trying to get it back"
_ASKING = "there is no sound device: {how} tries again, q quits"
_SAYING = "; {how} tries at once"
_KEY = "space"
_AWAY = "the sound device was lost, and nobody brought it back"
_PLUG = "plug it in, or choose another one with --output, and go on with --resume"


class Keeper:
    """One output, opened as often as it is lost. `pull` is the sound.

    `gone` is called when nobody hears it now, with how many frames were surely taken for nothing. Where nobody
    `answers` with a key, a device that stays away for minutes ends it in place of a question. `aloud` is what somebody
    says to have it tried again; empty where nobody listens.
    """

    def __init__(
        self,
        output: Output,
        rate: int,
        pull: Pull,
        gone: Callable[[int], None],
        *,
        answers: bool = True,
        aloud: str = "",
    ) -> None:
        self._output = output
        self._rate = rate
        self._pull = pull
        self._gone = gone
        self._answers = answers
        self._trying = _TRYING + (_SAYING.format(how=aloud) if aloud and not answers else "")
        self._asking = _ASKING.format(how=f"{_KEY} or {aloud}" if aloud else _KEY)
        self._opening = 0
        self._taking: Taking | None = None
        self._watch = Watch(monotonic(), output.consumed, rate)
        self._before = output.consumed  # what it had taken when it was opened last
        self._until = 0.0
        self._again = Event()
        self.lost = ""
        """What to tell the listener while the device is gone; empty while it is there."""

    def begin(self, *, known: bool) -> None:
        """Takes the device. Raises as `open` does; one that is `known` to have been there counts as lost."""
        try:
            self.open()
        except OutputFailed:
            if not known:
                raise
            self.lost = self._trying

    def open(self) -> None:
        """Takes the device. Raises as `Output.open` does, and OutputFailed when it does not answer."""
        self._opening += 1
        self._before = self._output.consumed
        self._watch = Watch(monotonic(), self._before, self._rate)
        pull = self._heard_by(self._opening)
        if self._output.patient:
            self._output.open(self._rate, pull)
            return
        if self._taking:
            self._taking.over()
        self._taking = Taking(self._output, self._rate, pull)
        try:
            self._taking.wait()
        except OutputFailed:
            self._opening += 1  # one that answers after all is given nothing
            raise

    def run(self, over: Event) -> None:
        """Watches until it is over.

        Raises OutputFailed for a file that cannot be written, and for a device that stays away where nobody answers.
        """
        while not over.wait(LOOK):
            if self.lost or self._is_lost():
                self._regain(over)

    def try_again(self) -> None:
        """Tries to take the device now, and for a while."""
        self._again.set()

    def drain(self, seconds: float) -> None:
        """Waits until the device has taken `seconds` more, so that the last sound is heard, but not for ever."""
        end, until = self._output.consumed + seconds * self._rate, monotonic() + 2 * seconds
        while not self._output.patient and self._output.consumed < end and monotonic() < until and not self.lost:
            sleep(_POLL)

    def close(self) -> None:
        """Lets the device go. Raises what `Output.close` does."""
        self._opening += 1
        self._again.set()
        if self._output.patient:
            self._output.close()
        else:
            self._farewell()

    def _heard_by(self, opening: int) -> Pull:
        """The sound for one opening: a device that was given up, and wakes, takes nothing from the next one."""

        def pull(frames: int) -> Samples:
            if opening == self._opening:
                return self._pull(frames)
            return np.zeros((0 if self._output.patient else frames, 2), np.float32)

        return pull

    def _is_lost(self) -> bool:
        consumed, fault = self._output.consumed, self._output.fault
        if not self._output.patient:
            return bool(self._watch.lost(monotonic(), consumed, fault))
        if fault:
            raise OutputFailed(fault, "make room, or choose another file")
        return False

    def _regain(self, over: Event) -> None:
        """Tries for a while, then waits for the listener, until it is there or over. Raises OutputFailed."""
        self._opening += 1
        self._gone(min(self._output.consumed - self._before, round(HOLDS * self._rate)))
        self.lost = self._trying  # what is asked for from now on is done after that
        self._farewell()
        self._until = monotonic() + GIVES_UP
        back = self._tried(over)
        while not back and not over.is_set():
            back = self._asked(over) if self._answers else self._later(over)
        if back:
            self.lost = ""

    def _asked(self, over: Event) -> bool:
        """Waits for the listener, and tries again; whether it is there."""
        self._again.clear()
        self.lost = self._asking
        while not self._again.wait(LOOK) and not over.is_set():
            pass
        self.lost = self._trying
        return self._tried(over)

    def _later(self, over: Event) -> bool:
        """Tries again, now and then, and when somebody asks; whether it is there. Raises OutputFailed in the end."""
        if monotonic() >= self._until:
            raise OutputFailed(_AWAY, _PLUG)
        if self._again.wait(SELDOM):
            self._until = monotonic() + GIVES_UP  # somebody is there who wants it
        self._again.clear()
        return not over.is_set() and self._taken(over)

    def _tried(self, over: Event) -> bool:
        until = monotonic() + TRIES
        while monotonic() < until and not over.is_set():
            if self._taken(over):
                return True
            self._again.wait(_PAUSE)
            self._again.clear()
        return False

    def _taken(self, over: Event) -> bool:
        """Whether there is a device now that really takes sound."""
        try:
            self.open()
        except Exception:  # whatever is wrong with it, the next try may find another
            return False
        while not self._watch.awake(self._output.consumed):
            if over.wait(_POLL) or self._is_lost():
                self._opening += 1
                self._gone(self._output.consumed - self._before)
                self._farewell()
                return False
        return True

    def _farewell(self) -> None:
        """Lets the device go, and waits for that no longer than anybody should."""
        letting_go = Thread(target=self._let_go, daemon=True)
        letting_go.start()
        letting_go.join(_FAREWELL)

    def _let_go(self) -> None:
        with suppress(Exception):  # it is gone already, or as good as gone
            self._output.close()
