"""FLAC: 16 bits, dithered, the same samples as WAV in half the space, with Vorbis comments and chapters in them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.encoders import Mark, Tags, Traits, reading
from voiceguide.encoders.comments import comments, marks
from voiceguide.encoders.pcm import PcmFile
from voiceguide.errors import UsageError
from voiceguide.model.units import Frames, Millis, to_millis

if TYPE_CHECKING:
    from pathlib import Path

_LEAST_RATIO = 0.1  # silence takes next to nothing; speech over a bed about 0.4
_BYTES_A_FRAME = 4
_OVERSHOOT = 0.1  # of the dither, and of meters that differ


class FlacEncoder:
    """Writes the samples, then the comments in front of them."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1, quality: str = "") -> None:
        self.traits(quality)
        self._path, self._rate, self._frames, self._tags = path, rate, frames, tags
        self._file = PcmFile(path, rate, "FLAC")

    @staticmethod
    def traits(quality: str) -> Traits:
        if quality:
            raise UsageError(f"FLAC has no quality '{quality}': it keeps everything", "leave --bitrate out")
        return Traits(_OVERSHOOT)

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

    def heard(self) -> Iterator[NDArray[np.float32]]:
        return reading.decoded(self._path, self._rate)


def _mutagen() -> Any:
    return import_module("mutagen.flac")


def read_marks(path: Path, length: Millis) -> tuple[Mark, ...]:
    """The chapters of a file that plays for `length`, in the order of their numbers."""
    return marks(_mutagen().FLAC(path).tags or (), length)
