"""Where one sentence ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

# fmt: off
_ABBREVIATIONS = frozenset((
    "dr", "mr", "mrs", "ms", "prof", "st", "rev", "capt", "lt", "sgt", "gen", "mt", "vs", "e.g", "i.e", "approx",
    "ca", "cf", "jr", "sr", "esp", "incl", "excl", "jan", "feb", "aug", "sept", "oct", "nov", "dec",
))
_COUNTED = frozenset(("no", "nos", "fig", "figs", "p", "pp", "vol", "ch", "chap", "sect", "ex", "mar", "apr", "jun"))
"""Short for something only where a number follows: `No. 5`, but `No. Wait.`"""
# fmt: on
_END = re.compile(r"(?:(?<![.!?…])[.!?…]+|[。！？])[\"'”’)\]*_]*(?=\s+\S|$)|(?<=[。！？])(?=\S)")
_AHEAD = 20  # characters that tell whether a sentence ends here
_STARTS = re.compile(r"\s+[\"'“‘(*_\[]*[^\W_a-z]")
_INITIALS = re.compile(r"(?:[a-z]\.)*[a-z]")
_HALVES = ("a.m", "p.m")
_NUMBER = re.compile(r"\s+[#(]?\d")


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
    last = text[max(start, end.start() - _AHEAD) : end.start()].rpartition(" ")[2].lower().lstrip("(\"'“‘*_")
    return not (end.group().startswith(".") and _is_short(last, following))


def _is_short(last: str, following: str) -> bool:
    """True where the point behind `last` belongs to the word: an abbreviation, or an initial."""
    if last in _COUNTED:
        return _NUMBER.match(following) is not None
    return last in _ABBREVIATIONS or (last not in _HALVES and _INITIALS.fullmatch(last) is not None)
