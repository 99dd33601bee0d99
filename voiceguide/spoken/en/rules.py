"""All rules of English, in the order that they are tried.

Names and short forms first, then whatever gives figures a meaning (dates, clocks, money, units), then the figures that
are left, then letters, and last the marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from voiceguide.spoken import plain
from voiceguide.spoken.en import (
    capitals,
    figures,
    fractions,
    links,
    marks,
    moments,
    money,
    romans,
    shortened,
    slashes,
    units,
)

_FIGURE = re.compile(r"\d")
_POWER = re.compile("[²³]")
_SHORT = re.compile(r"[.#/A-Z\d]|\b(?:vs|etc|approx)\b")
_NUMERAL = re.compile(r"\b[IVXLC]+\b")


def _where(sign: re.Pattern[str], *rules: Callable[[str], str]) -> Callable[[str], str]:
    """`rules`, for texts in which `sign` is found: most have none, and looking once is quicker than trying each."""

    def rule(text: str) -> str:
        if sign.search(text):
            for one in rules:
                text = one(text)
        return text

    return rule


RULES = (
    _where(_POWER, units.powers),
    *plain.RULES,
    *links.RULES,
    _where(_SHORT, *shortened.RULES),
    _where(_FIGURE, *moments.RULES, *money.RULES, figures.telephones, *fractions.RULES),
    *slashes.RULES,
    _where(_FIGURE, *units.RULES),
    _where(_NUMERAL, *romans.RULES),
    _where(_FIGURE, *figures.RULES),
    *capitals.RULES,
    *marks.RULES,
)
