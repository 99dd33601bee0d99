"""Slashes: `left/right` → left or right, `and/or` → and or, `3x/week` → three times a week, `24/7`."""

from __future__ import annotations

import re

from voiceguide.spoken.en.units import named

_KNOWN = {
    "and/or": "and or",
    "24/7": "24 7",
    "l/r": "left or right",
    "r/l": "right or left",
    "n/a": "not applicable",
    "a/c": "A-C",
    "i/o": "I-O",
    "a/b": "a or b",
}
_PER = frozenset((
    "day", "week", "month", "year", "hour", "hr", "h", "minute", "min", "second", "sec", "s", "night",
    "session", "side", "foot", "hand", "round", "person", "kg",
))  # fmt: skip
_WORDS = re.compile(r"(?<![\w'./-])[\w'°%×-]+(?:\.\w+)*(?:\s?/\s?\w[\w'-]*(?:\.\w+)*)+")
_MOST = 4  # parts that still make a choice; more of them are a path


def slashes(text: str) -> str:
    """Judged by what stands around each: a rate, a choice, a score, or an address."""
    if "/" not in text:
        return text
    return _WORDS.sub(lambda found: _words(found.group()), text)


def _words(chain: str) -> str:
    parts = re.split(r"\s?/\s?", chain)
    if known := _KNOWN.get("/".join(parts).lower()):
        return known
    if len(parts) == 2 and parts[1].lower() in _PER and not parts[0].isdecimal():
        return f"{parts[0]} {_per(parts[0], parts[1])} {named(parts[1], one=True)}"
    if len(parts) == 2 and all(re.fullmatch(r"\d+(?:\.\d+)?", part) for part in parts):
        return f"{parts[0]} {'out of' if parts[1] in ('5', '10') else 'over'} {parts[1]}"
    if len(parts) == 2 and parts[0].isdecimal() and parts[1].lower() in _PER:
        return f"{parts[0]} per {named(parts[1], one=True)}"
    return (" or " if _is_choice(parts) else " slash ").join(parts)


def _per(what: str, _each: str) -> str:
    """`3x/week` is three times a week, `beats/min` beats per minute."""
    return "a" if re.fullmatch(r"\d+[x×]|times|once|twice", what, re.IGNORECASE) else "per"


def _is_choice(parts: list[str]) -> bool:
    plain = all("." not in part for part in parts)
    return plain and len(parts) <= _MOST and all(len(part) > 1 or part.isdecimal() for part in parts)


RULES = (slashes,)
