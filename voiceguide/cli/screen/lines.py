"""A session as plain lines: each tells something new, and none is ever changed. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from voiceguide.cli.screen import told
from voiceguide.cli.screen.keys import BINDINGS
from voiceguide.model.live import Status


def news(before: Status | None, now: Status, message: str, *, captions: bool, times: bool) -> Iterator[str]:
    """What is new since `before`; the title too where that is None. With `times`, each line begins with its place.

    `message` is what happened, where that is new.
    """
    at = f"{told.clock(now.position, now.rate):>5}  " if times else ""
    if before is None:
        yield f"{told.cleaned(now.title)}, {told.clock(now.length, now.rate)}"
    changes = (*_changes(before, now, captions=captions), told.cleaned(message))
    yield from (at + text for text in changes if text)


def key_lines() -> list[str]:
    """Every key and what it does."""
    return [f"{binding.label}: {binding.does}" for binding in BINDINGS]


def _changes(before: Status | None, now: Status, *, captions: bool) -> Iterator[str]:
    if before is None or _place(before) != _place(now):
        yield told.section(now) + (f", {told.counted(now)}" if told.counted(now) else "")
    if captions and (before is None or _said(before) != _said(now)):
        yield told.cleaned(now.sentence)
    if now.state != (before.state if before else "playing"):
        yield told.state(now)


def _place(status: Status) -> tuple[str, int]:
    return status.section, status.number


def _said(status: Status) -> tuple[str, int, str]:
    return (*_place(status), status.sentence)
