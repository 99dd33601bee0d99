"""English: text rules, from markup to breath marks. Each takes and gives one sentence."""

from __future__ import annotations

import re

_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|`+|~~)(?=\S)(.{1,200}?)(?<=\S)\1(?!\w)")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "«": '"', "»": '"'})


def without_emphasis(text: str) -> str:
    """`*slowly*` → `slowly`."""
    return _EMPHASIS.sub(r"\2", text)


def plain_quotes(text: str) -> str:
    """Typographic quotes as every engine knows them; double quotes say nothing, so they go."""
    return text.translate(_QUOTES).replace('"', "")


def dashes_as_commas(text: str) -> str:
    """A dash between words is a short breath."""
    return re.sub(r" ?[—–] ?| -{1,2} ", ", ", text)


def single_dots(text: str) -> str:
    """An ellipsis trails off; engines read three full stops in different ways."""
    text = re.sub(r"(?<!\.)\.{2,}", "…", text)
    text = re.sub(r" ?… ?$", ".", text)
    return re.sub(r" ?… ?", ", ", text)


def single_spaces(text: str) -> str:
    """White space of any kind, once."""
    return re.sub(r"\s+", " ", text).strip()


PLAIN = (single_spaces, without_emphasis, plain_quotes, single_spaces)
RULES = (single_spaces, without_emphasis, plain_quotes, dashes_as_commas, single_dots, single_spaces)
