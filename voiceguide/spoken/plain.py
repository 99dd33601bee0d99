"""Rules for every language: one spelling for each character, no markup, no pictures, single marks and spaces."""

from __future__ import annotations

import html
import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_STRAY_JOINER = re.compile(r"(?<!\w)[\u200c\u200d]+|[\u200c\u200d]+(?!\w)")
_GROUPED = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))")
_VULGAR = re.compile("(?<=\\d)(?=[¼-¾⅐-⅞↉])")
_LOOKALIKES = str.maketrans(
    {"º": "°", "´": "'", "‐": "-", "‑": "-", "−": "-", "∕": "/", "⁄": "/", "·": " ", "№": "No."}
)
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|`{1,3}|~~)(?=\S)((?:(?!\1).){1,200})(?<=\S)\1(?!\w)")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″〝〞「」『』", '"') | dict.fromkeys("’‘‚‛′", "'"))
_SINGLE_QUOTED = re.compile(r"(?<![\w'])'(?=\w)([^']{1,200})(?<=[\w,.!?])'(?![\w'])")
_SAYING_SIGNS = frozenset("°©®")
_SKIN = range(0x1F3FB, 0x1F400)
_KEYCAP = "\u20e3"


def without_entities(text: str) -> str:
    """`&amp;` → `&`, as it comes along when people paste from pages."""
    return html.unescape(text) if "&" in text else text


def one_spelling(text: str) -> str:
    """Unicode's compatibility form: full-width digits, ligatures, `½` as 1/2, accents with their letters.

    Soft hyphens and whatever else nobody sees are gone; digits that a hard space groups are one number.
    """
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    text = _VULGAR.sub(" ", _GROUPED.sub("", text)).translate(_LOOKALIKES)
    text = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    return text if text.isascii() else "".join(map(_figure, text))


def _figure(sign: str) -> str:
    """Numbers of scripts that write them with signs of their own, as what they are worth."""
    return f" {unicodedata.numeric(sign):g} " if unicodedata.category(sign) in ("No", "Nl") else sign


def without_pictures(text: str) -> str:
    """Emoji and other pictures say nothing. A line of nothing else has nothing to say."""
    return text if text.isascii() else "".join(" " if _is_picture(sign) else sign for sign in text)


def _is_picture(sign: str) -> bool:
    if sign in _SAYING_SIGNS:
        return False
    return unicodedata.category(sign) in ("So", "Co", "Cs", "Cn") or sign == _KEYCAP or ord(sign) in _SKIN


def without_emphasis(text: str) -> str:
    """`*slowly*` → `slowly`."""
    return _EMPHASIS.sub(r"\2", text)


def plain_quotes(text: str) -> str:
    """Quotation marks say nothing and go; apostrophes as every engine knows them."""
    return _SINGLE_QUOTED.sub(r"\1", text.translate(_QUOTES).replace('"', ""))


def single_marks(text: str) -> str:
    """`!!!` → `!`, `?!` → `?`."""
    text = re.sub(r"[!?]*\?[!?]+|[!?]+\?[!?]*", "?", text)
    return re.sub(r"([,;:!])(?:\s?\1)+", r"\1", text)


def single_spaces(text: str) -> str:
    """White space of any kind, once."""
    return " ".join(text.split())


RULES = (
    without_entities,
    one_spelling,
    without_pictures,
    single_spaces,
    without_emphasis,
    plain_quotes,
    single_marks,
    single_spaces,
)
