"""Writing through libsndfile, which cannot pass the disk's errors on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.errors import EncoderError

if TYPE_CHECKING:
    from pathlib import Path

MOST = 4096
"""Frames given at once: libvorbis keeps some values a frame on the stack, which a minute of sound overflows."""


class _Disk:
    """A file for libsndfile. What goes wrong is kept here."""

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


class SoundFile:
    """One stereo file of a `container` and `subtype` as libsndfile names them; `wishes` are soundfile's own."""

    def __init__(self, path: Path, rate: int, container: str, subtype: str, title: str = "", **wishes: Any) -> None:
        import soundfile

        self._disk = _Disk(path)
        try:
            self._sound = soundfile.SoundFile(self._disk, "w", rate, 2, subtype, format=container, **wishes)
            if title:
                self._sound.title = title
        except soundfile.LibsndfileError as error:
            self._disk.close()
            raise self._reason(error) from error

    def write(self, samples: NDArray[np.float32] | NDArray[np.int16] | NDArray[np.int32]) -> None:
        """Takes samples of shape (frames, 2). Raises OSError or EncoderError."""
        try:
            for start in range(0, len(samples), MOST):
                self._sound.write(samples[start : start + MOST])
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
