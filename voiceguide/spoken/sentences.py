"""Where one sentence ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    ["dr", "mr", "mrs", "ms", "prof", "st", "vs", "e.g", "i.e", "approx", "no", "fig", "jr", "sr"]
)
_END = re.compile(r"(?:(?<![.!?…])[.!?…]+|[。！？])[\"'”’)\]*_]*(?=\s+\S|$)|(?<=[。！？])(?=\S)")
_AHEAD = 20  # characters that tell whether a sentence ends here
_STARTS = re.compile(r"\s+[\"'“‘(*_\[]*[^\W_a-z]")


def split(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with the offset of its first character."""
    start = 0
    for end in _END.finditer(text):
        if not _closes(text, start, end):
            continue
        yield from _piece(text, start, end.end())
        start = end.end()
    yield from _piece(text, start, len(text))


def _piece(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    piece = text[start:end]
    if stripped := piece.strip():
        yield start + len(piece) - len(piece.lstrip()), stripped


def _closes(text: str, start: int, end: re.Match[str]) -> bool:
    following = text[end.end() : end.end() + _AHEAD]
    if not following.strip() or not following[0].isspace():
        return True
    if not _STARTS.match(following):
        return False
    last = text[max(start, end.start() - _AHEAD) : end.start()].rpartition(" ")[2].lower().lstrip("(\"'“‘")
    return not (end.group().startswith(".") and (last in _ABBREVIATIONS or re.fullmatch(r"[a-z]", last)))
