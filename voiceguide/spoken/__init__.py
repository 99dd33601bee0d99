"""What is written → what is said: small pure rules per language, before any engine sees the text."""

from __future__ import annotations

from collections.abc import Callable

from voiceguide.spoken import en

Rule = Callable[[str], str]
PASSES = 8
"""What one rule uncovers another may read (`**2-3** min`), so they go over a text until nothing changes; two passes do
for what people write."""


def spoken_form(text: str, language: str) -> str:
    """`text`, one written sentence, as an engine should receive it: words and the marks that sentences breathe by.

    English gets rules of its own; other languages number words where they are known, and plain marks. What comes out
    comes back unchanged when it goes in again. No word is lost: emoji and marks that say nothing are.
    """
    tag = language.replace("_", "-").lower()
    if en.speaks(tag) and en.is_plain(text):
        return text
    rules = _rules(tag)
    for _ in range(PASSES):
        said = _once(text, rules)
        if said == text:
            break
        text = said
    return text


def _rules(tag: str) -> tuple[Rule, ...]:
    """Loaded here: most sentences need none, and their hundred patterns cost more than a short session's compiling."""
    if en.speaks(tag):
        from voiceguide.spoken.en.rules import RULES

        return RULES
    from voiceguide.spoken import foreign

    return foreign.rules(tag)


def _once(text: str, rules: tuple[Rule, ...]) -> str:
    for rule in rules:
        text = rule(text)
    return text
