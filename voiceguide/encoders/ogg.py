"""Ogg Vorbis and Opus through libsndfile, with comments and chapters in them.

libsndfile numbers its streams by chance; here every stream has the same number, so that the same samples make the same
file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.encoders import Mark, Tags, Traits, reading
from voiceguide.encoders.comments import comments, marks
from voiceguide.encoders.ogg_pages import number
from voiceguide.encoders.sound_file import MOST, SoundFile
from voiceguide.errors import UsageError
from voiceguide.model.units import Frames, to_millis

if TYPE_CHECKING:
    from pathlib import Path

VORBIS_QUALITY = 4
"""About 120 kbit/s for a voice over a soft bed. 15 minutes take 8 CPU seconds."""
OPUS_BITRATE = 96
"""kbit/s. 15 minutes take 22 CPU seconds."""
_LEAST_OPUS, _MOST_OPUS = 56, 256
"""kbit/s. At 48 and below libopus leaves out what lies above 12 kHz of two channels: over white noise a session is 0.5
to 0.8 dB softer than it was mixed, over rain 0.2 to 0.4; at 56 and above 0.03 and 0.05 (a minute of talk at -16)."""
_LEAST_BYTES = 300  # a second: what silence takes
_QUALITY = re.compile(r"q(\d|10)")
_BITRATE = re.compile(r"(\d{2,3})k?")


class _OggEncoder:
    """Writes the samples, then the comments, then the number of the stream."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, subtype: str, level: float) -> None:
        self._path, self._rate, self._frames, self._tags, self._kind = path, rate, frames, tags, subtype
        self._file = SoundFile(path, rate, "OGG", subtype, compression_level=level)
        self._rest: NDArray[np.float32] = np.zeros((0, 2), np.float32)

    def least_bytes(self) -> int:
        return max(1, self._frames * _LEAST_BYTES // self._rate)

    def write(self, block: NDArray[np.float32]) -> None:
        # libvorbis guesses what came before the first samples from as many as it is given at once.
        joined = np.concatenate((self._rest, block))
        whole = len(joined) // MOST * MOST
        self._file.write(joined[:whole])
        self._rest = joined[whole:].copy()

    def close(self) -> None:
        self._file.write(self._rest)
        self._rest = self._rest[:0]
        self._file.close()
        stream = self._stream()
        stream.tags.clear()
        stream.tags.extend(comments(self._tags))
        stream.save(padding=lambda _: 0)
        number(self._path)

    def abort(self) -> None:
        self._file.abort()

    def marks(self) -> tuple[Mark, ...]:
        return marks(self._stream().tags, to_millis(Frames(self._frames), self._rate))

    def heard(self) -> Iterator[NDArray[np.float32]]:
        return reading.decoded(self._path, self._rate)

    def _stream(self) -> Any:
        if self._kind == "OPUS":
            return import_module("mutagen.oggopus").OggOpus(self._path)
        return import_module("mutagen.oggvorbis").OggVorbis(self._path)


class VorbisEncoder(_OggEncoder):
    """Ogg Vorbis at a quality from q0 to q10."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1, quality: str = "") -> None:
        super().__init__(path, rate, frames, tags, "VORBIS", 1 - _vorbis_quality(quality) / 10)

    @staticmethod
    def traits(quality: str) -> Traits:
        return Traits(0.7 if _vorbis_quality(quality) >= VORBIS_QUALITY else 1.0)


class OpusEncoder(_OggEncoder):
    """Opus at a variable rate of about so many kbit/s. It knows 48 kHz alone."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, _jobs: int = 1, quality: str = "") -> None:
        super().__init__(path, rate, frames, tags, "OPUS", _opus_level(_opus_bitrate(quality)))

    @staticmethod
    def traits(quality: str) -> Traits:
        return Traits(2.2 if _opus_bitrate(quality) >= OPUS_BITRATE else 3.0, rates=(48_000,))


def _vorbis_quality(quality: str) -> int:
    match = _QUALITY.fullmatch(quality or f"q{VORBIS_QUALITY}")
    if match is None:
        raise UsageError(f"there is no Ogg Vorbis of quality '{quality}'", "use q0 to q10; q4 is usual")
    return int(match[1])


def _opus_bitrate(quality: str) -> int:
    match = _BITRATE.fullmatch(quality or str(OPUS_BITRATE))
    if match is None or not _LEAST_OPUS <= int(match[1]) <= _MOST_OPUS:
        raise UsageError(f"there is no Opus of '{quality}' kbit/s", f"use {_LEAST_OPUS} to {_MOST_OPUS}; 96 is usual")
    return int(match[1])


def _opus_level(bitrate: int) -> float:
    """libsndfile's compression level: from 256 kbit/s a channel at 0 down to 6 at 1."""
    return 1 - (bitrate / 2 - 6) / 250
