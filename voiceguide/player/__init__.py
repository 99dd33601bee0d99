"""Plays a program: mixes it a little ahead of the ear, and does what the listener asks.

    program ── mixing thread ──> mixed ahead ── the device's thread ──> ear
                 ↑ commands                       └─ frames taken: the only clock
    watching thread: a device that is lost, taken again

The device's thread only copies. What takes longer, a new plan, is made on a fourth thread and heard when it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.model.live import Command, Status
from voiceguide.model.units import Frames, Millis
from voiceguide.player.deck import Deck
from voiceguide.player.guide import Guide, Outcome
from voiceguide.player.keeper import Keeper
from voiceguide.player.playing import BEGINNING
from voiceguide.player.program import Program

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.outputs import Output

__all__ = ["Deck", "Outcome", "Player", "Program"]

DEPTH = 0.8
"""Seconds mixed ahead: a busy machine may keep the mixing thread waiting for that long."""
WAITING = 0.2
"""Seconds mixed ahead while the session waits for speech, so that it goes on soon after."""
MINUTE = Millis(60_000)
WORDS = (60, 400)
"""The slowest and quickest narration in words a minute, as `--rate` takes it."""
WORDS_STEP = 5
_TICK = 0.05  # seconds at the most between two looks at what is to be done
_DRAIN = 0.3  # seconds of silence after the last sound: what a device buffers is heard before it is let go


class Player:
    """One listening. All of it may be called from any thread.

    Where nobody `answers` with a key, a device that is lost is waited for some minutes, and then the listening ends.
    `aloud` is what somebody says to have it tried again; empty where nobody listens for that. Where it is not the
    `last`, another one follows on the same device, and it ends with its last frame.
    """

    def __init__(
        self,
        program: Program,
        output: Output,
        *,
        start: Frames = BEGINNING,
        repeat: bool = False,
        answers: bool = True,
        aloud: str = "",
        last: bool = True,
    ) -> None:
        self._program = program
        self._patient, self._last = output.patient, last
        self._deck = Deck(program, start, repeat=repeat, waits=not output.patient)
        self._keeper = Keeper(output, program.rate, self._pulled, self._unheard, answers=answers, aloud=aloud)
        self._guide = Guide(self._deck.timeline)
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._plans: SimpleQueue[Callable[[], str] | None] = SimpleQueue()
        self._wake, self._mixed, self._over = Event(), Event(), Event()
        self._error: Exception | None = None
        self._threads = [
            Thread(target=self._guarded, args=(work,), daemon=True) for work in (self._mix, self._watch, self._plan)
        ]
        self.underruns = 0
        """How often the device asked for more than was mixed, though there was more to come."""

    def begin(self, *, known: bool = False) -> None:
        """Mixes the first sound, takes the device and plays.

        A device that is `known` to have been there is waited for as one that is lost later. Raises OutputFailed and
        EngineMissing as `Output.open` does, and what the program cannot mix.
        """
        self._tick()
        self._keeper.begin(known=known)
        for thread in self._threads:
            thread.start()

    def press(self, command: Command) -> None:
        """Does what the listener wants, soon. Nothing once it is over."""
        if self._keeper.lost and command in (Command.PAUSE, Command.GO_ON):
            # Whoever asks for the device wants to hear something then, also where there was a pause before.
            command = Command.GO_ON
            self._keeper.try_again()
        self._tasks.put(partial(self._do, command))
        self._wake.set()

    def status(self) -> Status:
        """What can be seen at this moment."""
        playing, state = self._deck.now()
        status = self._guided().status(playing, state, self._program.words)
        if state != "ended" and (lost := self._keeper.lost):
            return replace(status, state="lost", message=lost)
        if state == "preparing" and (trouble := self._program.trouble()):
            return replace(status, message=trouble)
        return status

    @property
    def outcome(self) -> Outcome:
        """How it ended, or stands."""
        playing, state = self._deck.now()
        state = "ended" if self._over.is_set() else "lost" if self._keeper.lost else state
        return Outcome(state, playing.at, self._guided().sentence_start(playing.at), playing.kept, self._error)

    def join(self, timeout: float) -> bool:
        """Waits for the end, `timeout` seconds at the most. True when it is over."""
        return self._over.wait(timeout)

    def close(self) -> None:
        """Stops, and lets the device go; the program stays open. Safe to call twice.

        Raises what an output raises that cannot finish its file.
        """
        self._end()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(1.0)
        self._keeper.close()

    def _guided(self) -> Guide:
        if self._guide.timeline is not self._deck.timeline:
            self._guide = Guide(self._deck.timeline)
        return self._guide

    def _pulled(self, frames: int) -> Samples:
        """What the device is given, on its thread."""
        heard = self._deck.take(frames)
        self._wake.set()
        while self._patient and not len(heard) and not self._over.is_set():
            self._mixed.wait(_TICK)
            self._mixed.clear()
            heard = self._deck.take(frames)
            self._wake.set()
        if self._patient or len(heard) == frames:
            return heard
        self.underruns += not self._deck.ends
        return np.concatenate((heard, np.zeros((frames - len(heard), 2), np.float32)))

    def _unheard(self, frames: int) -> None:
        """Nobody hears what is played now, and nobody heard the last `frames` of it."""
        self._tasks.put(partial(self._deck.appear, frames))

    def _mix(self) -> None:
        while not self._over.is_set():
            self._wake.wait(_TICK)
            self._wake.clear()
            self._tick()
            if self._deck.finished and self._last:
                self._keeper.drain(_DRAIN)
            if self._deck.finished or (self._keeper.lost and self._deck.now()[0].over):
                self._end()

    def _tick(self) -> None:
        while not self._tasks.empty():
            self._tasks.get()()
        self._deck.renew()
        waits = self._deck.following() == "preparing"
        if waits and self._patient and (failure := self._program.failure()):
            raise failure
        self._deck.fill(round((WAITING if waits else DEPTH) * self._program.rate))
        self._mixed.set()

    def _watch(self) -> None:
        self._keeper.run(self._over)

    def _plan(self) -> None:
        while (plan := self._plans.get()) is not None:
            self._tasks.put(partial(self._deck.tell, plan()))

    def _do(self, command: Command) -> None:
        playing, _ = self._deck.now()
        if command in (Command.MORE, Command.LESS):
            by = Millis(MINUTE if command is Command.MORE else -MINUTE)
            self._plans.put(partial(self._program.stretched, playing.at, by))
        elif command in (Command.SLOWER, Command.FASTER):
            self._plans.put(
                partial(self._at_rate, playing.at, WORDS_STEP if command is Command.FASTER else -WORDS_STEP)
            )
        else:
            self._deck.press(command)

    def _at_rate(self, at: int, by: int) -> str:
        words = min(max(self._program.words + by, WORDS[0]), WORDS[1])
        return self._program.at_rate(at, words)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Ends the listening when a thread fails; `outcome` says why."""
        try:
            work()
        except Exception as error:
            self._error = self._error or error
            self._end()

    def _end(self) -> None:
        self._over.set()
        self._wake.set()
        self._mixed.set()
        self._keeper.try_again()
        self._plans.put(None)
