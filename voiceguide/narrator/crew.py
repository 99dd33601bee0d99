"""Several engines of one kind side by side: the same clips, sooner."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from voiceguide.engines import Engine
from voiceguide.model.script import Say
from voiceguide.narrator.attempts import spoken

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip


class Crew:
    """`engine`, and as many of `another` as make `size` while there is work for them."""

    def __init__(self, engine: Engine, another: Callable[[], Engine] | None, size: int) -> None:
        self._engine = engine
        self._another = another
        self._size = size

    def spoken(self, lines: Sequence[Say]) -> Iterator[tuple[Say, Clip]]:
        """Each line with its clip, as they become ready. Raises what `attempts.spoken` does."""
        size = min(self._size, len(lines))
        if size < 2 or self._another is None:
            yield from ((say, spoken(self._engine, say)) for say in lines)
            return
        with ExitStack() as extras:
            more = [extras.enter_context(closing(self._another())) for _ in range(size - 1)]
            yield from _side_by_side([self._engine, *more], lines)


def _side_by_side(engines: Sequence[Engine], lines: Sequence[Say]) -> Iterator[tuple[Say, Clip]]:
    free: queue.SimpleQueue[Engine] = queue.SimpleQueue()
    for engine in engines:
        free.put(engine)

    def one(say: Say) -> Clip:
        engine = free.get()
        try:
            return spoken(engine, say)
        finally:
            free.put(engine)

    pool = ThreadPoolExecutor(len(engines), "voiceguide-speak")
    futures: dict[Future[Clip], Say] = {pool.submit(one, say): say for say in lines}
    try:
        yield from ((futures[done], done.result()) for done in as_completed(futures))
    finally:
        # What is being spoken comes to its end within its deadline; nothing new begins.
        pool.shutdown(wait=True, cancel_futures=True)
