"""Events that stages emit while they work. Only `voiceguide.cli` turns them into something to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units of one stage (`speak`, `mix`, `verify`)."""

    stage: str
    done: int
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Warn:
    """Something the user should know that does not stop the work."""

    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """A choice that was made for the user, and why."""

    message: str


Event = Progress | Warn | Note
Listener = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """The listener of those who do not care."""
