"""A session's status in words, for a screen and for plain lines alike. Pure."""

from __future__ import annotations

import re

from voiceguide.model.live import State, Status
from voiceguide.model.units import Frames, Millis, format_clock, to_millis

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)
"""What moves the cursor, turns the writing round or hides: a title may come from a file's name."""
LOST = "the sound device is gone: space tries again, q quits, Q keeps the place"
UNKNOWN_KEY = "? shows the keys"
_STATES: dict[State, str] = {"lost": "no sound device", "ended": "finished"}


def cleaned(text: str) -> str:
    """`text` on one line, without characters that do something to a terminal."""
    return " ".join(_HIDDEN.sub(" ", text).split())


def clock(frames: int, rate: int) -> str:
    """A place or length in whole seconds: `4:05`."""
    return format_clock(Millis(to_millis(Frames(max(0, frames)), rate) // 1000 * 1000))


def left(passed: int, length: int, rate: int) -> str:
    """What is to come of `length` frames: it changes together with the clock of what has passed."""
    seconds = -(-to_millis(Frames(length), rate) // 1000) - to_millis(Frames(max(0, passed)), rate) // 1000
    return format_clock(Millis(max(0, seconds) * 1000))


def section(status: Status) -> str:
    """Where the session is."""
    return cleaned(status.section)


def counted(status: Status) -> str:
    """`technique 3 of 9`; empty where there is but one."""
    return f"technique {status.number} of {status.sections}" if status.sections > 1 else ""


def where(status: Status) -> str:
    """Everything about the place, in one line."""
    here = f"{section(status)}, {counted(status)}" if counted(status) else section(status)
    return f"{here}: {passed(status)}"


def passed(status: Status) -> str:
    """`4:05 of 15:00, 10:55 left`."""
    now, whole = clock(status.position, status.rate), clock(status.length, status.rate)
    return f"{now} of {whole}, {left(status.position, status.length, status.rate)} left"


def state(status: Status) -> str:
    """`playing`, `paused`, `no sound device`; `stopped` where it ended before its end."""
    if status.state == "ended" and status.position < status.length:
        return "stopped"
    return _STATES.get(status.state, status.state)


def levels(status: Status) -> tuple[str, str, str]:
    """Volume, background and speed."""
    bed = "bed off" if status.muted else f"bed {_decibels(status.bed)}"
    return f"volume {_decibels(status.volume)}", bed, f"{status.words} words a minute"


def _decibels(level: float) -> str:
    return f"{level:+.3g} dB" if level else "0 dB"
