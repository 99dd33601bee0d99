"""The microphone, and what is played meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceguide.errors import EngineMissing, OutputFailed
from voiceguide.listening.echo import RATE, Signal
from voiceguide.listening.listener import Listener

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples

PERIOD_MS = 50
"""Milliseconds that the device gives at once."""
AHEAD = 0.3
"""Seconds by which what was played may run before what is heard: twice what the devices hold. More is let go."""
_TICK = 0.2  # seconds
_INSTALL = 'install it: pip install "miniaudio>=1.60"'


class Played:
    """What the loudspeaker is given, as mono at 16 kHz. Written on the device's thread, read on the listener's."""

    def __init__(self, rate: int) -> None:
        import soxr

        self._mono: Any = soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        self._kept = np.zeros(0)
        self._lock = Lock()

    def add(self, samples: Samples) -> None:
        """float32 of shape (frames, 2), at the session's rate."""
        mono = self._mono.resample_chunk(np.ascontiguousarray(samples.mean(axis=1)))
        with self._lock:
            self._kept = np.concatenate((self._kept, mono))[-round(2 * AHEAD * RATE) :]

    def take(self, samples: int) -> Signal:
        """The next `samples`; silence where nothing was played."""
        with self._lock:
            taken, self._kept = self._kept[:samples], self._kept[samples:]
            excess = len(self._kept) - round(AHEAD * RATE)
            self._kept = self._kept[max(0, excess) :]
        return np.pad(taken, (0, samples - len(taken)))


class Microphone:
    """Listens on a thread of its own, from the default device. `said` is called there with each word."""

    def __init__(self, listener: Listener, played: Played, said: Callable[[str], None]) -> None:
        self._listener, self._played, self._said = listener, played, said
        self._pieces: SimpleQueue[bytes] = SimpleQueue()
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._device: Any = None
        self.fault = ""
        """Why it hears no more; empty while all is well."""

    def open(self, *systems: Any) -> None:
        """Takes the device, of one of miniaudio's backends in `systems` or of any.

        Raises EngineMissing without the library, OutputFailed without a microphone.
        """
        try:
            import miniaudio
        except ImportError as error:
            raise EngineMissing(f"nothing can be heard: {error}", _INSTALL) from error
        frames = self._heard()
        next(frames)
        try:
            self._device = miniaudio.CaptureDevice(
                miniaudio.SampleFormat.SIGNED16, 1, RATE, PERIOD_MS, backends=list(systems) or None
            )
            self._device.start(frames)
        except miniaudio.MiniaudioError as error:
            self.close()
            raise OutputFailed(f"there is no microphone: {error}", "plug one in, or leave --listen out") from error
        self._thread.start()

    def close(self) -> None:
        """Lets the device go. Safe to call twice."""
        self._over.set()
        device, self._device = self._device, None
        if device is not None:
            device.close()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _heard(self) -> Generator[None, bytes, None]:
        """What the library gives its pieces to; it only puts them by."""
        while True:
            self._pieces.put((yield))

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self._listen()
        except Exception as error:
            self.fault = f"listening failed: {error}"

    def _listen(self) -> None:
        try:
            piece = self._pieces.get(timeout=_TICK)
        except Empty:
            return
        heard = np.frombuffer(piece, np.int16) / 32768
        for word in self._listener.listen(self._played.take(len(heard)), heard):
            self._said(word)
