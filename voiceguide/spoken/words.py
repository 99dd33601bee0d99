"""Number words, from the num2words library, which is loaded for the first number that somebody writes."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

LONGEST = 15
"""Digits of a number that is still said as one; of longer ones, each digit is."""

Kind = Literal["cardinal", "ordinal", "year"]


@lru_cache(4096)
def said(number: int, language: str = "en", kind: Kind = "cardinal") -> str:
    """`number` in words: 42 → `forty-two`, `forty-second`; 1998 as a year → `nineteen ninety-eight`.

    `language` is a tag that `knows` takes. Raises NotImplementedError where it has no such words.
    """
    from num2words import num2words

    return str(num2words(number, lang=_name(language), to=kind)).replace(",", "").replace("oh-", "oh ")


def spelled(digits: str, language: str = "en") -> str:
    """Digit by digit: `0800` → `zero eight zero zero`. Whatever is not a digit parts them."""
    return " ".join(said(int(digit), language) for digit in digits if digit.isdecimal())


@lru_cache
def knows(language: str) -> bool:
    """True for a language tag whose number words there are."""
    from num2words import CONVERTER_CLASSES

    return _name(language) in CONVERTER_CLASSES


def _name(tag: str) -> str:
    """`pt-br` → `pt_BR` where that is another language than `pt` to the library, else `pt`."""
    from num2words import CONVERTER_CLASSES

    language, _, region = tag.replace("_", "-").partition("-")
    full = f"{language.lower()}_{region.upper()}"
    return full if full in CONVERTER_CLASSES else language.lower()
