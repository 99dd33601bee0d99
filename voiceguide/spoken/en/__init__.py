"""English: from what people write to what a voice says, in small steps whose order matters."""

from __future__ import annotations

import re

from voiceguide.spoken.en.short_names import NAMES

_WORD = r"(?:[A-Za-z]?[a-z]+|[AI])(?:['-][a-z]+)*"
_PLAIN = re.compile(rf"{_WORD}(?:[,;]? {_WORD})*+[.!?]?")


def speaks(tag: str) -> bool:
    """True for the tag of English or one of its kinds, in lower case."""
    return tag.partition("-")[0] == "en"


def is_plain(text: str) -> bool:
    """True for a sentence of ordinary words, which no rule changes: most are, and this is much quicker than to try."""
    return _PLAIN.fullmatch(text) is not None and NAMES.isdisjoint(re.findall(r"[a-z]+", text.lower()))
