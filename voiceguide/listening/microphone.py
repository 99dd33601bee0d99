"""The microphone, and what is played meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
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
LEAD = 0.1
"""Seconds by which what is heard is held back: what was played must never come after its own echo."""
AHEAD = 0.3
"""Seconds by which what was played may run before what is heard: twice what the devices hold. More is let go."""
READY = 'listening: say "guide, pause"'
_TICK = 0.2  # seconds
_INSTALL = 'install it: pip install "miniaudio>=1.60"'


class Played:
    """What the loudspeaker is given, as mono at 16 kHz. Written on the device's thread, read on the listener's."""

    def __init__(self, rate: int) -> None:
        import soxr

        self._mono: Any = soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        self._kept = np.zeros(0)
        self._lock = Lock()
        self.begun = Event()
        """Set with the first sound."""

    def add(self, samples: Samples) -> None:
        """float32 of shape (frames, 2), at the session's rate."""
        mono = self._mono.resample_chunk(np.ascontiguousarray(samples.mean(axis=1)))
        with self._lock:
            self._kept = np.concatenate((self._kept, mono))[-round(2 * AHEAD * RATE) :]
        self.begun.set()

    def take(self, samples: int) -> Signal:
        """The next `samples`; silence where nothing was played."""
        with self._lock:
            taken, self._kept = self._kept[:samples], self._kept[samples:]
            excess = len(self._kept) - round(AHEAD * RATE)
            self._kept = self._kept[max(0, excess) :]
        return np.pad(taken, (0, samples - len(taken)))


class Microphone:
    """Listens on a thread of its own, from the default device.

    There, `listener` makes what listens once something is played, which may take seconds; `said` is called with each
    word, and `tell` with what the listener may want to know.
    """

    def __init__(
        self,
        listener: Callable[[], Listener],
        played: Played,
        said: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self._make, self._played, self._said, self._tell = listener, played, said, tell
        self._pairs: SimpleQueue[tuple[Signal, Signal]] = SimpleQueue()
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
        """What the library gives its pieces to, on the device's thread.

        What was played meanwhile is put beside each at once: a recogniser that takes its time must not part them.
        """
        while True:
            heard = np.frombuffer((yield), np.int16) / 32768
            self._pairs.put((self._played.take(len(heard)), heard))

    def _run(self) -> None:
        try:
            while not self._played.begun.wait(_TICK):
                if self._over.is_set():
                    return
            self._listen(self._make())
        except Exception as error:
            self.fault = f"listening failed: {error}"
            self._tell(self.fault)

    def _listen(self, listener: Listener) -> None:
        told, late = False, np.zeros(round(LEAD * RATE))
        while not self._over.is_set():
            with suppress(Empty):
                played, heard = self._pairs.get(timeout=_TICK)
                heard = np.concatenate((late, heard))
                heard, late = heard[: len(played)], heard[len(played) :]
                for word in listener.listen(played, heard):
                    self._said(word)
            if listener.ready and not told:
                told = True
                self._tell(READY)
