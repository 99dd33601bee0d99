"""WAV: 16 bits, dithered, or 32-bit floats. It holds a title and no chapters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.encoders import Tags, Traits, reading
from voiceguide.encoders.pcm import PcmFile
from voiceguide.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FLOAT = "float"
"""The quality of files that are to be mixed again: 32-bit floats, nothing rounded."""
_BYTES_A_FRAME = {"": 4, "16": 4, FLOAT: 8}
_OVERSHOOT = 0.1  # of the dither, and of meters that differ
_ROOM = 1 << 16  # for headers and the title
_LARGEST_WAV = (1 << 32) - 1


class WavEncoder:
    """Writes RIFF, or RF64 where RIFF's 32-bit sizes end (six and three quarter hours of 16 bits at 44.1 kHz)."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1, quality: str = "") -> None:
        self.traits(quality)
        self._path, self._rate = path, rate
        self._bytes = frames * _BYTES_A_FRAME[quality]
        self._file = PcmFile(path, rate, container(self._bytes), tags.title, floats=quality == FLOAT)

    @staticmethod
    def traits(quality: str) -> Traits:
        if quality not in _BYTES_A_FRAME:
            raise UsageError(f"there is no WAV of quality '{quality}'", f"use 16, or {FLOAT}")
        return Traits(_OVERSHOOT)

    def least_bytes(self) -> int:
        return self._bytes

    def write(self, block: NDArray[np.float32]) -> None:
        self._file.write(block)

    def close(self) -> None:
        self._file.close()

    def abort(self) -> None:
        self._file.abort()

    def marks(self) -> None:
        return None

    def heard(self) -> Iterator[NDArray[np.float32]]:
        return reading.decoded(self._path, self._rate)


def container(size: int) -> str:
    """The kind of WAV that can hold `size` bytes of samples."""
    return "WAV" if size + _ROOM <= _LARGEST_WAV else "RF64"
