"""Reads a finished file, or a piece of one, again through libsndfile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.fingerprint import WINDOWS, Fingerprint
from voiceguide.audio.forward import forward
from voiceguide.audio.heard import Heard, grid
from voiceguide.errors import EncoderError

if TYPE_CHECKING:
    from soundfile import SoundFile

HINT = "try again, or another format; if it stays, please report it"
_SEGMENTS = 8
"""Of loudness, in a block: what is done with it finds it in the processor's cache, and without a rest."""
_BEGINNING = 4
"""Windows of the fingerprint."""


def decoded(path: Path, rate: int, channels: int = 2) -> Iterator[NDArray[np.float32]]:
    """The whole file in blocks of shape (any, 2); one channel is given twice.

    Raises EncoderError when it has other channels or another rate, or cannot be read to its end.
    """
    with path.open("rb") as disk:
        yield from _blocks(disk, rate, channels)


def decoded_bytes(data: bytes, rate: int) -> Iterator[NDArray[np.float32]]:
    """The same for a file with two channels that is no file yet."""
    with _in_memory(data) as file:
        yield from _blocks(file, rate, 2)


def check_bytes(path: Path, sums: Sequence[tuple[int, bytes]], checksum: Callable[[bytes], bytes]) -> None:
    """Raises EncoderError unless the file is pieces of so many bytes with these checksums, and nothing else."""
    with path.open("rb") as disk:
        for size, wanted in sums:
            if checksum(disk.read(size)) != wanted:
                raise EncoderError("the file is not what was written", HINT)
        if disk.read(1):
            raise EncoderError("the file is longer than what was written", HINT)


def check_beginning(path: Path, rate: int, heard: Heard) -> None:
    """Raises EncoderError unless players are promised the length of what was heard, and it begins as that does."""
    with path.open("rb") as disk, _sound(disk, rate, 2) as sound:
        if sound.frames != heard.frames:
            raise EncoderError(f"the file holds {sound.frames} frames in place of {heard.frames}", HINT)
        prints = Fingerprint(rate)
        prints.add(sound.read(_BEGINNING * rate // WINDOWS, dtype="float32", always_2d=True))
    begun = prints.finish()
    count = min(_BEGINNING, heard.frames // (rate // WINDOWS))
    # Kept chunks may have been heard by another libsndfile, or on another processor: their last bits differ.
    if not np.allclose(begun.powers[:count], heard.fingerprint.powers[:count], rtol=1e-3, atol=1e-9):
        raise EncoderError("the file begins differently from what was decoded", HINT)


@contextmanager
def _sound(disk: IO[bytes], rate: int, channels: int) -> Iterator[SoundFile]:
    try:
        # By descriptor, because a name may have no spelling in this locale.
        source = disk if isinstance(disk, BytesIO) else disk.fileno()
        with forward()(source, closefd=False) as sound:
            if (sound.samplerate, sound.channels) != (rate, channels):
                raise EncoderError(f"the file has {sound.channels} channels at {sound.samplerate} Hz", HINT)
            yield sound
    except RuntimeError as error:
        raise EncoderError(f"the file cannot be decoded again: {error}", HINT) from error


def _blocks(disk: IO[bytes], rate: int, channels: int) -> Iterator[NDArray[np.float32]]:
    with _sound(disk, rate, channels) as sound:
        while len(block := sound.read(_SEGMENTS * grid(rate), dtype="float32", always_2d=True)):
            yield block if channels == 2 else np.repeat(block, 2, axis=1)


def _in_memory(data: bytes) -> IO[bytes]:
    """A file that is on no disk: where the system knows such, libsndfile reads it without holding up other threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            file = os.fdopen(os.memfd_create("voiceguide"), "w+b", buffering=0)
            if file.write(data) == len(data):
                file.seek(0)
                return file
            file.close()
    return BytesIO(data)
