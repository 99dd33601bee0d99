"""Text as bare words, so that only what sounds different counts as different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence, Set

from voiceguide.spoken import spoken_form

SAME_SOUND = (
    "sole soul",
    "soles souls",
    "heel heal he'll",
    "heels heals",
    "knead need",
    "kneading needing",
    "wringing ringing",
    "toe tow",
    "toes tows",
    "through threw",
    "whole hole",
    "weight wait",
    "one won",
    "two to too",
    "four for",
    "by buy bye",
    "hear here",
    "their there they're",
    "your you're",
    "its it's",
    "right write",
    "road rode",
    "no know",
    "hour our",
    "not knot",
    "wring ring",
    "cord chord",
)
"""Words that nobody can tell apart by ear, of those that sessions say. Each line is one sound."""
SAME_WORD = (
    "toward towards",
    "backward backwards",
    "forward forwards",
    "okay ok",
    "gray grey",
    "color colour",
    "center centre",
)
"""Two ways to write one word."""

_ONE = {word: group.split()[0] for group in (*SAME_SOUND, *SAME_WORD) for word in group.split()}


def bare(text: str, language: str = "en") -> list[str]:
    """The words of a text: small letters, numbers spelled out, no accents, no punctuation, hyphens as spaces."""
    spoken = spoken_form(text, language).replace("’", "'").casefold()
    plain = unicodedata.normalize("NFKD", spoken)
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)
    return [_ONE.get(word, word) for word in found]


def joined(words: Sequence[str], known: Set[str]) -> list[str]:
    """`words`, with two neighbours as one where that is a known word too: `finger tip` as `fingertip`.

    Done to both sides with the same `known`, it takes nothing away from their difference in sound.
    """
    found: list[str] = []
    for word in words:
        if found and found[-1] + word in known:
            found[-1] += word
        else:
            found.append(word)
    return found
