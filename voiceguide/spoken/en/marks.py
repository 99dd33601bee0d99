"""Signs and punctuation: what is a word becomes one, what is a breath becomes a comma, the rest goes."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "&": "and",
    "+": "plus",
    "=": "equals",
    "×": "times",
    "÷": "divided by",
    "±": "plus or minus",
    "%": "percent",
    "°": "degrees",
    "$": "dollars",
    "€": "euros",
    "£": "pounds",
    "@": "at",
    "#": "hash",
    "≈": "about",
    "≠": "is not",
    "≤": "at most",
    "≥": "at least",
    "<": "less than",
    ">": "more than",
    "→": "to",
    "√": "the square root of",
    "∞": "infinity",
    "§": "section",
    "©": "copyright",
}
_SIGN = re.compile("[" + re.escape("".join(sign for sign in _SIGNS if sign not in "<>")) + "]")
_COMPARED = re.compile(r"(?:(?<=\s)|^)([<>])=?\s?(?=[\w-])")
_ABOUT = re.compile(r"(?:(?<=\s)|(?<=\()|^)~\s?(?=\w)")
_PLURAL = re.compile(r"(?<=[a-z])\((e?s)\)")
_OPENING, _CLOSING = re.compile(r"\s*[(\[{]+\s*"), re.compile(r"\s*[)\]}]+\s*")
_DASH = re.compile(r"\s?[—–―]\s?|\s-{1,3}(?=\s|$)|--+")
_DOTS = re.compile(r"(?<!\.)\.{2,}|…")
_INNER_DOT = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_NEW_SENTENCE = re.compile(r"(?<=[a-z]{2})([.!?])(?=[A-Z][a-z])")
_LOOSE_HYPHEN = re.compile(r"(?<!\w)-+|-+(?!\w)")
_LOOSE_APOSTROPHE = re.compile(r"(?<!\w)'+(?!\w)|'{2,}")
_STRANGE = re.compile(r"[^a-zA-Z .,;:!?'-]")
_MARKS = frozenset(" .,;:!?'-")


def signs(text: str) -> str:
    """`&` → and, `+` → plus, `=` → equals, `~5` → about five, `< 5` → less than five."""
    text = _ABOUT.sub("about ", text)
    text = _COMPARED.sub(lambda found: f"{_SIGNS[found.group(1)]} ", text)
    return _SIGN.sub(lambda found: f" {_SIGNS[found.group()]} ", text)


def asides(text: str) -> str:
    """Brackets are breaths: `Press (gently).` → `Press, gently.`; `hand(s)` → `hands`."""
    text = _PLURAL.sub(r"\1", text)
    return _CLOSING.sub(", ", _OPENING.sub(", ", text))


def breaths(text: str) -> str:
    """A dash between words is a short breath, an ellipsis trails off."""
    text = _DASH.sub(", ", text)
    text = re.sub(r"\s*…\s*(?=[\W_]*$)", ".", _DOTS.sub("…", text))
    return re.sub(r"\s*…\s*", ", ", text)


def inner_points(text: str) -> str:
    """`plan.yaml` → plan dot yaml; a sentence that begins without a space gets one."""
    return _INNER_DOT.sub(" dot ", _NEW_SENTENCE.sub(r"\1 ", text))


def words_alone(text: str) -> str:
    """Nothing but letters, and the marks that sentences breathe by."""
    if _STRANGE.search(text):
        text = "".join(_kept(sign) for sign in text)
    text = _LOOSE_APOSTROPHE.sub(" ", _LOOSE_HYPHEN.sub(" ", text))
    return re.sub(r":(?=\S)", " ", text)


def _kept(sign: str) -> str:
    return sign if sign in _MARKS or unicodedata.category(sign)[0] in "LM" else " "


def tidy(text: str) -> str:
    """One mark where several meet, the strongest; none at the beginning; a space behind each."""
    text = re.sub(r"\s+(?=[.,;:!?])", "", " ".join(text.split()))
    text = re.sub(r"[.,;:!?]{2,}", lambda found: _strongest(found.group()), text)
    text = re.sub(r"([,;!?])(?=[^\s'])", r"\1 ", text)
    return re.sub(r"^[.,;:!?\s]+|[,;:\s]+$", "", text)


def _strongest(marks: str) -> str:
    return min(marks, key="?!.;:,".index)


RULES = (signs, asides, breaths, inner_points, words_alone, tidy)
