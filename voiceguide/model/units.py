"""Time: whole milliseconds as written, whole frames as placed, rounded once, here."""

from __future__ import annotations

import re
from typing import NewType

Millis = NewType("Millis", int)
"""A length or place in whole milliseconds, as people write it."""

Frames = NewType("Frames", int)
"""A length or place in whole sample frames at the session's rate."""

LONGEST_PAUSE = Millis(600_000)
LONGEST_SESSION = Millis(24 * 3_600_000)

_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"
_UNITS = re.compile(rf"(?:{_NUMBER}\s*h)?\s*(?:{_NUMBER}\s*m)?\s*(?:{_NUMBER}\s*s)?\s*(?:([0-9]{{1,9}})\s*ms)?")
_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-9]{2}(?:\.[0-9]{1,9})?)")
_LONG_NAMES = re.compile(r"(?<=[0-9\s])(hours?|hrs?|minutes?|mins?|milliseconds?|msecs?|seconds?|secs?)\b")
_SHORT = {"ho": "h", "hr": "h", "mil": "ms", "mse": "ms", "mi": "m", "se": "s"}


def parse_duration(text: str) -> Millis:
    """Whole milliseconds of `90`, `90s`, `2.5s`, `1m30s`, `15m`, `1h`, `1:30` or `1:02:03`.

    Raises ValueError for anything else, so never negative, NaN or infinite.
    """
    plain = text.strip().lower()
    if clock := _CLOCK.fullmatch(plain):
        return _from_clock(*clock.groups())
    if re.fullmatch(_NUMBER, plain):
        return _scaled(plain, 1000)
    parts = _UNITS.fullmatch(_LONG_NAMES.sub(_shorten, plain))
    if not plain or parts is None or not any(parts.groups()):
        raise ValueError(f"'{text.strip()}' is not a length of time")
    hours, minutes, seconds, millis = parts.groups()
    total = _scaled(hours, 3_600_000) + _scaled(minutes, 60_000) + _scaled(seconds, 1000)
    return Millis(total + int(millis or 0))


def _shorten(name: re.Match[str]) -> str:
    word = name.group(1)
    return _SHORT.get(word[:3]) or _SHORT[word[:2]]


def _from_clock(hours: str | None, minutes: str, seconds: str) -> Millis:
    if float(seconds) >= 60 or (hours and int(minutes) >= 60):
        raise ValueError(f"'{minutes}:{seconds}' is not a time of day or length")
    return Millis(int(hours or 0) * 3_600_000 + int(minutes) * 60_000 + _scaled(seconds, 1000))


def _scaled(number: str | None, unit: int) -> Millis:
    """`number` units in whole milliseconds, rounded half up, without floats."""
    whole, _, part = (number or "0").partition(".")
    value = int(whole + part) * unit
    scale: int = 10 ** len(part)
    return Millis((2 * value + scale) // (2 * scale))


def format_duration(length: Millis) -> str:
    """The shortest spelling that `parse_duration` reads back: `1h2m3s`, `2.5s`, `15m`, `0s`."""
    hours, rest = divmod(length, 3_600_000)
    minutes, millis = divmod(rest, 60_000)
    seconds = f"{millis // 1000}.{millis % 1000:03d}".rstrip("0").rstrip(".")
    spelled = (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")
    return spelled + (f"{seconds}s" if millis or not spelled else "")


def format_clock(place: Millis, *, millis: bool = False) -> str:
    """`4:05`, `1:02:03`, or `4:05.250` with `millis`."""
    seconds, fraction = divmod(place, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"{clock}.{fraction:03d}" if millis else clock


def to_frames(length: Millis, rate: int) -> Frames:
    """`length` in frames at `rate` Hz, rounded half up."""
    return Frames((2 * length * rate + 1000) // 2000)


def to_millis(length: Frames, rate: int) -> Millis:
    """`length` frames at `rate` Hz in milliseconds, rounded half up."""
    return Millis((2000 * length + rate) // (2 * rate))


def rescale(frames: int, rate: int, to: int) -> Frames:
    """How many frames at `to` Hz a clip of `frames` frames at `rate` Hz takes, rounded half up."""
    return Frames((2 * frames * to + rate) // (2 * rate))
