"""A terminal that gives keys one by one, and has its own settings back on every way out.

Signals are not raised while a session plays: they arrive in the row of events, so that nothing is left half done. A
second one, whether the first was followed by then or not, puts the terminal right and stops the program where it is.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, TextIO

from voiceguide.cli.screen.keys import Decoder, windows_key
from voiceguide.cli.signals import heeded

Event = str | signal.Signals
"""A key, or a signal: SIGTSTP is to be followed with `suspend`, any other means leaving."""
_ESCAPE_WAIT = 0.05
"""Seconds in which the rest of a key's sequence comes; what takes longer was Escape alone."""
_POLL = 0.03
"""Seconds between two looks at a Windows console."""
_LEAVING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
_TWICE = 0.2
"""Seconds in which a second signal is still the first: of a terminal that closes, its shell tells its jobs too."""
_READ = 1024


class Terminal:
    """Keys of standard input when `keys` is true, and signals always. To be used with `with`."""

    def __init__(self, *, keys: bool) -> None:
        self._fd = sys.stdin.fileno() if keys else -1
        self._drawn = self._fd if keys or not is_terminal(sys.stdout) else sys.stdout.fileno()
        self._decoder = Decoder()
        self._signals: deque[signal.Signals] = deque()
        self._before: dict[signal.Signals, Any] = {}
        self._settings: list[Any] | None = None
        self._ours = False
        self._leaving: float | None = None
        self._wake = (-1, -1)

    def __enter__(self) -> Terminal:
        atexit.register(self.restore)
        if sys.platform != "win32":
            self._wake = os.pipe()
            for end in self._wake:
                os.set_blocking(end, False)
            signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        for name in (*_LEAVING, "SIGTSTP"):
            self._listen(name)
        self.take()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.restore()
        atexit.unregister(self.restore)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if sys.platform != "win32":
            signal.set_wakeup_fd(-1)
            for end in self._wake:
                os.close(end)

    def take(self) -> bool:
        """Makes the terminal give keys one by one, if this program is in front of it; whether it is."""
        if not _in_foreground(self._drawn):
            return False
        if not self._ours:
            # Before it is done: whoever interrupts us here gives the terminal back.
            self._ours = True
            self._change()
        return True

    def events(self, timeout: float) -> list[Event]:
        """What has come, or comes within `timeout` seconds. Raises OSError when the terminal is gone."""
        found: list[Event] = []
        if not self._signals:
            found += self._windows(timeout) if sys.platform == "win32" else self._posix(timeout)
        while self._signals:
            found.append(self._signals.popleft())
        return found

    def suspend(self) -> None:
        """Stops the program as Ctrl-Z does, and returns when it goes on."""
        if sys.platform != "win32":
            self.restore()
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, self._heard)

    def restore(self) -> None:
        """Gives the terminal its own settings back. Safe at any time, and twice."""
        held, self._ours = self._ours, False
        if sys.platform != "win32" and held and self._settings is not None:
            import termios

            with suppress(termios.error, OSError):
                # Now, and not when all is written: a terminal that was stopped with Ctrl-S never gets there.
                termios.tcsetattr(self._fd, termios.TCSANOW, self._settings)
                termios.tcflush(self._fd, termios.TCIFLUSH)

    def _change(self) -> None:
        """One key at a time, unseen. Ctrl-C and Ctrl-Z are still signals."""
        if sys.platform == "win32" or self._fd < 0:
            return
        import termios

        with suppress(termios.error):
            self._settings = termios.tcgetattr(self._fd)
            changed = list(self._settings)
            changed[3] &= ~(termios.ECHO | termios.ICANON)
            changed[6] = [*changed[6]]
            changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self._fd, termios.TCSANOW, changed)

    def _listen(self, name: str) -> None:
        """To a signal, where it is to be followed at all."""
        number = heeded(name)
        if number is None:
            return
        if name == "SIGTSTP" and self._drawn < 0:
            return
        self._before[number] = signal.signal(number, self._heard)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        heard = signal.Signals(number)
        if heard.name in _LEAVING:
            self._leaving = self._leaving or time.monotonic()
            if time.monotonic() - self._leaving > _TWICE:
                self.restore()
                raise SystemExit(128 + number)
        self._signals.append(heard)

    def _posix(self, timeout: float) -> list[Event]:
        keys = [self._fd] if self._fd >= 0 and self._ours and _in_foreground(self._fd) else []
        ready = select.select([*keys, self._wake[0]], [], [], timeout)[0]
        if self._wake[0] in ready:
            with suppress(BlockingIOError):
                os.read(self._wake[0], _READ)
        if self._fd not in ready:
            return []
        found = self._decoder.feed(self._sent())
        while self._decoder.waiting:
            more = select.select([self._fd], [], [], _ESCAPE_WAIT)[0]
            found += self._decoder.feed(self._sent()) if more else self._decoder.flush()
        return [*found]

    def _sent(self) -> bytes:
        sent = os.read(self._fd, _READ)
        if not sent:
            raise OSError("the terminal is gone")
        return sent

    def _windows(self, timeout: float) -> list[Event]:
        found: list[Event] = []
        if sys.platform == "win32":
            import msvcrt

            until = time.monotonic() + timeout
            while not found and not self._signals and time.monotonic() < until:
                while self._fd >= 0 and msvcrt.kbhit():
                    first = msvcrt.getwch()
                    found.append(windows_key(first, msvcrt.getwch() if first in ("\x00", "\xe0") else ""))
                time.sleep(0 if found else _POLL)
        return found


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at it. A stream is None where it was closed before the program began."""
    return stream is not None and stream.isatty()


def _in_foreground(fd: int) -> bool:
    if sys.platform == "win32" or fd < 0:
        return True
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True
