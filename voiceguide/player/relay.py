"""An output that stays open from one listening to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.outputs import Output, Pull


class Relay:
    """`output`, whose device goes from one player to another: some need a second to be taken again, or to wake.

    Both play at one rate. Not for a patient output, which nobody waits for.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._pull: Pull = _silence
        self._open = self._stays = False
        self._lock = Lock()
        self.name, self.patient = output.name, output.patient

    @property
    def consumed(self) -> int:
        return self._output.consumed

    @property
    def fault(self) -> str:
        return self._output.fault

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Meanwhile, who closes it lets nothing go but its own sound."""
        self._stays = True
        try:
            yield
        finally:
            self._stays = False

    def open(self, rate: int, pull: Pull) -> None:
        with self._lock:
            self._pull = pull
            if not self._open or self._output.fault:
                self._open = False
                self._output.open(rate, lambda frames: self._pull(frames))
                self._open = True

    def close(self) -> None:
        with self._lock:
            self._pull = _silence
            if not self._stays:
                self._open = False
                self._output.close()


def _silence(frames: int) -> Samples:
    return np.zeros((frames, 2), np.float32)
