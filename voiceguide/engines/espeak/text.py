"""What the espeak library is given for an utterance, and which written words the events that it answers with mean.

Pure: offsets and texts alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from voiceguide.engines import Word
from voiceguide.engines.espeak.phonemes import mnemonics
from voiceguide.model.script import Pronunciation, Utterance
from voiceguide.model.units import Frames, to_millis

_TOO_LONG = (re.compile(r"\S{100}(?=\S)"), re.compile(r"\w{38}(?=\w)"), re.compile(r"\d{30}(?=\d)"))
"""Runs from which espeak loses the end, without a word: it spells at most 40 letters or 30 digits."""
_ITEM = re.compile(r"[\u2e80-\U0003ffff]|\w{1,4}|[^\w\s]")
_MOST_ITEMS = 120
"""Of a clause, from which espeak loses what comes after 300 words, signs that it names among them, or 800 characters.
A sentence of sixty words without a comma is within it."""
_ENDS = (",", ".", ";", ":", "!", "?", "…")
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Given:
    """The library's text, and for each of its characters the offset in `Utterance.spoken` that it stands for."""

    text: str
    origins: tuple[int, ...]
    phonemes: bool = False
    """True when it holds mnemonics in double brackets."""


def given(utterance: Utterance, *, english: bool) -> Given:
    """The text for the library: words of the lexicon replaced, long runs divided, nothing in it a command.

    `english` says whether the voice knows English phonemes; others get respellings.
    """
    plain = _plain(utterance.spoken)
    forms = {entry.word.lower(): form for entry in utterance.pronounced if (form := _form(entry, english=english))}
    text, origins, at = "", list[int](), 0
    for word in _any_of(forms).finditer(plain):
        form = forms.get(word.group().lower(), word.group())
        text += plain[at : word.start()] + form
        origins += [*range(at, word.start()), *[word.start()] * len(form)]
        at = word.end()
    text, origins = text + plain[at:], [*origins, *range(at, len(plain))]
    longer = divided(text)
    return Given(longer, _stretched(text, longer, origins), "[[" in longer)


def divided(text: str) -> str:
    """`text` with spaces in runs, and commas in clauses, that espeak would not say to their end."""
    return "".join(_with_breaths(re.findall(r"\S+|\s+", with_spaces(text))))


def with_spaces(text: str) -> str:
    """`text` with spaces in runs that espeak would not say to their end."""
    for run in _TOO_LONG:
        text = run.sub(r"\g<0> ", text)
    return text


def _with_breaths(pieces: Iterable[str]) -> Iterator[str]:
    """Words and the spaces between them, with commas where a clause is longer than the library can hold."""
    items = 0
    for piece in pieces:
        items = 0 if piece.endswith(_ENDS) else items + len(_ITEM.findall(piece))
        if items > _MOST_ITEMS and piece.isspace():
            items = 0
            yield ","
        yield piece


def tokens(text: str) -> list[tuple[int, int]]:
    """Start and end of each run without spaces."""
    return [token.span() for token in _TOKEN.finditer(text)]


def reached(spans: list[tuple[int, int]], places: Iterable[int]) -> list[int]:
    """For each offset in `places` the number of the token that holds it; an offset between two means the second."""
    ends = [end for _, end in spans]
    return [min(bisect_right(ends, place), len(ends) - 1) for place in places] if ends else []


def passed_over(text: str, said: Iterable[tuple[int, int]], alone: Callable[[str], int]) -> str:
    """The first words of `text` that were not said; "" when all were.

    `said` are (offset in the text, phonemes) of each event, and `alone` counts the phonemes of a word by itself. Some
    words are said as one ("of the") and have one event: then its phonemes are too many for the first word alone.
    """
    spans, said = tokens(text), list(said)
    phonemes = Counter[int]()
    for number, (_, count) in zip(reached(spans, (place for place, _ in said)), said, strict=True):
        phonemes[number] += count
    for begin, end in pairwise([*sorted({0, *phonemes}), len(spans)]):
        group = [text[a:b] for a, b in spans[begin:end] if any(map(str.isalnum, text[a:b]))]
        least = len(group) if len(group) < 2 else alone(group[0]) + len(group) - 1
        if phonemes[begin] < least:
            return " ".join(group)
    return ""


def words(spoken: str, given: Given, events: Iterable[tuple[int, int]], rate: int) -> tuple[Word, ...]:
    """The words of `spoken` with their times; joined by spaces they are the whole text.

    `events` are (offset in the given text, frame at `rate` Hz). What the voice says as one ("of the") stays one.
    """
    spans = tokens(spoken)
    events = [(place, frame) for place, frame in events if spans and place < len(given.origins)]
    numbers = reached(spans, (given.origins[place] for place, _ in events))
    first: dict[int, int] = {}
    for number, (_, frame) in zip(numbers, events, strict=True):
        first.setdefault(number, frame)
    heard = sorted(first)
    # Signs before the first word go with it.
    begins = [0, *heard[1:]]
    ends = [*heard[1:], len(spans)]
    return tuple(
        Word(" ".join(spoken[a:b] for a, b in spans[begin:end]), to_millis(Frames(first[number]), rate))
        for number, begin, end in zip(heard, begins, ends, strict=False)
    )


def _plain(text: str) -> str:
    """Without what espeak takes for commands: control characters, its private alphabet, and double brackets."""
    return "".join(" " if _is_command(c) else c for c in text).replace("[[", "  ")


def _is_command(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Co", "Cs", "Cn")


def _form(entry: Pronunciation, *, english: bool) -> str:
    """The entry in the library's mnemonics where these are sure, else respelled."""
    phonemes = mnemonics(entry.ipa) if english else ""
    return phonemes or _plain(entry.respelled)


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, whole and in any case, the longest first; nothing at all when there are none."""
    choices = "|".join(re.escape(word) for word in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![^\W_])(?:{choices})(?![^\W_])" if choices else r"(?!)", re.IGNORECASE)


def _stretched(text: str, longer: str, origins: list[int]) -> tuple[int, ...]:
    """`origins` for `longer`, which is `text` with spaces before what is none, and commas before spaces."""
    at, stretched = 0, list[int]()
    for character in longer:
        stretched.append(origins[min(at, len(origins) - 1)])
        at += text[at : at + 1] == character
    return tuple(stretched)
