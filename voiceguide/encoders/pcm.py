"""Files of whole samples or plain floats, without loss, through libsndfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio import wavbytes
from voiceguide.audio.dither import to_int16
from voiceguide.encoders.sound_file import SoundFile

if TYPE_CHECKING:
    from pathlib import Path


class PcmFile:
    """Takes float blocks and writes dithered 16-bit samples, the same ones in every format, or with `floats` the floats
    as they are."""

    def __init__(self, path: Path, rate: int, container: str, title: str = "", *, floats: bool = False) -> None:
        self._file = SoundFile(path, rate, container, "FLOAT" if floats else "PCM_16", title)
        self._path, self._floats = path, floats
        self._written = 0

    def write(self, block: NDArray[np.float32]) -> None:
        """Takes float32 samples, shape (frames, 2), within ±1. Raises OSError or EncoderError."""
        self._file.write(block if self._floats else to_int16(block, self._written))
        self._written += len(block)

    def close(self) -> None:
        """Finishes the file. Raises OSError or EncoderError."""
        self._file.close()
        if self._floats:
            with self._path.open("r+b") as file:
                wavbytes.forget_time(file, self._path.stat().st_size)

    def abort(self) -> None:
        """Lets go of the file."""
        self._file.abort()
