"""Decoders kept from complaining on standard error, by several threads at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from voiceguide.audio.hushed import hushed

_lock, _stack = Lock(), ExitStack()
_inside = 0


@contextmanager
def quiet() -> Iterator[None]:
    """As `hushed`, from the first thread that enters until the last one leaves."""
    global _inside
    with _lock:
        if not _inside:
            _stack.enter_context(hushed())
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _stack.close()
