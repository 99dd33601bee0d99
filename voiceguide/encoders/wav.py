"""WAV: 16 bits, dithered. It holds a title and no chapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.encoders import Tags
from voiceguide.encoders.pcm import PcmFile

if TYPE_CHECKING:
    from pathlib import Path

_BYTES_A_FRAME = 4
_ROOM = 1 << 16  # for headers and the title
_LARGEST_WAV = (1 << 32) - 1


class WavEncoder:
    """Writes RIFF, or RF64 where RIFF's 32-bit sizes end (six and three quarter hours at 44.1 kHz)."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1) -> None:
        self._frames = frames
        self._file = PcmFile(path, rate, container(frames), tags.title)

    def least_bytes(self) -> int:
        return self._frames * _BYTES_A_FRAME

    def write(self, block: NDArray[np.float32]) -> None:
        self._file.write(block)

    def close(self) -> None:
        self._file.close()

    def abort(self) -> None:
        self._file.abort()

    def marks(self) -> None:
        return None


def container(frames: int) -> str:
    """The kind of WAV that can hold `frames` stereo frames."""
    return "WAV" if frames * _BYTES_A_FRAME + _ROOM <= _LARGEST_WAV else "RF64"
