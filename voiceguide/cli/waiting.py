"""A time of day to begin at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import click

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]([0-5][0-9]))?")


class TimeOfDay(click.ParamType[Any]):
    """A time on the clock: `22:30`, `7:05`, `22:30:15`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """The time, of no day yet."""
        if isinstance(value, time):
            return value
        found = _CLOCK.fullmatch(str(value).strip())
        if not found:
            self.fail(f"'{value}' is not a time of day; write 22:30", param, ctx)
        hour, minute, second = (int(number or 0) for number in found.groups())
        return time(hour, minute, second)


def next_time(wanted: time, now: datetime) -> datetime:
    """When the clock shows `wanted` next: today, or tomorrow when that has passed. Both in the zone of `now`.

    Where the clock is put forward over it, the moment at which it would have been.
    """
    moments = [moment for ahead in (0, 1) for moment in _moments(now.date() + timedelta(ahead), wanted, now.tzinfo)]
    return datetime.fromtimestamp(min(moment for moment in moments if moment > now.timestamp()), now.tzinfo)


def _moments(day: date, wanted: time, zone: tzinfo | None) -> Iterator[float]:
    """When the clock shows `wanted` on a day, in seconds since the epoch: twice where it is put back over it."""
    first = datetime.combine(day, wanted, zone)
    second = first.replace(fold=1)
    yield first.timestamp()
    if second.timestamp() > first.timestamp():  # before it, where the clock is put forward
        yield second.timestamp()


def begins(moment: datetime, now: datetime) -> str:
    """`begins at 22:30 today`, or tomorrow."""
    day = "today" if moment.date() == now.date() else "tomorrow"
    seconds = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"begins at {seconds} {day}"
