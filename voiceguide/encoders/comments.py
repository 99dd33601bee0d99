"""Vorbis comments, which FLAC, Ogg and Opus share, with chapters in them.

Chapters: "Chapter Extension" of the Xiph wiki, which keeps starts and names but no ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from voiceguide.encoders import Mark, Tags
from voiceguide.model.units import Millis, parse_duration

_PLACE = re.compile(r"chapter(\d{3,})")


def comments(tags: Tags) -> Iterator[tuple[str, str]]:
    """Names and values, chapters last and in order."""
    for name, value in (
        ("TITLE", tags.title),
        ("ARTIST", tags.artist),
        ("ALBUM", tags.album),
        ("LANGUAGE", tags.language),
        ("DESCRIPTION", tags.comment),
    ):
        if value:
            yield name, value
    for number, mark in enumerate(tags.marks, 1):
        yield f"CHAPTER{number:03d}", _clock(mark.start)
        yield f"CHAPTER{number:03d}NAME", mark.title


def marks(found: Iterable[tuple[str, str]], length: Millis) -> tuple[Mark, ...]:
    """The chapters among the comments of a file that plays for `length`, in the order of their numbers."""
    values = {name.lower(): value for name, value in found}
    numbers = sorted((match[1] for name in values if (match := _PLACE.fullmatch(name))), key=int)
    starts = [parse_duration(values[f"chapter{number}"]) for number in numbers]
    titles = [values.get(f"chapter{number}name", "") for number in numbers]
    ends = [end for _, end in pairwise((*starts, length))]
    return tuple(map(Mark, titles, starts, ends))


def _clock(place: Millis) -> str:
    """`01:02:03.250`, always in full."""
    seconds, millis = divmod(place, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{millis:03d}"
