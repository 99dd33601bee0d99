"""Prices: `$5.50` → 5 dollars and 50 cents. The figures become words later."""

from __future__ import annotations

import re

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
_SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}
_SIGN = "([$€£¥₹])"
_AMOUNT = r"(\d++(?:,\d{3})*+)(?:\.(\d++))?+"
_SCALE = r"(?:\s?(k|m|bn|b|thousand|million|billion|trillion)(?!\w))?"
_BEFORE = re.compile(rf"{_SIGN}\s?{_AMOUNT}{_SCALE}(?![\w])", re.IGNORECASE)
_AFTER = re.compile(rf"(?<![\w.,$€£]){_AMOUNT}{_SCALE}\s?{_SIGN}(?!\s?\d)", re.IGNORECASE)
_RANGE = re.compile(rf"{_SIGN}\s?(\d[\d.,]*+{_SCALE})\s?[-–—]\s?(?:\1\s?)?(?=\d)", re.IGNORECASE)
_CENTS = re.compile(r"(?<=\d)\s?¢")


def prices(text: str) -> str:
    """Amounts with their currency, `$5-10` included."""
    if not re.search(r"[$€£¥₹¢]", text):
        return text
    text = _RANGE.sub(r"\2 to \1", text)
    text = _BEFORE.sub(lambda found: _price(found.group(1), *found.groups()[1:]), text)
    text = _AFTER.sub(lambda found: _price(found.group(4), *found.groups()[:3]), text)
    return _CENTS.sub(" cents", text)


def _price(sign: str, whole: str, part: str | None, scale: str | None) -> str:
    one, many, small, smalls = _CURRENCIES[sign]
    if scale:
        return f"{whole}{f'.{part}' if part else ''} {_SCALES.get(scale.lower(), scale)} {many}"
    if part and len(part) != 2:
        return f"{whole}.{part} {many}"
    coins = int(part or 0)
    change = f"{coins} {small if coins == 1 else smalls}"
    if coins and not whole.strip("0,"):
        return change
    return f"{whole} {one if whole == '1' else many}" + (f" and {change}" if coins else "")


RULES = (prices,)
