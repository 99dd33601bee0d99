"""Whatever figures are left, in words: telephone numbers, ordinals, decimals, and plain numbers."""

from __future__ import annotations

import re

from voiceguide.spoken.words import LONGEST, said, spelled

_START = r"(?<![\w.,])"
_TELEPHONE = re.compile(
    r"(?<![\w.,])(?<!\d )(?:\+\d[\d ()/-]{5,24}\d|\(0\d{1,5}\)[\d /-]{4,16}\d|0\d{2,5}(?:[ /-]\d{2,8}){1,5}"
    r"|\(?\d{3}\)?[ -.]\d{3}[-. ]\d{4}|\d{3}-\d{4})(?![\w-]|[.,]\d)"
)
_CALLED = re.compile(
    r"\b(call|dial|ring|phone|text|code|pin)(\s(?:on\s|to\s)?)(\d{3,6})(?!\w|[.,:]\d|\s?%)", re.IGNORECASE
)
_GROUPS = re.compile(r"(?<![\w.,])\d{1,3}(?: 000)+(?!\w|[.,]\d)")
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,15}+)(st|nd|rd|th)(?!\w)", re.IGNORECASE)
_MINUS = re.compile(r"(?:(?<=\s)|(?<=\()|^)[-–]\s?(?=\.?\d)")
_POINT_FIRST = re.compile(r"(?<![\w.,])\.(?=\d)")
_TOUCHING = re.compile(r"(?<=[^\W\d])-?(?=\d)|(?<=\d)(?=[^\W\d])")
_SIZE = re.compile(r"(?<![\w-])A-?(\d{1,3})(?!\w|[.,]\d)")
_NUMBER = re.compile(r"\d++(?:,\d{3}(?!\d))*+(?:\.\d++)*+")
_NINE_ELEVEN = re.compile(r"(?<![\d.,])911(?![\d.,]*\d)")


def telephones(text: str) -> str:
    """Digit by digit, in the groups in which they are written."""
    text = _GROUPS.sub(lambda found: found.group().replace(" ", ""), text)
    text = _TELEPHONE.sub(lambda found: _telephone(found.group()), text)
    text = _CALLED.sub(lambda found: f"{found.group(1)}{found.group(2)}{spelled(found.group(3))}", text)
    return _NINE_ELEVEN.sub(spelled("911"), text)


def ordinals(text: str) -> str:
    """`1st` → first."""
    return _ORDINAL.sub(lambda found: said(int(found.group(1)), kind="ordinal"), text)


def numbers(text: str) -> str:
    """`1,000` → one thousand, `3.50` → three point five zero, `-5` → minus five, `B12` → B twelve."""
    if not any(map(str.isdecimal, text)):
        return text
    text = _POINT_FIRST.sub("0.", _MINUS.sub("minus ", text))
    # Engines take a lone A for the article.
    text = _SIZE.sub(lambda found: f"A-{_number(found.group(1))}", text)
    text = _TOUCHING.sub(" ", re.sub(r"(?<=\d)-(?=[A-Z]\d)", " ", text))
    return _NUMBER.sub(lambda found: _number(found.group()), text)


def _telephone(written: str) -> str:
    groups = [spelled(group) for group in re.findall(r"\d+", written)]
    return ("plus " if written.startswith("+") else "") + ", ".join(groups)


def _number(written: str) -> str:
    whole, *parts = written.replace(",", "").split(".")
    if len(parts) > 1:
        return " point ".join(_whole(part) for part in (whole, *parts))
    return _whole(whole) + "".join(f" point {spelled(part)}" for part in parts)


def _whole(digits: str) -> str:
    """A number as one, unless it is very long or begins with a zero, as codes do."""
    if len(digits) > LONGEST or (len(digits) > 1 and digits.startswith("0")):
        return spelled(digits)
    return said(int(digits))


RULES = (ordinals, numbers)
