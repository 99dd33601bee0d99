"""What is written → what is said: small pure rules per language, before any engine sees the text."""

from __future__ import annotations

from collections.abc import Callable

from voiceguide.spoken import en

Rule = Callable[[str], str]
_RULES: dict[str, tuple[Rule, ...]] = {"en": en.RULES}


def spoken_form(text: str, language: str) -> str:
    """`text` as an engine should receive it; languages without rules of their own take the plain ones."""
    for rule in _RULES.get(language.partition("-")[0].lower(), en.PLAIN):
        text = rule(text)
    return text
