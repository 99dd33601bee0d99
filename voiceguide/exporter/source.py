"""Where a session's samples come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from voiceguide.audio.clip import Samples
from voiceguide.encoders import SameAs


def never(_start: int, _frames: int, _unit: int) -> None:
    """Nothing is known to repeat."""


@dataclass(frozen=True, slots=True)
class Source:
    """Blocks, float32 of shape (any, 2), and what of them repeats."""

    blocks: Callable[[int], Iterable[Samples]]
    """From any frame on to the end."""
    same_as: SameAs = never


def source_of(blocks: Iterable[Samples] | Source) -> Source:
    """Blocks that are made one after the other, as a source that is asked for them once."""
    return blocks if isinstance(blocks, Source) else Source(lambda _: blocks)
