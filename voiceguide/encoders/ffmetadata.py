"""ffmpeg's own text format for tags and chapters, written and read.

Layout: "Metadata" in ffmpeg's documentation of formats. A backslash stands in front of `=`, `;`, `#`, itself and a
line's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voiceguide.encoders import Mark, Tags
from voiceguide.model.units import Millis

_SPECIAL = re.compile(r"([=;#\\\n])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CHAPTER = re.compile(r"^\[CHAPTER\]\nTIMEBASE=(\d+)/(\d+)\nSTART=(\d+)\nEND=(\d+)\n((?:(?!\[).*\n?)*)", re.MULTILINE)
_TITLE = re.compile(r"^title=((?:[^\n\\]|\\.)*)", re.MULTILINE | re.DOTALL)


def written(tags: Tags) -> str:
    """The whole file."""
    return "\n".join((";FFMETADATA1", *_texts(tags), *_chapters(tags.marks), ""))


def _texts(tags: Tags) -> Iterator[str]:
    for name, value in (
        ("title", tags.title),
        ("artist", tags.artist),
        ("album", tags.album),
        ("comment", tags.comment),
    ):
        if value:
            yield f"{name}={_escaped(value)}"


def _chapters(marks: tuple[Mark, ...]) -> Iterator[str]:
    for mark in marks:
        yield f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={mark.start}\nEND={mark.end}\ntitle={_escaped(mark.title)}"


def _escaped(text: str) -> str:
    # ffmpeg takes a backslash before a line's end for an escape even when it is escaped itself.
    return _SPECIAL.sub(r"\\\1", text) + (" " if text.endswith("\\") else "")


def marks(text: str) -> tuple[Mark, ...]:
    """The chapters of a whole file, in its order."""
    return tuple(_mark(match) for match in _CHAPTER.finditer(text))


def _mark(match: re.Match[str]) -> Mark:
    over, under, start, end = (int(value) for value in match.groups()[:4])
    found = _TITLE.search(match[5])
    title = _ESCAPED.sub(r"\1", found[1]) if found else ""
    return Mark(title[:-1] if title.endswith("\\ ") else title, _millis(start, over, under), _millis(end, over, under))


def _millis(place: int, over: int, under: int) -> Millis:
    return Millis((2000 * place * over + under) // (2 * under))
