"""Where a session is seen: on the whole screen of a terminal, or in plain lines."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import click

from voiceguide.cli.screen import lines, told
from voiceguide.model.live import Status

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened last, in a few words; empty when that is long ago."""

    text: str = ""
    number: int = 0
    """How many there were: the same thing may happen again."""


class Display(Protocol):
    """Something that a session is seen on. Every method may raise OSError when that is gone, but `leave`."""

    captions: bool
    """Whether the words are shown."""
    takes_keys: bool
    """Whether somebody who sees it may press keys."""
    drawn: bool
    """Whether what is there is drawn over."""

    def show(self, status: Status, notice: Notice) -> None:
        """A session at one moment."""

    def wait(self, title: str, begins: str, left: str) -> None:
        """A session that waits for its time."""

    def help(self) -> None:
        """Every key; asked for again, the next page of them."""

    def back(self) -> None:
        """From the keys to the session."""

    def leave(self) -> None:
        """Gives the terminal back, as it was, until there is something to show again. Safe to call twice."""

    def tell(self, text: str) -> None:
        """A line that stays there when it was left."""


class Lines:
    """Plain lines, each printed once: for files, pipes, and people who listen to their terminal. None when `silent`."""

    def __init__(self, *, captions: bool, times: bool, takes_keys: bool, silent: bool = False) -> None:
        self.captions = captions
        self.takes_keys = takes_keys
        self._silent = silent
        self._times = times
        self.drawn = False
        self._before: Status | None = None
        self._worded = captions
        self._notices = 0
        self._waits = ""

    def show(self, status: Status, notice: Notice) -> None:
        message = notice.text if notice.number != self._notices else ""
        for line in lines.news(self._known(status), status, message, captions=self.captions, times=self._times):
            self.tell(line)
        self._before, self._notices, self._worded = status, notice.number, self.captions

    def _known(self, now: Status) -> Status | None:
        """What was told before of what is played now."""
        before = self._before if self._before and self._before.title == now.title else None
        unheard = before and self.captions and not self._worded
        return replace(before, sentence="") if before and unheard else before

    def wait(self, title: str, begins: str, left: str) -> None:
        if begins != self._waits:
            self._waits = begins
            self.tell(f"{told.cleaned(title)} {begins}, in {left}")

    def help(self) -> None:
        for line in lines.key_lines():
            self.tell(line)

    def back(self) -> None:
        return

    def leave(self) -> None:
        return

    def tell(self, text: str) -> None:
        if not self._silent:
            click.echo(text)


class FullScreen:
    """The whole screen of a terminal, taken with the first thing to show, and left as it was found."""

    def __init__(self, *, captions: bool) -> None:
        self.captions = captions
        self.takes_keys = self.drawn = True
        self._page = 0
        self._live: Live | None = None
        self._drawn: tuple[tuple[int, int], str] | None = None

    def show(self, status: Status, notice: Notice) -> None:
        from voiceguide.cli.screen.view import Options, key_pages, view

        console = self._taken().console
        options = Options(self.captions, console.options.ascii_only, notice.text, console.encoding)
        width, height = console.size
        pages = key_pages(width, height, options) if self._page else []
        self._page = self._page if self._page <= len(pages) else 0
        rows = pages[self._page - 1] if self._page else view(status, options, width, height)
        self._draw(rows, (width, height))

    def wait(self, title: str, begins: str, left: str) -> None:
        from voiceguide.cli.screen.view import Options, waiting_view

        console = self._taken().console
        width, height = console.size
        options = Options(ascii_only=console.options.ascii_only, encoding=console.encoding)
        self._draw(waiting_view(title, begins, left, width, height, options), (width, height))

    def help(self) -> None:
        self._page += 1

    def back(self) -> None:
        self._page = 0

    def leave(self) -> None:
        live, self._live, self._drawn = self._live, None, None
        if live:
            with suppress(OSError):
                live.stop()

    def tell(self, text: str) -> None:
        self.leave()
        click.echo(text)

    def _taken(self) -> Live:
        """The screen. What draws on it is loaded this late so that the first word is not kept waiting."""
        if not self._live:
            from rich.console import Console
            from rich.live import Live

            # The terminal knows its size; COLUMNS and LINES, where somebody exports them, know what it once was.
            asked = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
            console = Console(highlight=False, _environ=asked)
            self._live = Live(
                console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
        return self._live

    def _draw(self, rows: list[Text], size: tuple[int, int]) -> None:
        """Draws what has changed, and nothing where nothing has."""
        from rich.text import Text

        page = Text("\n", no_wrap=True, overflow="crop", end="").join(rows)
        if self._drawn != (size, page.markup):
            self._drawn = (size, page.markup)
            self._taken().update(page, refresh=True)
