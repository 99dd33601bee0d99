"""Abbreviations: titles, Latin, and the short forms of running text."""

from __future__ import annotations

import re

from voiceguide.spoken.en.short_names import DOTLESS, DOTTED, STREETS, TITLES

_COUNTED = {
    "nos": "numbers",
    "no": "number",
    "figs": "figures",
    "fig": "figure",
    "pp": "pages",
    "p": "page",
    "vol": "volume",
    "ch": "chapter",
    "chap": "chapter",
    "sect": "section",
    "ex": "example",
}


def _any(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_HASH = re.compile(r"(?<![\w#])#\s?(?=\d)")
_FIGURE = r"(?=\d|[IVX]{2,}\b|[VX]\b)"
_NUMBERED = re.compile(rf"(?<![\w.'-])((?i:{_any(_COUNTED)}))(?:\.\s?|(?<![Nn]o)(?<!ex)\s){_FIGURE}")
_TITLE = re.compile(rf"(?<![\w.'-])((?i:{_any(TITLES)}))\b\.?(?=\s[^\W\d_a-z]|\s(?:and|or)\s)")
_STREET = re.compile(rf"(?<=[a-z\d]\s)({_any({name.title(): '' for name in STREETS})})\b\.(?!\s[A-Z])")
_DOT = re.compile(rf"(?<![\w.'-])({_any(DOTTED)})\.(?![\w])", re.IGNORECASE)
_PLAIN = re.compile(rf"(?<![\w.'/-])({_any(DOTLESS)})(?![\w.'/-])", re.IGNORECASE)
_WITH = re.compile(r"(?<![\w.'/-])w/\s?(?=\w)", re.IGNORECASE)
_INITIAL = re.compile(r"(?<![\w.'-])([A-HJ-Z])\.(?=\s[A-Z][a-z.])")


def numbered(text: str) -> str:
    """`No. 5`, `#5` → `number 5`; `fig. 2`, `pp. 3-4`."""
    text = _HASH.sub("number ", text)
    return _NUMBERED.sub(lambda found: _like(found.group(1), _COUNTED[found.group(1).lower()]) + " ", text)


def titles(text: str) -> str:
    """`Dr. Smith` → `Doctor Smith`, `Main St.` → `Main Street`; initials lose the points that would end a sentence."""
    text = _TITLE.sub(lambda found: _titled(found), text)
    text = _STREET.sub(lambda found: STREETS[found.group(1).lower()] + _kept_stop(found), text)
    return _INITIAL.sub(r"\1 ", text) if "." in text else text


def short_forms(text: str) -> str:
    """`e.g.` → `for example`; at the end of a sentence its full stop stays."""
    if "." in text:
        text = _DOT.sub(lambda found: _like(found.group(1), DOTTED[found.group(1).lower()]) + _kept_stop(found), text)
    text = _PLAIN.sub(lambda found: DOTLESS[found.group(1).lower()], text)
    return _WITH.sub("with ", text)


def _titled(found: re.Match[str]) -> str:
    written = found.group(1)
    # `st. Mary` and `GEN Z` are no titles; `dr. Smith` is.
    return TITLES[written.lower()] if written[0].isupper() else found.group()


def ends_text(found: re.Match[str]) -> bool:
    """True when nothing but a closing quote follows: the point of an abbreviation is then a full stop, too."""
    return not found.string[found.end() : found.end() + 3].strip(" '")


def _kept_stop(found: re.Match[str]) -> str:
    return "." if ends_text(found) else ""


def _like(written: str, said: str) -> str:
    return said[0].upper() + said[1:] if written[0].isupper() else said


RULES = (numbered, titles, short_forms)
