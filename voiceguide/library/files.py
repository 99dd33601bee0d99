"""Reading files that anybody may have written: bounded, UTF-8, and free of characters that hide things."""

from __future__ import annotations

import re
from pathlib import Path

from voiceguide.errors import ContentError, InputMissing, Problem
from voiceguide.model.cues import Source

LARGEST = 1_000_000
"""Bytes. A twenty-minute routine takes about ten thousand."""

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_MOST_REPORTED = 20


def read_text(path: Path) -> str:
    """The text of `path` with plain newlines and no byte order mark.

    Raises InputMissing when it cannot be read, ContentError when it is too large, not UTF-8, or holds
    control or bidirectional characters.
    """
    data = _bytes(path)
    shown = display(path)
    if len(data) > LARGEST:
        raise ContentError((Problem(shown, 1, 1, "the file is larger than 1 MB", "split it into several routines"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = place(data[: error.start].decode("utf-8", "replace"), shown)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise ContentError((Problem(shown, at.line, at.column, message, "save the file as UTF-8"),)) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if problems := _hidden(text, shown):
        raise ContentError(problems)
    return text


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise InputMissing(f"{display(path)} is not a file", "name a text, Markdown or YAML file")
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise InputMissing(
            f"{display(path)} cannot be read: {error.strerror}", "check the path and its permissions"
        ) from None


def _hidden(text: str, shown: str) -> tuple[Problem, ...]:
    problems = []
    for found in HIDDEN.finditer(text):
        at = place(text[: found.start()], shown)
        message = f"the invisible character U+{ord(found.group()):04X} is not allowed"
        problems.append(Problem(shown, at.line, at.column, message, "delete it and type the words again"))
        if len(problems) == _MOST_REPORTED:
            break
    return tuple(problems)


def place(before: str, file: str) -> Source:
    """Where a text stands that begins after `before`."""
    return Source(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def display(path: Path) -> str:
    """`path` as an author would say it: below the current folder, inside the shipped library, or in full."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        parts = path.parts
        shelves = [
            i for i, part in enumerate(parts) if part in ("content", "scripts") and i and parts[i - 1] == "bundled"
        ]
        return Path(*parts[shelves[-1] :]).as_posix() if shelves else str(path)
