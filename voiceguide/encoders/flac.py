"""FLAC: 16 bits, dithered, the same samples as WAV in half the space, with Vorbis comments and chapters in them.

Chapters: "Chapter Extension" of the Xiph wiki, which keeps starts and names but no ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.encoders import Mark, Tags
from voiceguide.encoders.pcm import PcmFile
from voiceguide.model.units import Frames, Millis, parse_duration, to_millis

if TYPE_CHECKING:
    from pathlib import Path

_LEAST_RATIO = 0.1  # silence takes next to nothing; speech over a bed about 0.4
_BYTES_A_FRAME = 4
_PLACE = re.compile(r"chapter(\d{3,})")


class FlacEncoder:
    """Writes the samples, then the comments in front of them."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1) -> None:
        self._path, self._rate, self._frames, self._tags = path, rate, frames, tags
        self._file = PcmFile(path, rate, "FLAC")

    def least_bytes(self) -> int:
        return round(self._frames * _BYTES_A_FRAME * _LEAST_RATIO)

    def write(self, block: NDArray[np.float32]) -> None:
        self._file.write(block)

    def close(self) -> None:
        self._file.close()
        self._comment()

    def _comment(self) -> None:
        flac = _mutagen().FLAC(self._path)
        if flac.tags is None:
            flac.add_tags()
        flac.tags.extend(comments(self._tags))
        flac.save(padding=lambda _: 0)

    def abort(self) -> None:
        self._file.abort()

    def marks(self) -> tuple[Mark, ...]:
        return read_marks(self._path, to_millis(Frames(self._frames), self._rate))


def _mutagen() -> Any:
    return import_module("mutagen.flac")


def comments(tags: Tags) -> Iterator[tuple[str, str]]:
    """Vorbis comments, chapters last and in order."""
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


def read_marks(path: Path, length: Millis) -> tuple[Mark, ...]:
    """The chapters of a file that plays for `length`, in the order of their numbers."""
    found = {name.lower(): value for name, value in _mutagen().FLAC(path).tags or ()}
    numbers = sorted((match[1] for name in found if (match := _PLACE.fullmatch(name))), key=int)
    starts = [parse_duration(found[f"chapter{number}"]) for number in numbers]
    titles = [found.get(f"chapter{number}name", "") for number in numbers]
    ends = [end for _, end in pairwise((*starts, length))]
    return tuple(map(Mark, titles, starts, ends))


def _clock(place: Millis) -> str:
    """`01:02:03.250`, always in full."""
    seconds, millis = divmod(place, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{millis:03d}"
