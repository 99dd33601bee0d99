"""Work on a second thread, block by block, so that making and taking blocks use two cores."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

Block = TypeVar("Block")

_WAITING = 4
"""Blocks between the two: enough to even out, and memory stays small."""


class Pump(Generic[Block]):
    """Gives blocks to `sink`, in order, on a thread of its own, and calls `finish` there when all went well.

    What they raise comes out of the next `put`, or at the end of the with-block; after it, blocks are dropped.
    """

    def __init__(self, sink: Callable[[Block], None], finish: Callable[[], None] = lambda: None) -> None:
        self._sink = sink
        self._after = finish
        self._queue: Queue[Block | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._stopped = False
        self._thread = Thread(target=self._run, name="voiceguide-pump", daemon=True)

    def put(self, block: Block) -> None:
        """Waits while there are too many blocks on the way. `block` must not be changed afterwards."""
        self._raise()
        self._queue.put(block)

    def __enter__(self) -> Pump[Block]:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._stopped = kind is not None
        try:
            self._finish()
        except BaseException:  # interrupted: nothing may still be at work when the files are closed
            self._stopped = True
            self._finish()
            raise
        if kind is None:
            self._raise()

    def _finish(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (block := self._queue.get()) is not None:
            self._attempt(partial(self._sink, block))
        self._attempt(self._after)

    def _attempt(self, step: Callable[[], None]) -> None:
        if self._error is not None or self._stopped:
            return
        try:
            step()
        except BaseException as error:  # handed to the thread that asked
            self._error = error
