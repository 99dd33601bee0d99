"""Typed, forgiving access to a YAML tree: every problem is noted with its place, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from voiceguide import notation
from voiceguide.errors import Problem
from voiceguide.library.recordings import resolved
from voiceguide.library.tree import Mapping, Node, Scalar, Sequence
from voiceguide.model.cues import Bed, Cue, Heading, Manner, Source
from voiceguide.model.routine import Span
from voiceguide.model.units import Millis, parse_duration
from voiceguide.near import suggest

T = TypeVar("T")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Notes:
    """The problems found so far, in one file or several."""

    def __init__(self, shelves: Iterable[Path] = ()) -> None:
        self.problems: list[Problem] = []
        self.shelves = tuple(shelves)
        """The user's libraries."""
        self.files: dict[str, Path] = {}
        """Every file that is read, by the name that its places have."""

    def add(self, at: Source, message: str, hint: str = "") -> None:
        """Notes one problem at a place."""
        self.problems.append(Problem(at.file, at.line, at.column, message, hint))


class Fields:
    """The entries of one mapping, each read by what it must be."""

    def __init__(self, node: Node, known: Iterable[str], notes: Notes, what: str) -> None:
        self.source = node.source
        self._notes = notes
        self._what = what
        self._nodes: dict[str, Node] = {}
        known = tuple(known)
        if not isinstance(node, Mapping):
            notes.add(node.source, f"{what} must be 'name: value' lines", f"it may have {', '.join(known)}")
            return
        for key, value in node.items:
            if key.text in known:
                self._nodes.setdefault(key.text, value)
            else:
                notes.add(key.source, f"{what} has no '{key.text}'", suggest(key.text, known))

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def node(self, key: str) -> Node | None:
        """The raw entry, if there is one."""
        return self._nodes.get(key)

    def need(self, *keys: str) -> None:
        """Notes what is missing when none of `keys` is there."""
        if not any(key in self._nodes for key in keys):
            self._notes.add(self.source, f"{self._what} needs '{keys[0]}'", f"add a line '{keys[0]}: …'")

    def schema(self) -> None:
        """Files say which version of the format they are written in; there is one so far."""
        if self.text("schema", "1") != "1":
            self._notes.add(self._nodes["schema"].source, "this schema is not known", "this version reads 'schema: 1'")

    def text(self, key: str, default: str = "") -> str:
        """One line or block of text."""
        return self._scalar(key, lambda text: " ".join(text.split()), "a line of text", default)

    def choice(self, key: str, known: Iterable[str], default: str) -> str:
        """One of `known`."""
        value, known = self.text(key, default), tuple(known)
        if value not in known and key in self._nodes:
            self._notes.add(self._nodes[key].source, f"'{value}' is not a {key}", suggest(value, known))
            return default
        return value

    def duration(self, key: str) -> Millis | None:
        """A length of time."""
        return self._scalar(key, parse_duration, "a length of time like 90s or 1m30s", None)

    def count(self, key: str, least: int, most: int) -> int | None:
        """A whole number between `least` and `most`."""
        return self._scalar(
            key, lambda text: _bounded(text, least, most), f"a whole number from {least} to {most}", None
        )

    def rounds(self, key: str, default: tuple[int, int]) -> tuple[int, int]:
        """`3`, or `1-3`."""
        return self._scalar(key, _rounds, "a number of rounds like 3 or 1-3", default)

    def span(self, key: str, default: Span) -> Span:
        """`3s`, or `3s-8s`."""
        return self._scalar(key, _span, "a length or two: 3s or 3s-8s", default)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of single words or lines."""
        texts = []
        for item in self.list(key):
            if isinstance(item, Scalar):
                texts.append(item.text.strip())
            else:
                self._notes.add(item.source, "expected a line of text here", "quote it if it has a colon in it")
        return tuple(texts)

    def list(self, key: str) -> tuple[Node, ...]:
        """The entries of a list; empty when there is none."""
        node = self._nodes.get(key)
        if isinstance(node, Sequence) and not node.items and key in ("sections", "in"):
            self._notes.add(node.source, f"nothing is in this list of '{key}'", "add an entry, or take it out")
        if node is None or isinstance(node, Sequence):
            return node.items if node else ()
        self._notes.add(node.source, f"'{key}' must be a list", "put each entry on a line that begins with '- '")
        return ()

    def _scalar(self, key: str, read: Callable[[str], T], expected: str, default: T) -> T:
        node = self._nodes.get(key)
        if node is None:
            return default
        try:
            if isinstance(node, Scalar):
                return read(node.text)
        except ValueError:
            pass
        said = f"'{node.text[:40]}'" if isinstance(node, Scalar) else "this"
        self._notes.add(node.source, f"{said} is not right for '{key}'", f"expected {expected}")
        return default


def _bounded(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[-+]?\d{1,6}", text.strip()) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _rounds(text: str) -> tuple[int, int]:
    least, _, most = text.partition("-")
    bounds = _bounded(least, 1, 2000), _bounded(most or least, 1, 2000)
    if bounds[0] > bounds[1]:
        raise ValueError(text)
    return bounds


def _span(text: str) -> Span:
    least, _, most = text.partition("-")
    span = Span(parse_duration(least), parse_duration(most or least))
    if span.least > span.most:
        raise ValueError(text)
    return span


def cues(node: Node, notes: Notes) -> tuple[Cue, ...]:
    """The cues of a text block, headings refused."""
    if not isinstance(node, Scalar):
        notes.add(node.source, "expected a block of text here", "write 'text: |' and the words below it, indented")
        return ()
    parsed = notation.parse(node.text, node.source)
    notes.problems += parsed.problems
    kept: list[Cue] = []
    for cue in parsed.cues:
        if isinstance(cue, Heading):
            notes.add(cue.source, "a heading cannot stand here", "begin a new section in 'sections'")
        elif isinstance(cue, Bed):
            hint = f"write 'bed: {cue.name or '…'}' beside the title of a routine's section"
            notes.add(cue.source, "a bed cannot stand here", hint)
        else:
            kept.append(resolved(cue, notes))
    if all(isinstance(cue, Manner) for cue in kept) and not parsed.problems:
        notes.add(node.source, "there is nothing to say here", "write the words, or take the entry out")
    return tuple(kept)
