"""The microphone: opened, listened to, and looked for again when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event, Lock, Thread
from typing import Any

import numpy as np

from voiceguide.errors import EngineMissing, OutputFailed
from voiceguide.listening.echo import RATE
from voiceguide.listening.listener import Listener
from voiceguide.listening.pairs import Pairs, Played
from voiceguide.outputs.miniaudio import SYSTEMS

PERIOD_MS = 50
"""Milliseconds that the device gives at once."""
READY = 'listening: say "guide, pause"'
UNSURE = (
    "spoken commands must wait: the session cannot be told from your voice; headphones help, or a softer loudspeaker"
)
MUTED = "the microphone gives nothing but silence: is it muted, or kept from this program by the system?"
GONE = "the microphone is gone: no spoken commands until it is back"
BACK = "the microphone is back"
PATIENCE = 2.0
"""Seconds without a sound from the device, after which it counts as lost."""
AT_FIRST = 5.0
"""The same for a device that has just been opened."""
RETRY = 3.0
"""Seconds between two attempts to open it again."""
_TICK = 0.2  # seconds
_INSTALL = 'install it: pip install "miniaudio>=1.60"'


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
        self._pairs = Pairs(played)
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._systems: list[Any] = []
        self._device: Any = None
        self._holding = Lock()
        self._told, self._warned = "", False
        self._still, self._patience, self._gone = 0.0, AT_FIRST, False
        self.fault = ""
        """Why it hears no more; empty while all is well."""

    def open(self, *systems: Any) -> None:
        """Takes the device, of one of miniaudio's backends in `systems` or of any.

        Raises EngineMissing without the library, OutputFailed without a microphone.
        """
        self._systems = list(systems)
        self._start()
        self._thread.start()

    def close(self) -> None:
        """Lets the device go. Safe to call twice."""
        self._over.set()
        self._let_go()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _start(self) -> None:
        try:
            import miniaudio
        except ImportError as error:
            raise EngineMissing(f"nothing can be heard: {error}", _INSTALL) from error
        frames, device = self._heard(), None
        next(frames)
        try:
            device = miniaudio.CaptureDevice(
                miniaudio.SampleFormat.SIGNED16, 1, RATE, PERIOD_MS, backends=self._systems or _real(miniaudio)
            )
            device.start(frames)
        except miniaudio.MiniaudioError as error:
            if device is not None:
                device.close()
            raise OutputFailed(f"there is no microphone: {error}", "plug one in, or leave --listen out") from error
        with self._holding:
            self._device = device
        if self._over.is_set():
            self._let_go()

    def _let_go(self) -> None:
        with self._holding:
            device, self._device = self._device, None
        if device is not None:
            device.close()

    def _heard(self) -> Generator[None, bytes, None]:
        """What the library gives its pieces to, on the device's thread.

        What was played meanwhile is put beside each at once: a recogniser that takes its time must not part them.
        """
        while True:
            self._pairs.add(np.frombuffer((yield), np.int16) / 32768)

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
        while not self._over.is_set():
            pair = self._pairs.take(_TICK)
            if pair is None:
                self._wait()
                continue
            self._hears()
            if not pair.goes_on:
                listener.skip()
            for word in listener.listen(pair.played, pair.heard):
                self._said(word)
            self._tell_how(listener)

    def _tell_how(self, listener: Listener) -> None:
        """Tells that it listens, and once that it cannot."""
        if listener.ready and self._told != READY:
            self._told = READY
            self._tell(READY)
        elif listener.unsure and not self._warned:
            self._warned, self._told = True, MUTED if listener.deaf else UNSURE
            self._tell(self._told)

    def _hears(self) -> None:
        self._still, self._patience = 0.0, PATIENCE
        if self._gone:
            self._gone = False
            self._tell(BACK)

    def _wait(self) -> None:
        """Another tick without a sound. Ticks are counted and no clock is read: Ctrl-Z stops this thread, too."""
        self._still += _TICK
        if self._still < self._patience or self._over.is_set():
            return
        if not self._gone:
            self._gone = True
            self._tell(GONE)
        self._open_again()

    def _open_again(self) -> None:
        self._let_go()
        self._pairs.begin()
        try:
            self._start()
            self._still, self._patience = 0.0, AT_FIRST
        except OutputFailed:
            self._still = self._patience - RETRY


def _real(miniaudio: Any) -> list[Any]:
    """Sound systems that hear something: left to itself, the library falls back on one that gives silence."""
    here = {system.name.lower(): system for system in miniaudio.get_enabled_backends()}
    return [here[name] for name in SYSTEMS if name in here and name != "null"]
