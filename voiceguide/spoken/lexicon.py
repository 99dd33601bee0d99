"""How words of a lexicon reach engines: each takes the form it understands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voiceguide.model.script import Pronunciation, Utterance


def found_in(text: str, lexicon: Sequence[Pronunciation]) -> tuple[Pronunciation, ...]:
    """The entries whose words stand in `text`, whole and in any case."""
    return tuple(entry for entry in lexicon if _whole(entry.word).search(text))


def respelled(utterance: Utterance) -> str:
    """The text for engines that read letters alone."""
    text = utterance.spoken
    for entry in utterance.pronounced:
        if entry.respelled:
            text = _whole(entry.word).sub(entry.respelled.replace("\\", r"\\"), text)
    return text


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)
