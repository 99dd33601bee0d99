"""Writes what would be heard, up to where the listener stops: 16 bits, dithered."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from typing import TYPE_CHECKING, BinaryIO

from voiceguide.errors import CannotCreate, StorageError, UsageError

if TYPE_CHECKING:
    from voiceguide.outputs import Pull

_BLOCK = 4_096
_BYTES = 4  # a frame
_HEAD = struct.Struct("<4sI4s4sIQQQI4sIHHIIHH4sI")
_LARGEST = 0xFFFF_FFFF


class WavOutput:
    """Takes sound as quickly as it comes. The file has its name when `close` has finished it, and not before.

    Opened again, it goes on with the same file.
    """

    name = "wav"
    patient = True

    def __init__(self, parameter: str = "") -> None:
        if not parameter:
            raise UsageError("a file is needed to write what is heard", "name it: wav:session.wav")
        self._path = Path(parameter).expanduser()
        self.consumed = 0
        self.fault = ""
        self._stop = Event()
        self._thread: Thread | None = None
        self._part: Path | None = None

    def open(self, rate: int, pull: Pull) -> None:
        """Begins the file, or goes on with it. Raises CannotCreate where none can be."""
        self.close()
        # The name that a render gives its temporaries too, and clears away when a killed one left it behind.
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}-{token_hex(4)}.part")
        try:
            if self._path.is_dir():
                raise CannotCreate(f"cannot create '{self._path}': it is a folder", "add a file name")
            if self.consumed:
                self._path.replace(part)
            file = part.open("r+b" if self.consumed else "xb")
        except OSError as error:
            raise CannotCreate(f"cannot create '{self._path}': {error.strerror}", "choose another place") from error
        self._part, self._stop, self.fault = part, Event(), ""
        self._thread = Thread(target=self._run, args=(file, rate, pull, self._stop), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Gives the file its name. Raises StorageError, and leaves nothing, when it could not be written."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        part, self._part = self._part, None
        if part is None:
            return
        try:
            if self.fault:
                raise StorageError(self.fault, "make room, or choose another place")
            part.replace(self._path)
        except OSError as error:
            raise StorageError(f"cannot write '{self._path}': {error.strerror}", "choose another place") from error
        finally:
            part.unlink(missing_ok=True)

    def _run(self, file: BinaryIO, rate: int, pull: Pull, stop: Event) -> None:
        try:
            with file:
                self._write(file, rate, pull, stop)
        except Exception as error:
            self.fault = f"cannot write '{self._path}': {error}"

    def _write(self, file: BinaryIO, rate: int, pull: Pull, stop: Event) -> None:
        from voiceguide.audio.dither import to_int16

        written = self.consumed
        file.write(_head(rate, written))
        file.seek(0, os.SEEK_END)
        while not stop.is_set() and len(block := pull(_BLOCK)):
            file.write(to_int16(block, written).astype("<i2").tobytes())
            self.consumed = written = written + len(block)
        file.seek(0)
        file.write(_head(rate, written))
        file.flush()
        os.fsync(file.fileno())


def _head(rate: int, frames: int) -> bytes:
    """The header of a stereo WAV of 16 bits, or of an RF64 (EBU Tech 3306) where RIFF's 32-bit sizes end."""
    size = frames * _BYTES
    whole = size + _HEAD.size - 8
    long = whole > _LARGEST
    riff, spare, sizes = (b"RF64", b"ds64", (whole, size, frames)) if long else (b"RIFF", b"JUNK", (0, 0, 0))
    whole, size = (_LARGEST, _LARGEST) if long else (whole, size)
    form = (b"fmt ", 16, 1, 2, rate, rate * _BYTES, _BYTES, 16)
    return _HEAD.pack(riff, whole, b"WAVE", spare, 28, *sizes, 0, *form, b"data", size)
