"""MP3 through LAME, gapless: decoded, it has exactly the samples it was given, at their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.dither import to_int16
from voiceguide.audio.heard import Heard
from voiceguide.encoders import Mark, Repeat, SameAs, Tags, Traits, id3, lame_tag, reading
from voiceguide.encoders.mp3_chunks import Chunks, Pcm, Reread, made, repeats
from voiceguide.encoders.mp3_kept import remembering
from voiceguide.encoders.mp3_piece import checksum
from voiceguide.errors import EncoderError, UsageError
from voiceguide.model.units import Frames, to_millis

if TYPE_CHECKING:
    from pathlib import Path

BITRATE = 128
"""kbit/s, constant, joint stereo: transparent for a voice over a soft bed, and every player seeks in it exactly."""

QUALITY = 7
"""LAME's effort. 15 minutes take 4.7 CPU seconds (5: 7.2, 2: 13.2) and the noise in each critical band of speech over a
soft bed is no louder than at 5 (−19.0 to −18.5 dB under the sound in it)."""

_LEAST_BITRATE = 64  # below, the tag does not fit into a frame at 48 kHz
_MOST_IN_CHUNKS = 160  # above, a frame with all its data may not fit into the largest there is
_MTRH = 4  # LAME's name of its one kept way to vary the rate
_LEAST_VARYING = 32  # kbit/s: what silence takes
_CONSTANT = re.compile(r"(\d{2,3})k?(-mono)?")
_VARYING = re.compile(r"v(\d)")
_USE = "use 64, 96, 128, 160, 192, 256 or 320, 64-mono for speech alone, or v0 (large) to v9 (small)"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How LAME is to encode: at a constant rate in kbit/s, or, where that is 0, at a varying one of this quality."""

    bitrate: int = BITRATE
    varying: int = 0
    mono: bool = False

    @property
    def chunked(self) -> bool:
        """Whether chunks can be encoded side by side."""
        return 0 < self.bitrate <= _MOST_IN_CHUNKS and not self.mono

    @property
    def scale(self) -> float:
        """What samples are multiplied by, because LAME divides by it."""
        return 1 / attenuation(self.bitrate) if self.bitrate else 1.0


def _kind(quality: str) -> _Kind:
    """Raises UsageError."""
    if match := _VARYING.fullmatch(quality):
        return _Kind(0, int(match[1]))
    match = _CONSTANT.fullmatch(quality or str(BITRATE))
    if match is None or int(match[1]) not in lame_tag.BITRATES or int(match[1]) < _LEAST_BITRATE:
        raise UsageError(f"there is no MP3 of '{quality}' kbit/s", _USE)
    return _Kind(int(match[1]), mono=bool(match[2]))


class Mp3Encoder:
    """Writes LAME's frames, and at the end what stands before them: the ID3 tag and the tag frame."""

    def __init__(self, path: Path, rate: int, frames: int, tags: Tags, jobs: int = 1, quality: str = "") -> None:
        self._kind = kind = _kind(quality)
        _check(rate)
        self._path, self._rate, self._frames = path, rate, frames
        self._gain = np.float32(kind.scale)
        self._stream = _chunks(rate, kind, frames, jobs, self._reread) if kind.chunked else _Serial(rate, kind)
        self._tag = id3.render(tags, to_millis(Frames(frames), rate))
        self._begin = len(self._tag) + lame_tag.frame_size(kind.bitrate or lame_tag.VBR_TAG, rate)
        self._written = 0
        self._file = path.open("w+b")
        self._file.seek(self._begin)

    @staticmethod
    def traits(quality: str) -> Traits:
        kind = _kind(quality)
        return Traits(_overshoot(kind), bitrate=kind.bitrate, mono=kind.mono)

    def least_bytes(self) -> int:
        return self._begin + self._frames * (self._kind.bitrate or _LEAST_VARYING) * 125 // self._rate

    def write(self, block: NDArray[np.float32]) -> None:
        # Nothing can be louder than 16 bits hold, so what lies above −0.45 dBFS saturates; sessions peak at −1 dBTP.
        # Dither is pointless here: the encoder's own noise is far above it.
        lanes = block.mean(axis=1, keepdims=True) if self._kind.mono else block
        samples = to_int16(lanes * self._gain, self._written, dither=False)
        self._written += len(block)
        for piece in self._stream.add(samples):
            self._file.write(piece)

    def repeats(self, at: int, same_as: SameAs) -> Repeat | None:
        return repeats(at, self._frames, self._rate, same_as) if self._kind.chunked else None

    def repeat(self, known: Repeat) -> None:
        if isinstance(self._stream, Chunks):
            self._written += known.frames
            for piece in self._stream.repeat(known):
                self._file.write(piece)

    def _reread(self, start: int, size: int) -> bytes:
        end = self._file.tell()
        self._file.seek(self._begin + start)
        stream = self._file.read(size)
        self._file.seek(end)
        return stream

    def close(self) -> None:
        for piece in self._stream.finish():
            self._file.write(piece)
        first = lame_tag.info_frame(self._stream.counted(), self._written, self._kind.bitrate, self._rate)
        self._tag += first
        self._file.seek(0)
        self._file.write(self._tag)
        self._file.close()

    def abort(self) -> None:
        self._stream.abort()
        with suppress(OSError):  # it is thrown away
            self._file.close()

    def marks(self) -> tuple[Mark, ...]:
        return id3.read_marks(self._path)

    def heard(self) -> Iterator[NDArray[np.float32]]:
        return reading.decoded(self._path, self._rate, 1 if self._kind.mono else 2)

    def heard_already(self) -> Heard | None:
        """What was decoded while it was written; the file is compared with the very bytes that were."""
        if isinstance(self._stream, _Serial):
            return None
        sums = [(len(self._tag), checksum(self._tag)), *self._stream.sums()]
        reading.check_bytes(self._path, sums, checksum)
        heard = self._stream.heard()
        reading.check_beginning(self._path, self._rate, heard)
        return heard


def _overshoot(kind: _Kind) -> float:
    # As measured; one channel at 64 kbit/s is as good as two at 128.
    if not kind.bitrate:
        return 0.7 if kind.varying <= 4 else 1.0
    return 0.7 if kind.bitrate * (2 if kind.mono else 1) >= BITRATE else 1.0


def attenuation(bitrate: int) -> float:
    """What LAME multiplies samples by at a constant `bitrate` kbit/s (the scale of its presets, as measured)."""
    if bitrate <= 160:
        return 0.95
    return {192: 0.97, 224: 0.98}.get(bitrate, 1.0)


def _check(rate: int) -> None:
    if rate not in lame_tag.RATES:
        raise EncoderError(f"MP3 is not written at {rate} Hz", "use 44100 or 48000 Hz")


def _chunks(rate: int, kind: _Kind, frames: int, jobs: int, reread: Reread) -> Chunks:
    make = remembering(partial(made, partial(_whole, rate, kind)), f"{rate} {kind} {QUALITY}")
    return Chunks(make, reread, frames, jobs, rate, kind.bitrate)


def _whole(rate: int, kind: _Kind, samples: Pcm) -> bytes:
    """Every frame of `samples`."""
    lame = _Lame(rate, kind)
    return lame.encode(samples) + lame.flush()


class _Serial:
    """One encoder from the first sample to the last."""

    def __init__(self, rate: int, kind: _Kind) -> None:
        self._lame = _Lame(rate, kind)
        self._counter = lame_tag.Counter()

    def add(self, samples: Pcm) -> Iterator[bytes]:
        yield self._told(self._lame.encode(samples))

    def finish(self) -> Iterator[bytes]:
        yield self._told(self._lame.flush())

    def counted(self) -> lame_tag.Stream:
        return self._counter.finish()

    def abort(self) -> None:
        pass

    def _told(self, frames: bytes) -> bytes:
        self._counter.add(frames)
        return frames


class _Lame:
    """LAME. It gives frames only, with no tag and no place for one."""

    def __init__(self, rate: int, kind: _Kind) -> None:
        import lameenc

        self._encoder = lameenc.Encoder()
        self._encoder.silence()
        self._encoder.set_channels(1 if kind.mono else 2)
        self._encoder.set_in_sample_rate(rate)
        self._encoder.set_out_sample_rate(rate)
        if kind.bitrate:
            self._encoder.set_bit_rate(kind.bitrate)
        else:
            self._encoder.set_vbr(_MTRH)
            self._encoder.set_vbr_quality(kind.varying)
        self._encoder.set_quality(QUALITY)

    def encode(self, samples: Pcm) -> bytes:
        try:
            return bytes(self._encoder.encode(samples.astype("<i2", copy=False).tobytes()))
        except RuntimeError as error:
            raise EncoderError(f"the MP3 encoder failed: {error}") from error

    def flush(self) -> bytes:
        """The rest. Raises EncoderError when nothing was ever encoded."""
        try:
            return bytes(self._encoder.flush())
        except RuntimeError as error:
            raise EncoderError(f"the MP3 encoder failed: {error}") from error
