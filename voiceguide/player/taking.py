"""One attempt to take a device, which may never come back from it."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

from voiceguide.errors import OutputFailed

if TYPE_CHECKING:
    from voiceguide.outputs import Output, Pull

ANSWER = 5.0
"""Seconds that a device has to be opened in: sound servers that have to be started take one or two."""
_SILENT = "the sound device does not answer"
_HINT = "unplug it or restart the sound system, or choose another one: --output miniaudio:alsa"


class Taking:
    """Opens `output` on a thread of its own, so that whoever waits for it stays awake for everything else."""

    def __init__(self, output: Output, rate: int, pull: Pull) -> None:
        self._output = output
        self._lock = Lock()
        self._done = self._given_up = False
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, args=(rate, pull), name="voiceguide-device", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until it is open. Raises as `Output.open` does, and OutputFailed when it does not answer in time.

        One that answers later is let go again.
        """
        self._thread.join(ANSWER)
        with self._lock:
            self._given_up = not self._done
        if self._given_up:
            raise OutputFailed(_SILENT, _HINT)
        if self._error:
            raise self._error

    def over(self) -> None:
        """Waits for one that was given up. Raises OutputFailed when it still does not answer."""
        self._thread.join(ANSWER)
        if self._thread.is_alive():
            raise OutputFailed(_SILENT, _HINT)

    def _run(self, rate: int, pull: Pull) -> None:
        try:
            self._output.open(rate, pull)
        except BaseException as error:  # for whoever waits
            self._error = error
        with self._lock:
            self._done = True
            late = self._given_up and not self._error
        if late:
            with suppress(Exception):
                self._output.close()


def tried(output: Output, rate: int) -> None:
    """Takes a device for a moment. Raises as `Output.open` does, and OutputFailed when it does not answer."""
    import numpy as np

    Taking(output, rate, lambda frames: np.zeros((frames, 2), np.float32)).wait()
    output.close()
