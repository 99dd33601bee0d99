"""How words of a lexicon reach engines: each takes the form it understands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from voiceguide.model.script import Pronunciation, Utterance
from voiceguide.spoken import spoken_form


def as_spoken(lexicon: Iterable[Pronunciation], language: str) -> tuple[Pronunciation, ...]:
    """The entries with their words as they stand in spoken text (`TV` is `T-V` there); the first of a word wins."""
    entries: dict[str, Pronunciation] = {}
    for entry in lexicon:
        word = spoken_form(entry.word, language).rstrip(".")
        if word:
            entries.setdefault(word.casefold(), replace(entry, word=word))
    return tuple(entries.values())


def found_in(text: str, lexicon: Sequence[Pronunciation]) -> tuple[Pronunciation, ...]:
    """The entries whose words stand in `text`, whole and in any case."""
    folded = text.casefold()
    # Most words stand nowhere: looking for the letters first spares a pattern for each.
    return tuple(entry for entry in lexicon if entry.word.casefold() in folded and _whole(entry.word).search(text))


def respelled(utterance: Utterance) -> str:
    """The text for engines that read letters alone."""
    text = utterance.spoken
    for entry in utterance.pronounced:
        if entry.respelled:
            text = _whole(entry.word).sub(entry.respelled.replace("\\", r"\\"), text)
    return text


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)
