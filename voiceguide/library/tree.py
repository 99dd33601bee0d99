"""YAML as a tree of strings with their places.

Built on PyYAML's event stream, because its loaders crash on deep nesting, expand aliases without bound, let the
last of two equal keys win, and read `1:30` as 90. Here every scalar is a string, and nothing is ever constructed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from voiceguide.errors import ContentError, Problem
from voiceguide.library.files import HIDDEN
from voiceguide.model.cues import Source

DEEPEST = 20
MOST_NODES = 20_000
LONGEST_SCALAR = 100_000
_DEEP = (f"this is nested more than {DEEPEST} deep", "a routine needs four levels")
_PARSER = getattr(yaml, "CLoader", yaml.Loader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string. `source` is where its text begins (for a block scalar: its first line)."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Mapping:
    items: tuple[tuple[Scalar, Node], ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    source: Source


Node = Scalar | Mapping | Sequence


def grow(text: str, file: str, problems: list[Problem], first_line: int = 1) -> Node:
    """The tree of one YAML document, whose first line is line `first_line` of `file`.

    Notes in `problems` what is wrong but can be passed over; raises ContentError, with these too, where it cannot.
    """
    try:
        return _Grower(text, file, first_line, problems).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Source(file, first_line + (mark.line if mark else 0), (mark.column if mark else 0) + 1)
        problems.append(_problem(at, *_said(str(error.problem or error.context))))
    except yaml.YAMLError as error:
        problems.append(_problem(Source(file, first_line), f"this is not YAML: {error}", "save it as plain UTF-8"))
    raise ContentError(tuple(sorted(problems)))


def _said(error: str) -> tuple[str, str]:
    """What the parser says, and the cure. From 6.0.4 on, PyYAML has a limit of its own to how deep things nest."""
    if "nesting depth" in error:
        return _DEEP
    return f"this is not YAML: {error}", "check the indentation, colons and quotes of this line"


class _Grower:
    def __init__(self, text: str, file: str, first_line: int, problems: list[Problem]) -> None:
        self._problems = problems
        self._lines = text.split("\n")
        self._file = file
        self._first = first_line
        self._nodes = 0
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_PARSER)

    def document(self) -> Node:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise self._refuse(Source(self._file, self._first), "the file is empty", "begin with 'title: …'")
        root = self._node(next(self._events), 0)
        next(self._events)
        if not isinstance(after := next(self._events), yaml.StreamEndEvent):
            raise self._refuse(self._at(after), "a second document begins here", "keep one document in a file")
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        self._nodes += 1
        self._refuse_tricks(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(following := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(following, depth + 1))
            return Sequence(tuple(items), self._at(event))
        return self._mapping(event, depth)

    def _mapping(self, event: yaml.Event, depth: int) -> Mapping:
        items: list[tuple[Scalar, Node]] = []
        seen: dict[str, Source] = {}
        while not isinstance(following := next(self._events), yaml.MappingEndEvent):
            key = self._node(following, depth + 1)
            if not isinstance(key, Scalar):
                raise self._refuse(key.source, "a key must be plain text", "write 'name: value'")
            if key.text in seen:
                hint = f"it is already on line {seen[key.text].line}; keep one of them"
                self._problems.append(_problem(key.source, f"'{key.text}' is here twice", hint))
            seen.setdefault(key.text, key.source)
            items.append((key, self._node(next(self._events), depth + 1)))
        return Mapping(tuple(items), self._at(event))

    def _refuse_tricks(self, event: yaml.Event, depth: int) -> None:
        at = self._at(event)
        if depth > DEEPEST:
            raise self._refuse(at, *_DEEP)
        if self._nodes > MOST_NODES:
            raise self._refuse(at, f"there are more than {MOST_NODES} values", "split the file")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(at, "anchors and aliases (& and *) are not read", "write the text out, or quote it")
        if tag := getattr(event, "tag", None):
            raise self._refuse(at, f"tags are not read: {str(tag)[:40]}", "quote the text if it begins with '!'")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        if len(event.value) > LONGEST_SCALAR:
            raise self._refuse(self._at(event), "this text is longer than 100,000 characters", "split it into sections")
        if found := HIDDEN.search(event.value):
            message = f"the invisible character U+{ord(found.group()):04X} is not allowed"
            self._problems.append(_problem(self._at(event), message, "take the escape out"))
        return Scalar(event.value, self._text_start(event))

    def _text_start(self, event: yaml.ScalarEvent) -> Source:
        start = self._at(event)
        line, column = start.line - self._first, start.column - 1
        if event.style in ("|", ">"):
            line += 1
            below = map(self._lines.__getitem__, range(line, len(self._lines)))
            body = next((text for text in below if text.strip()), "")
            column = len(body) - len(body.lstrip(" "))
        elif event.style in ("'", '"'):
            column += 1
        return Source(self._file, self._first + line, column + 1)

    def _at(self, event: yaml.Event) -> Source:
        mark = event.start_mark
        return Source(self._file, self._first + (mark.line if mark else 0), (mark.column if mark else 0) + 1)

    def _refuse(self, at: Source, message: str, hint: str) -> ContentError:
        return ContentError(tuple(sorted([*self._problems, _problem(at, message, hint)])))


def _problem(at: Source, message: str, hint: str) -> Problem:
    return Problem(at.file, at.line, at.column, message, hint)
