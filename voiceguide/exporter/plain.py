"""Texts that every format can hold."""

from __future__ import annotations

import re
from dataclasses import replace

from voiceguide.encoders import Tags

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HALVES = re.compile(r"[\ud800-\udfff]")


def plain(tags: Tags) -> Tags:
    """`tags` on single lines (the comment keeps its own) without control characters or halves of characters."""
    return replace(
        tags,
        title=_line(tags.title),
        artist=_line(tags.artist),
        album=_line(tags.album),
        comment="\n".join(map(_line, tags.comment.splitlines())),
        marks=tuple(replace(mark, title=_line(mark.title)) for mark in tags.marks),
    )


def _line(text: str) -> str:
    return _HALVES.sub("\ufffd", _CONTROL.sub(" ", text)).strip()
