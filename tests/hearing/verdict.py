"""A session heard: its word error rate, and for every word that was not heard, what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from alignment import Alignment, align
from evidence import likeness
from numpy.typing import NDArray
from recogniser import heard
from session import RATE, Line, Session
from words import bare, joined

Sound = NDArray[np.float32]

ALIKE = 0.9
"""Correlation from which a line's sound counts as there."""
AROUND = 0.3
"""Seconds of the mix on both sides of a line that is listened to alone."""
GAP = 0.6
"""Seconds between lines that are listened to one after the other."""
LOST = "LOST"


@dataclass(frozen=True, slots=True)
class Missed:
    """A word that was not heard in the whole session: which one, what was heard instead, and how it is explained."""

    line: int
    word: str
    instead: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rate` is the word error rate of the whole; `alike` the likeness of each line's clip, where clips are known."""

    words: int
    rate: float
    missed: tuple[Missed, ...]
    added: tuple[str, ...]
    """What was heard between the words of the text, with the word before it."""
    alike: tuple[float, ...]

    @property
    def lost(self) -> tuple[Missed, ...]:
        """Words without an explanation."""
        return tuple(missed for missed in self.missed if missed.explanation == LOST)


@dataclass(frozen=True, slots=True)
class Hearing:
    """A way to listen to a line again: what it proves, which lines are in the sound, and what was said before them."""

    proof: str
    lines: tuple[Line, ...]
    sound: Sound
    before: str = ""

    def missed(self, line: Line) -> set[int]:
        """Which words of `line`, by index, are not heard in their place."""
        at = self.lines.index(line)
        texts, found = _comparable([one.spoken for one in self.lines], heard(self.sound, RATE, self.before))
        start = sum(len(text) for text in texts[:at])
        alignment = align([word for text in texts for word in text], found)
        return {place - start for place in alignment.missed(start, start + len(texts[at]))}


def judge(session: Session) -> Verdict:
    """Listens to the whole, and again to whatever was not understood."""
    texts, understood = _comparable([line.spoken for line in session.lines], heard(session.sound, RATE))
    starts = [0, *accumulate(len(text) for text in texts)]
    found = align([word for text in texts for word in text], understood)
    alike = tuple(likeness(session.sound, RATE, one.start, one.clip) for one in session.lines if one.clip is not None)
    missed: list[Missed] = []
    for number, text in enumerate(texts):
        places = {place - starts[number] for place in found.missed(starts[number], starts[number + 1])}
        there = alike[number] if alike else 0.0
        for place, explanation in _explained(session, number, places, there) if places else ():
            missed.append(Missed(number, text[place], _instead(found, starts[number] + place), explanation))
    return Verdict(starts[-1], found.rate, tuple(missed), tuple(_added(found, texts)), alike)


def _comparable(texts: list[str], understood: str) -> tuple[list[list[str]], list[str]]:
    """Both sides as bare words, with the same compounds as one word."""
    words, found = [bare(text) for text in texts], bare(understood)
    known = {word for text in words for word in text} | set(found)
    return [joined(text, known) for text in words], joined(found, known)


def _added(found: Alignment, texts: list[list[str]]) -> Iterator[str]:
    words = [word for text in texts for word in text]
    for miss in found.misses:
        if miss.start == miss.end:
            yield f"{' '.join(words[max(0, miss.start - 1) : miss.start])} +{' '.join(miss.heard)}"


def _instead(found: Alignment, place: int) -> str:
    return next(" ".join(miss.heard) for miss in found.misses if miss.start <= place < miss.end)


def _explained(session: Session, number: int, places: set[int], alike: float) -> list[tuple[int, str]]:
    """Each of a line's missed words with the first explanation that holds."""
    rest = f"not understood, but its sound is there ({alike:.2f})" if alike >= ALIKE else LOST
    explained: dict[int, str] = dict.fromkeys(places, rest)
    unheard = set(places)
    for hearing in _hearings(session, number, trusted=alike >= ALIKE):
        if unheard:
            still = hearing.missed(session.lines[number])
            explained |= dict.fromkeys(unheard - still, hearing.proof)
            unheard &= still
    return sorted(explained.items())


def _hearings(session: Session, number: int, *, trusted: bool) -> Iterator[Hearing]:
    """Ways to listen to a line again, those that prove most first. A clip's word counts when it is in the mix."""
    line = session.lines[number]
    near = session.lines[max(0, number - 1) : number + 2]
    before = session.lines[number - 1].spoken if number else ""
    alone = _cut(session, line)
    yield Hearing("heard in the mix, alone", (line,), alone)
    yield Hearing("heard in the mix, with its neighbours", near, _strung([_cut(session, one) for one in near]))
    yield Hearing("heard in the mix, by one who knows the line before", (line,), alone, before)
    clips = [one.clip for one in near if one.clip is not None]
    if trusted and line.clip is not None and len(clips) == len(near):
        yield Hearing("heard in its clip, which is in the mix", (line,), _strung([line.clip]))
        yield Hearing("heard in its clip among others, which is in the mix", near, _strung(clips))


def _cut(session: Session, line: Line) -> Sound:
    margin = round(AROUND * RATE)
    return session.sound[max(0, line.start - margin) : line.end + margin]


def _strung(pieces: list[Sound]) -> Sound:
    """Pieces of sound one after the other, with quiet before, between and after."""
    gap = np.zeros(round(GAP * RATE), np.float32)
    return np.concatenate([gap, *(part for piece in pieces for part in (piece, gap))])
