"""Which signals a program has to follow."""

from __future__ import annotations

import signal


def heeded(name: str) -> signal.Signals | None:
    """A signal that this system has, unless somebody (nohup) has chosen to ignore it."""
    number: signal.Signals | None = getattr(signal, name, None)
    return None if number is None or signal.getsignal(number) == signal.SIG_IGN else number
