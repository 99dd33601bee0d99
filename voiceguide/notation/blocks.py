"""Blocks of Markdown that nobody can say: tables, and code between fences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

FENCE = re.compile(r"(?P<lead>(?:[ \t]*(?:>|(?:[-*+]|\d{1,3}[.)])[ \t]))*[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_CELL = re.compile(r"[ \t]*:?-+:?[ \t]*")
_CODE = ("a block of code cannot be spoken", "take it out, or write what is to be said as plain words")
_TABLE = ("a table cannot be spoken", "write its rows as sentences, or take it out; \\| is a stroke that stays")


class Block(NamedTuple):
    """Lines that cannot be read: the first one's place in the text, the one behind the last, and what is wrong."""

    first: int
    after: int
    column: int
    """Characters before it in its first line."""
    message: str
    hint: str


def unspeakable(lines: Sequence[str], at: int) -> Block | None:
    """The block that begins in line `at` (counted from 0), if one does."""
    if fence := _fence(lines[at]):
        return Block(at, _closed(lines, at, fence["fence"]), len(fence["lead"]), *_CODE)
    if after := _table(lines, at):
        return Block(at, after, len(lines[at]) - len(lines[at].lstrip(" \t")), *_TABLE)
    return None


def _fence(line: str) -> re.Match[str] | None:
    """The opening of a code block; three backticks around words in a line are none."""
    fence = FENCE.fullmatch(line)
    return fence if fence and not (fence["fence"][0] == "`" and "`" in fence["info"]) else None


def _closed(lines: Sequence[str], at: int, fence: str) -> int:
    """The line behind the closing fence; an open one takes everything, as in CommonMark."""
    for number in range(at + 1, len(lines)):
        line = lines[number].strip(" \t>")
        if len(line) >= len(fence) and not line.strip(fence[0]):
            return number + 1
    return len(lines)


def _table(lines: Sequence[str], at: int) -> int:
    """The line behind the table that begins in line `at`, 0 for none."""
    headed = "|" in lines[at] and at + 1 < len(lines) and _is_delimiter(lines[at + 1])
    after = at + 2 if headed else at
    while after < len(lines) and (_is_row(lines[after]) or (headed and "|" in lines[after])):
        after += 1
    return after if after > at else 0


def _is_row(line: str) -> bool:
    bare = line.strip(" \t>")
    return bare.startswith("|") and "|" in bare[1:]


def _is_delimiter(line: str) -> bool:
    """The line of dashes below a table's head."""
    bare = line.strip(" \t>")
    return "|" in bare and all(_CELL.fullmatch(cell) for cell in bare.strip("|").split("|"))
