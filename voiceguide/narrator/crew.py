"""Several engines of one kind side by side: the same clips, sooner."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING

from voiceguide.engines import Engine
from voiceguide.model.script import Say
from voiceguide.narrator.attempts import spoken

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

PARTING = 5.0
"""Seconds that a stopped crew waits for engines that do not come back when they are closed."""
NUDGE = 0.1
"""Seconds between two closings: an engine that was just about to speak when it was closed is closed again."""


class Crew:
    """`engine`, and as many of `another` as make `size` while there is work for them."""

    def __init__(self, engine: Engine, another: Callable[[], Engine] | None, size: int) -> None:
        self._engine = engine
        self._another = another
        self._size = size

    def spoken(self, lines: Sequence[Say]) -> Iterator[tuple[Say, Clip]]:
        """Each line with its clip, as they become ready. Raises what `attempts.spoken` does, for a line that failed.

        After an error, or when whoever iterates stops, nothing is begun any more and what is being said is cut off.
        """
        size = min(self._size, len(lines))
        if size < 2 or self._another is None:
            yield from ((say, spoken(self._engine, say)) for say in lines)
            return
        with ExitStack() as extras:
            more = [extras.enter_context(closing(self._another())) for _ in range(size - 1)]
            yield from _Shift([self._engine, *more], lines).clips()


class _Shift:
    """One thread for each engine; all take their lines from one queue, in order."""

    def __init__(self, engines: Sequence[Engine], lines: Sequence[Say]) -> None:
        self._lines = lines
        self._next = iter(lines)
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._ready: queue.SimpleQueue[tuple[Say, Clip] | BaseException] = queue.SimpleQueue()
        self._threads = [
            # Daemons, so that a program that is interrupted once more while it waits for them can leave.
            (engine, threading.Thread(target=self._work, args=(engine,), name="voiceguide-speak", daemon=True))
            for engine in engines
        ]

    def clips(self) -> Iterator[tuple[Say, Clip]]:
        for _, thread in self._threads:
            thread.start()
        try:
            for _ in self._lines:
                ready = self._ready.get()
                if isinstance(ready, BaseException):
                    self._over.set()
                    yield from self._finished()
                    raise ready
                yield ready
            for _, thread in self._threads:
                thread.join()
        finally:
            self._dismiss()

    def _work(self, engine: Engine) -> None:
        while (say := self._take()) is not None:
            try:
                self._ready.put((say, spoken(engine, say, self._over.is_set)))
            except BaseException as error:  # goes to whoever waits for the clip
                self._ready.put(error)
                return

    def _take(self) -> Say | None:
        with self._turn:
            return None if self._over.is_set() else next(self._next, None)

    def _finished(self) -> Iterator[tuple[Say, Clip]]:
        """What the others had ready when one failed."""
        with suppress(queue.Empty):
            while True:
                ready = self._ready.get_nowait()
                if not isinstance(ready, BaseException):
                    yield ready

    def _dismiss(self) -> None:
        """Ends all threads: those that speak by closing their engines, all at once."""
        self._over.set()
        until = time.monotonic() + PARTING
        busy = [pair for pair in self._threads if pair[1].is_alive()]
        closers = [threading.Thread(target=_part, args=(*pair, until), daemon=True) for pair in busy]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join(max(0.0, until - time.monotonic()))


def _part(engine: Engine, thread: threading.Thread, until: float) -> None:
    """Closes `engine` until the thread that speaks with it has come to its end."""
    while thread.is_alive() and time.monotonic() < until:
        with suppress(Exception):  # an outsider's engine may raise anything
            engine.close()
        thread.join(NUDGE)
