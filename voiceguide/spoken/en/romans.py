"""Roman numerals where they are numbers: `Part IV`, `Henry VIII`. Never `I`, which is a person."""

from __future__ import annotations

import re

from voiceguide.spoken.words import said

_NUMERAL = r"(?=[VXLC]|I[IVX])(?:X{1,3}|XL|LX{0,3}|X?C{1,3})?(?:IX|IV|V?I{0,3})"
_COUNTED = (
    "part|chapter|act|scene|book|volume|vol|section|phase|level|stage|step|week|day|type|grade|class|unit|figure"
    "|appendix|lesson|module|round|war|series|article|table|title|session|exercise|position|group|category"
)
_RULERS = (
    "henry|elizabeth|charles|george|louis|james|edward|richard|william|mary|napoleon|philip|francis|peter|catherine"
    "|frederick|wilhelm|pius|paul|benedict|gregory|leo|john|innocent|nicholas|ivan|alexander|ramses|gustav"
)
_AFTER_WORD = re.compile(rf"\b({_COUNTED})(s?)\s({_NUMERAL})(?![\w'-])", re.IGNORECASE)
_AFTER_NAME = re.compile(rf"\b((?i:{_RULERS}))\s({_NUMERAL})(?!\w)")
_ALONE = re.compile(r"(?<![\w'-])(II|III|IV|VI|VII|VIII|IX|XI|XII|XIII|XIV|XV|XVI|XVII|XVIII|XIX|XXI)(?![\w-])")
_DRIP = re.compile(r"\b(?:an|the|by|on|via|your|his|her|their|no|this)\s$", re.IGNORECASE)
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def romans(text: str) -> str:
    """Behind a word that is counted a number, behind a ruler's name an ordinal, alone a number."""
    text = _AFTER_WORD.sub(lambda found: _counted(found), text)
    text = _AFTER_NAME.sub(lambda found: f"{found.group(1)} the {said(_value(found.group(2)), kind='ordinal')}", text)
    return _ALONE.sub(lambda found: _alone(found), text)


def _counted(found: re.Match[str]) -> str:
    numeral = found.group(3)
    # The word may be in any case, the numeral may not: `day civil`.
    if not numeral.isupper() or (len(numeral) == 1 and numeral not in "VX"):
        return found.group()
    return f"{found.group(1)}{found.group(2)} {said(_value(numeral))}"


def _alone(found: re.Match[str]) -> str:
    """An IV may be a drip: `the IV`. As a number it follows its noun."""
    numeral = found.group(1)
    if numeral == "IV" and _DRIP.search(found.string[max(0, found.start() - 8) : found.start()]):
        return "I-V"
    return said(_value(numeral))


def _value(numeral: str) -> int:
    figures = [_VALUES[sign] for sign in numeral.upper()]
    return sum(-one if one < after else one for one, after in zip(figures, [*figures[1:], 0], strict=True))


RULES = (romans,)
