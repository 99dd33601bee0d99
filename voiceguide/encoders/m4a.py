"""M4A and M4B: AAC through ffmpeg, with chapters that players and audiobook apps show."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.ffmpeg import ONLY_FILES, Run, program
from voiceguide.encoders import Mark, Tags, Traits, ffmetadata
from voiceguide.encoders.id3 import LANGUAGES
from voiceguide.encoders.reading import HINT
from voiceguide.errors import EncoderError, UsageError

BITRATE = 128
"""kbit/s. 15 minutes take 15 CPU seconds, on one core: AAC in chunks does not join cleanly."""
FRAME = 1024
"""Samples in one AAC frame: readers that ignore the edit list find up to one frame of silence at the end."""
_LEAST, _MOST = 64, 320
_BITRATE = re.compile(r"(\d{2,3})k?")
_LEAST_BYTES = 500  # a second: what silence takes, roughly halved
_BLOCK = 1 << 19


class M4aEncoder:
    """Gives ffmpeg the samples as they are, and hears it out."""

    brand = "M4A "
    kind = 1
    """What Apple's players take the file for: music."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1, quality: str = "") -> None:
        bitrate = _bitrate(quality)
        program()
        with path.open("ab"):  # says what is wrong with the place, as ffmpeg does not
            pass
        self._path, self._rate, self._frames = path, rate, frames
        self._folder = TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True)
        metadata = Path(self._folder.name, "tags")
        metadata.write_text(ffmetadata.written(tags), encoding="utf-8", newline="\n")
        self._run = Run(
            *("-f", "f32le", "-ar", str(rate), "-ac", "2", *ONLY_FILES, "-i", "pipe:0"),
            *("-f", "ffmetadata", *ONLY_FILES, "-i", f"file:{metadata}"),
            *("-map", "0:a", "-map_metadata", "1", "-map_chapters", "1"),
            *("-metadata:s:a:0", f"language={_language(tags)}", "-metadata", f"media_type={self.kind}"),
            *("-c:a", "aac", "-b:a", f"{bitrate}k", "-threads", "1", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
            *("-f", "ipod", "-brand", self.brand, "-movflags", "+faststart", "-y", f"file:{os.fspath(path)}"),
            stdin=subprocess.PIPE,
        )

    @staticmethod
    def traits(quality: str) -> Traits:
        bitrate = _bitrate(quality)
        program()
        # Measured on speech that was limited hard, as `acx` wants it over long rests: 1.4 dB; otherwise half of that.
        return Traits(1.5 if bitrate >= BITRATE else 2.0)

    def least_bytes(self) -> int:
        return max(1, self._frames * _LEAST_BYTES // self._rate)

    def write(self, block: NDArray[np.float32]) -> None:
        pipe = self._run.process.stdin
        if pipe is None:
            raise EncoderError("ffmpeg takes no samples")
        try:
            pipe.write(block.astype("<f4", copy=False).tobytes())
        except BrokenPipeError:
            self._run.finish()
            raise EncoderError("ffmpeg ended before the sound did", HINT) from None

    def close(self) -> None:
        pipe = self._run.process.stdin
        with suppress(BrokenPipeError):  # it has said why
            if pipe is not None:
                pipe.close()
        self._run.finish()
        self._folder.cleanup()

    def abort(self) -> None:
        self._run.stop()
        self._folder.cleanup()

    def marks(self) -> tuple[Mark, ...]:
        return chapters(self._path)

    def heard(self) -> Iterator[NDArray[np.float32]]:
        return decoded(self._path, self._frames)


class M4bEncoder(M4aEncoder):
    """The same, as an audiobook: players remember the place."""

    brand = "M4B "
    kind = 2


def decoded(path: Path, frames: int) -> Iterator[NDArray[np.float32]]:
    """A stereo file that is to hold `frames` frames, in blocks of shape (any, 2); what fills its last AAC frame is cut.

    Raises EncoderError when it cannot be read to its end.
    """
    left = frames
    for piece in _pieces(reading(path, "-map", "0:a", "-f", "f32le", "pipe:1")):
        block = np.frombuffer(piece[: len(piece) // 8 * 8], "<f4").reshape(-1, 2)
        yield block[: max(0, left)] if left + FRAME >= len(block) else block
        left -= len(block)


def chapters(path: Path) -> tuple[Mark, ...]:
    """Those of any file. Raises EncoderError when it cannot be read."""
    # Without -copyts chapters are moved by the encoder's delay.
    run = Run("-copyts", *_from(path), "-f", "ffmetadata", "pipe:1", stdout=subprocess.PIPE)
    return ffmetadata.marks(b"".join(_pieces(run)).decode("utf-8", errors="replace"))


def reading(path: Path, *wanted: str) -> Run:
    """ffmpeg at work on a file, with a pipe for what is `wanted` of it; any damage is an error."""
    return Run("-xerror", "-err_detect", "explode", *_from(path), *wanted, stdout=subprocess.PIPE)


def _bitrate(quality: str) -> int:
    match = _BITRATE.fullmatch(quality or str(BITRATE))
    if match is None or not _LEAST <= int(match[1]) <= _MOST:
        raise UsageError(f"there is no AAC of '{quality}' kbit/s", f"use {_LEAST} to {_MOST}; {BITRATE} is usual")
    return int(match[1])


def _language(tags: Tags) -> str:
    return LANGUAGES.get(tags.language.lower().replace("_", "-").partition("-")[0], "und")


def _from(path: Path) -> tuple[str, ...]:
    return ("-format_whitelist", "mov", *ONLY_FILES, "-i", f"file:{os.fspath(path)}")


def _pieces(run: Run) -> Iterator[bytes]:
    """What it writes, in pieces of whole frames. Raises EncoderError when it complains."""
    pipe = run.process.stdout
    if pipe is None:
        raise EncoderError("ffmpeg gives nothing")
    try:
        while piece := pipe.read(_BLOCK):
            yield piece
        run.finish()
    finally:
        run.stop()
