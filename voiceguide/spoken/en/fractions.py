"""Fractions: `½ tsp` → half a teaspoon, `3/4` → three quarters, `1 1/2 cups` → one and a half cups."""

from __future__ import annotations

import re

from voiceguide.spoken.en.units import UNIT, named, spelled_out
from voiceguide.spoken.words import said

_FRACTION = re.compile(
    r"(?<![\w.,/:$€£-])(?:(?P<whole>\d{1,3})[ -])?(?P<count>\d{1,2})/(?P<parts>\d{1,3})(?![\d/.,]*[\d/])"
    rf"(?:(?P<between>\s?|-)(?P<word>{UNIT}|[a-z]{{3,12}}\b))?(?!\w)",
    re.IGNORECASE,
)
_DENOMINATORS = (*range(2, 10), 12, 16, 20, 32, 100)
_VOWELS = tuple("aeiou")


def fractions(text: str) -> str:
    """Proper fractions of the kinds that recipes and clocks have; others (120/80, 7/10) are left for later."""
    return _FRACTION.sub(lambda found: _fraction(found), text) if "/" in text else text


def _fraction(found: re.Match[str]) -> str:
    count, parts = int(found["count"]), int(found["parts"])
    if not 0 < count < parts or parts not in _DENOMINATORS:
        return found.group()
    share = f"a {_part(1, parts)}" if count == 1 else _share(count, parts)
    if found["whole"]:
        return f"{said(int(found['whole']))} and {share}" + _following(found, one=False)
    if not _is_unit(found["word"]):
        return (share if count > 1 else f"one {_part(1, parts)}") + _following(found, one=True)
    return _of_unit(share, found["between"], _single(found["word"]))


def _of_unit(share: str, between: str, unit: str) -> str:
    """`half a teaspoon`, `three quarters of an hour`, and before a noun `half-hour`."""
    half = share == "a half"
    if between == "-":
        return f"half-{unit}" if half else f"{share.removeprefix('a ').replace(' ', '-')}-{unit}"
    article = "an" if unit.startswith(_VOWELS) or unit == "hour" else "a"
    return f"half {article} {unit}" if half else f"{share} of {article} {unit}"


def _following(found: re.Match[str], *, one: bool) -> str:
    word = found["word"]
    return f"{found['between'] or ' '}{named(word, one=one)}" if word else ""


def _is_unit(word: str | None) -> bool:
    return word is not None and (spelled_out(word) or named(word, one=True) != word)


def _single(word: str) -> str:
    """One of what `word` names: `tsp` → teaspoon, `cups` → cup."""
    name = named(word, one=True)
    return name if name != word else re.sub(r"(?<=ch|ss)es$|s$", "", word)


def _share(count: int, parts: int) -> str:
    return f"{said(count)} {_part(count, parts)}"


def _part(count: int, parts: int) -> str:
    one, many = {2: ("half", "halves"), 4: ("quarter", "quarters")}.get(parts, ("", ""))
    name = said(parts, kind="ordinal")
    return (one or name) if count == 1 else (many or f"{name}s")


RULES = (fractions,)
