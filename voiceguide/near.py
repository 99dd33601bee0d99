"""Near misses: what somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the list of what there is."""
    choices = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), choices, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{choices[close[0]]}'?"
    return "there is " + ", ".join(sorted(choices.values())) if choices else ""
