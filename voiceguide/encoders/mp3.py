"""MP3 through LAME, gapless: decoded, it has exactly the samples it was given, at their places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.dither import to_int16
from voiceguide.encoders import Mark, Tags, id3, lame_tag
from voiceguide.encoders.mp3_chunks import Chunks, Pcm
from voiceguide.errors import EncoderError
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


class Mp3Encoder:
    """Writes LAME's frames, and at the end what stands before them: the ID3 tag and the tag frame."""

    def __init__(
        self, path: Path, rate: int, frames: int, tags: Tags, jobs: int = 1, *, bitrate: int = BITRATE
    ) -> None:
        _check(rate, bitrate)
        self._path, self._rate, self._frames, self._bitrate = path, rate, frames, bitrate
        self._gain = np.float32(1 / attenuation(bitrate))
        chunked = bitrate <= _MOST_IN_CHUNKS
        self._stream = Chunks(partial(_whole, rate, bitrate), frames, jobs) if chunked else _Serial(rate, bitrate)
        self._tag = id3.render(tags, to_millis(Frames(frames), rate))
        self._begin = len(self._tag) + lame_tag.frame_size(bitrate, rate)
        self._counter = lame_tag.Counter()
        self._written = 0
        self._file = path.open("wb")
        self._file.seek(self._begin)

    def least_bytes(self) -> int:
        return self._begin + self._frames * self._bitrate * 125 // self._rate

    def write(self, block: NDArray[np.float32]) -> None:
        # Nothing can be louder than 16 bits hold, so what lies above −0.45 dBFS saturates; sessions peak at −1 dBTP.
        # Dither is pointless here: the encoder's own noise is far above it.
        samples = to_int16(block * self._gain, self._written, dither=False)
        self._written += len(block)
        for piece in self._stream.add(samples):
            self._append(piece)

    def close(self) -> None:
        for piece in self._stream.finish():
            self._append(piece)
        first = lame_tag.info_frame(self._counter.finish(), self._written, self._bitrate, self._rate)
        self._file.seek(0)
        self._file.write(self._tag + first)
        self._file.close()

    def _append(self, frames: bytes) -> None:
        self._counter.add(frames)
        self._file.write(frames)

    def abort(self) -> None:
        self._stream.abort()
        with suppress(OSError):  # it is thrown away
            self._file.close()

    def marks(self) -> tuple[Mark, ...]:
        return id3.read_marks(self._path)


def attenuation(bitrate: int) -> float:
    """What LAME multiplies samples by at a constant `bitrate` kbit/s (the scale of its presets, as measured)."""
    if bitrate <= 160:
        return 0.95
    return {192: 0.97, 224: 0.98}.get(bitrate, 1.0)


def _check(rate: int, bitrate: int) -> None:
    if rate not in lame_tag.RATES:
        raise EncoderError(f"MP3 is not written at {rate} Hz", "use 44100 or 48000 Hz")
    if bitrate not in lame_tag.BITRATES or bitrate < _LEAST_BITRATE:
        raise EncoderError(f"there is no MP3 of {bitrate} kbit/s", "use 64, 96, 128, 160, 192, 256 or 320")


def _whole(rate: int, bitrate: int, samples: Pcm) -> bytes:
    """Every frame of `samples`."""
    lame = _Lame(rate, bitrate)
    return lame.encode(samples) + lame.flush()


class _Serial:
    """One encoder from the first sample to the last."""

    def __init__(self, rate: int, bitrate: int) -> None:
        self._lame = _Lame(rate, bitrate)

    def add(self, samples: Pcm) -> Iterator[bytes]:
        yield self._lame.encode(samples)

    def finish(self) -> Iterator[bytes]:
        yield self._lame.flush()

    def abort(self) -> None:
        pass


class _Lame:
    """LAME in stereo at a constant bit rate. It gives frames only, with no tag and no place for one."""

    def __init__(self, rate: int, bitrate: int) -> None:
        import lameenc

        self._encoder = lameenc.Encoder()
        self._encoder.silence()
        self._encoder.set_channels(2)
        self._encoder.set_in_sample_rate(rate)
        self._encoder.set_out_sample_rate(rate)
        self._encoder.set_bit_rate(bitrate)
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
