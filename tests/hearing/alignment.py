"""What was to be heard against what was heard, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jiwer


@dataclass(frozen=True, slots=True)
class Miss:
    """Words of the text, by index, heard as something else or not at all; or words heard that are not in it."""

    start: int
    end: int
    written: tuple[str, ...]
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Every word of `text` that was not heard in its place, and how many there are."""

    words: int
    misses: tuple[Miss, ...]

    @property
    def rate(self) -> float:
        """The word error rate: words changed, missing and added, over the words of the text."""
        return sum(max(len(miss.written), len(miss.heard)) for miss in self.misses) / max(1, self.words)

    def missed(self, start: int, end: int) -> list[int]:
        """Which words of the text, from `start` up to `end`, were not heard as they are."""
        lost = {place for miss in self.misses for place in range(miss.start, miss.end)}
        return sorted(lost.intersection(range(start, end)))


def align(text: Sequence[str], heard: Sequence[str]) -> Alignment:
    """The alignment with the fewest errors (Levenshtein's, over words). Both as `words.bare` gives them."""
    if not text or not heard:
        misses = (Miss(0, len(text), tuple(text), tuple(heard)),) if text or heard else ()
        return Alignment(len(text), misses)
    found = jiwer.process_words(" ".join(text), " ".join(heard)).alignments[0]
    misses = tuple(
        Miss(
            chunk.ref_start_idx,
            chunk.ref_end_idx,
            tuple(text[chunk.ref_start_idx : chunk.ref_end_idx]),
            tuple(heard[chunk.hyp_start_idx : chunk.hyp_end_idx]),
        )
        for chunk in found
        if chunk.type != "equal"
    )
    return Alignment(len(text), misses)
