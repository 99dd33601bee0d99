"""M4A and M4B, which libsndfile does not know: described by mutagen, decoded by ffmpeg."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from voiceguide.audio.clip import Samples
from voiceguide.audio.ffmpeg import program
from voiceguide.encoders import Mark, m4a
from voiceguide.errors import EncoderError

SLACK = m4a.FRAME
"""Frames by which a decoded file may outlast what it was made from: the last AAC frame is filled up."""
_KINDS = {"mp4a": "AAC", "alac": "ALAC", "fLaC": "FLAC", "Opus": "OPUS"}
LOWEST, HIGHEST = 4_000, 384_000
"""Sample rates in Hz that can be: others are those of a damaged header."""
_MOST_CHANNELS = 16
_LARGE, _TO_THE_END = 1, 0  # sizes of boxes that mean another: ISO/IEC 14496-12, section 4.2


def is_mp4(head: bytes) -> bool:
    """Whether a file that begins like this is one."""
    return head[4:8] == b"ftyp"


class Stream:
    """The sound of one file, read as `soundfile` reads others.

    Raises EngineMissing where there is no ffmpeg, OSError where the file holds no sound.
    """

    format = "MP4"

    def __init__(self, path: Path) -> None:
        program()
        info = _info(path)
        self.samplerate, self.channels = int(info.sample_rate), int(info.channels)
        self.frames = round(info.length * self.samplerate)
        self.subtype = _KINDS.get(str(info.codec).partition(".")[0], "AAC")
        form = ("-f", "f32le", "-ar", str(self.samplerate), "-ac", str(self.channels))
        self._run = m4a.reading(path, "-map", "0:a:0", *form, "pipe:1")

    def read(self, frames: int, dtype: str = "float32", always_2d: bool = True) -> Samples:  # noqa: ARG002
        """The next frames, fewer at the end, shape (frames, channels). Raises RuntimeError for what is damaged."""
        size = 4 * self.channels
        pipe = self._run.process.stdout
        data = pipe.read(frames * size) if pipe else b""
        if not data:
            self._finish()
        return np.frombuffer(data[: len(data) // size * size], "<f4").reshape(-1, self.channels).astype(dtype)

    def close(self) -> None:
        """Ends the decoding, wherever it is."""
        self._run.stop()

    def _finish(self) -> None:
        try:
            self._run.finish()
        except EncoderError as error:
            raise RuntimeError("ffmpeg finds an error there") from error


def marks(path: Path) -> tuple[Mark, ...]:
    """The chapters; none where they cannot be read."""
    try:
        return m4a.chapters(path)
    except (EncoderError, OSError):
        return ()


def missing(file: BinaryIO, size: int) -> int:
    """Bytes that the outermost boxes of an open file of `size` bytes promise and that are not there."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == _TO_THE_END:
            return 0
        at += max(16, int.from_bytes(head[8:], "big")) if length == _LARGE else max(8, length)
    return max(0, at - size)


def _info(path: Path) -> Any:
    mutagen, mp4 = import_module("mutagen"), import_module("mutagen.mp4")
    try:
        info = mp4.MP4(path).info
    except (mutagen.MutagenError, ValueError, KeyError, EOFError) as error:
        raise OSError("there is no sound in it") from error
    if not (LOWEST <= info.sample_rate <= HIGHEST and 1 <= info.channels <= _MOST_CHANNELS):
        raise OSError(f"{info.channels} channels at {info.sample_rate} Hz cannot be")
    return info
