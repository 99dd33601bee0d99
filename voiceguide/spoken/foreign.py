"""Languages other than English: number words, ranges and percent where they are known, and plain marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from voiceguide.spoken import plain
from voiceguide.spoken.words import LONGEST, knows, said, spelled


@dataclass(frozen=True, slots=True)
class Manner:
    """The few words that figures are spoken with."""

    to: str
    comma: str
    percent: str
    degrees: str
    minus: str
    euros: str


_MANNERS = {
    "de": Manner("bis", "Komma", "Prozent", "Grad", "minus", "Euro"),
    "fr": Manner("à", "virgule", "pour cent", "degrés", "moins", "euros"),
    "es": Manner("a", "coma", "por ciento", "grados", "menos", "euros"),
    "it": Manner("a", "virgola", "per cento", "gradi", "meno", "euro"),
    "nl": Manner("tot", "komma", "procent", "graden", "min", "euro"),
    "pt": Manner("a", "vírgula", "por cento", "graus", "menos", "euros"),
}
_BRACKETS = re.compile(r"\s*[()\[\]{}<>|\\]+\s*")
_NUMBER = re.compile(r"(?<![\w.,])(-?)(\d++)((?:\.\d{3})*+)(?:,(\d++))?+(?![\w.,]*\d)")
_DIGITS = re.compile(r"\d+")
_RANGE = re.compile(r"(?<=[\d%°])\s?[-–—]\s?(?=\d)")


@lru_cache
def rules(tag: str) -> tuple[Callable[[str], str], ...]:
    """The rules for a language tag in lower case. Where no number words are known, digits stay for the engine."""
    manner = _MANNERS.get(tag.partition("-")[0])
    figures = (partial(_signs, manner=manner), partial(_numbers, tag=tag, manner=manner)) if manner else ()
    rest = (partial(_leftover, tag=tag),) if knows(tag) else ()
    return (*plain.RULES, *figures, *rest, _asides, plain.single_spaces)


def _signs(text: str, manner: Manner) -> str:
    """`2-3` → `2 bis 3`, `5 %`, `20°`, `5 €`, `€5`."""
    text = re.sub(r"(?<![\w.,])€\s?(\d[\d.,]*)(?!\w)", r"\1 €", text)
    text = _RANGE.sub(f" {manner.to} ", text)
    for sign, word in (("%", manner.percent), ("°", manner.degrees), ("€", manner.euros)):
        text = re.sub(rf"(?<=\d)\s?{sign}", f" {word} ", text)
    return plain.single_spaces(text)


def _numbers(text: str, tag: str, manner: Manner) -> str:
    """Points group digits and a comma begins the decimals, as all six of these languages write."""

    def words(found: re.Match[str]) -> str:
        sign, first, groups, decimals = found.groups()
        whole = first + groups.replace(".", "")
        parts = [manner.minus] * bool(sign) + [_cardinal(whole, tag)]
        return " ".join([*parts, *([manner.comma, spelled(decimals, tag)] if decimals else [])])

    return _NUMBER.sub(words, text)


def _leftover(text: str, tag: str) -> str:
    """Figures in any other company, one after the other."""
    text = re.sub(r"(?<=\d)[.,:/](?=\d)", " ", text)
    text = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", text)
    return _DIGITS.sub(lambda found: _cardinal(found.group(), tag), text)


def _cardinal(digits: str, tag: str) -> str:
    if len(digits) > LONGEST or (digits.startswith("0") and len(digits) > 1):
        return spelled(digits, tag)
    return said(int(digits), tag)


def _asides(text: str) -> str:
    """Brackets are a breath, or nothing at an end."""
    text = _BRACKETS.sub(", ", text)
    text = re.sub(r"(?:,\s*)+(?=[.,;:!?…])", "", text)
    return re.sub(r"^[,\s]+|[,\s]+$", "", text)
