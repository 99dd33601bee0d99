"""Files of whole 16-bit samples through libsndfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.dither import to_int16
from voiceguide.errors import EncoderError

if TYPE_CHECKING:
    from pathlib import Path


class _Disk:
    """A file for libsndfile, which cannot pass errors on: they are kept here."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=1 << 18)
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._file.seek(offset, whence)
        except OSError as error:  # what was buffered could not be written
            self.error = self.error or error
            return 0

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


class PcmFile:
    """Takes float blocks and writes dithered 16-bit samples: the same ones in every format."""

    def __init__(self, path: Path, rate: int, container: str, title: str = "") -> None:
        import soundfile

        self._disk = _Disk(path)
        self._written = 0
        try:
            self._sound = soundfile.SoundFile(self._disk, "w", rate, 2, "PCM_16", format=container)
            if title:
                self._sound.title = title
        except soundfile.LibsndfileError as error:
            self._disk.close()
            raise self._reason(error) from error

    def write(self, block: NDArray[np.float32]) -> None:
        """Takes float32 samples, shape (frames, 2), within ±1. Raises OSError or EncoderError."""
        samples = to_int16(block, self._written)
        self._written += len(block)
        try:
            self._sound.write(samples)
        except (RuntimeError, AssertionError) as error:  # soundfile asserts that all was written
            raise self._reason(error) from error

    def close(self) -> None:
        """Finishes the file. Raises OSError or EncoderError."""
        try:
            self._sound.close()
        except RuntimeError as error:
            raise self._reason(error) from error
        self._disk.close()
        if self._disk.error:
            raise self._disk.error

    def abort(self) -> None:
        """Lets go of the file."""
        for part in (self._sound, self._disk):
            try:
                part.close()
            except (OSError, RuntimeError):
                continue  # it is thrown away

    def _reason(self, error: Exception) -> Exception:
        return self._disk.error or EncoderError(f"the audio library failed: {error}")
