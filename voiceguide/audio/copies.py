"""Copies as FLAC of what cannot be read from any place: they are made when they are asked for, and may go again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock, Thread
from typing import TYPE_CHECKING
from weakref import finalize

from voiceguide.audio import unpacking
from voiceguide.audio.forward import forward
from voiceguide.audio.piped import piped

if TYPE_CHECKING:
    from soundfile import SoundFile

MP3, FLAC = "mp3", "flac"
"""Forms that libsndfile can read, but only from front to back; all others are ffmpeg's."""
_BLOCK = 1 << 16  # frames


class Copy:
    """A copy of the file at `path`, which is of `form`. Safe to be used by several threads."""

    def __init__(self, path: Path, form: str) -> None:
        self._original, self._form = path, form
        self._lock = Lock()
        self._made: Path | None = None
        self._begun = False
        self._away: Callable[[], object] = lambda: None
        self.size = 0
        """Bytes on the disk; 0 while it is not there, or not whole."""

    def path(self) -> Path:
        """Where it is; it is made if it is not there, which takes about a second for every three minutes.

        Raises EngineMissing and EncoderError as `unpacking.to_flac` does, OSError, and soundfile's own errors.
        """
        with self._lock:
            if self._made is None:
                self._made = self._make()
                self.size = self._made.stat().st_size
            return self._made

    def begin(self) -> None:
        """Makes it meanwhile, on a thread of its own. What fails is told to who asks for the path."""
        if not self._begun:
            self._begun = True
            Thread(target=self._try, daemon=True).start()

    def drop(self) -> None:
        """Takes it from the disk."""
        with self._lock:
            self._away()
            self._made, self._begun, self.size = None, False, 0

    def _try(self) -> None:
        with suppress(Exception):
            self.path()

    def _make(self) -> Path:
        folder = Path(mkdtemp(prefix="voiceguide-"))
        self._away = finalize(self, rmtree, folder, ignore_errors=True)
        copy = folder / "copy.flac"
        try:
            if self._form in (MP3, FLAC):
                _rewrite(self._original, self._form, copy)
            else:
                unpacking.to_flac(self._original, self._form, copy)
        except BaseException:
            self._away()
            raise
        return copy


def _rewrite(path: Path, form: str, copy: Path) -> None:
    """The whole of a file that libsndfile can read, as FLAC."""
    import soundfile

    done = 0
    with _from_front(path, form) as sound, soundfile.SoundFile(copy, "w", *_shape(sound)) as file:
        while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True)):
            file.write(block)
            done += len(block)
    if soundfile.info(str(copy)).frames != done:  # libsndfile says nothing of a disk that is full at the end
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _from_front(path: Path, form: str) -> SoundFile:
    return piped(path.open("rb")) if form == MP3 else forward()(str(path))


def _shape(sound: SoundFile) -> tuple[int, int, str]:
    return sound.samplerate, sound.channels, "PCM_24"
