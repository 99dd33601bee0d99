"""The first frame of an MP3 file: length, seek table, and what gapless players cut off at both ends.

Layout: G. Bouvigne, "Mp3 Info Tag revision 1", and "VBR headers" for the Xing part. A decoder that does not know
the tag plays it as one frame of silence.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from functools import lru_cache

from voiceguide.encoders.crc import crc16, joined_crc
from voiceguide.errors import EncoderError

FRAME = 1152
"""Samples in one MPEG-1 layer III frame."""

ENCODER_DELAY = 576
"""Silence in samples that LAME puts in front. Decoders add 529 of their own, which players know and cut too."""
DECODER_DELAY = 529

RATES = {44_100: 0, 48_000: 1, 32_000: 2}
BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""kbit/s by their code in a frame header."""
_SYNC = 0xFFFB  # MPEG-1, layer III, no checksum
_RESERVED = 3
_MODE = 0xCF  # the bits of a header's last byte that stay the same from frame to frame
_ONE_CHANNEL = 0xC0
_ALL_FIELDS = 15
_CBR, _VBR = 1, 4
VBR_TAG = 128
"""kbit/s of the tag frame in front of a stream whose frames differ."""
_PARTS = 100  # of the seek table
_PLACES = 4096  # most places of frames that are remembered
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stream:
    """What LAME gave: frames, bytes, their checksum, and the last byte of the headers (mode, copyright, original)."""

    frames: int
    size: int
    crc: int
    mode: int
    places: tuple[int, ...] = ()
    """Where some frames begin, evenly, in bytes from the first."""

    @property
    def mono(self) -> bool:
        """Whether it has one channel."""
        return self.mode & _ONE_CHANNEL == _ONE_CHANNEL


class Counter:
    """Follows a stream, frame by frame, by their headers. Keeps no more than about a mebibyte."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._frames = self._size = self._crc = self._mode = 0
        self._places, self._step = array("Q"), 1

    def add(self, data: bytes) -> None:
        """Takes the next bytes. Raises EncoderError when there is no frame where one has to be."""
        self._rest += data
        if len(self._rest) >= _CHUNK:
            self._count()

    def finish(self) -> Stream:
        """What the stream was. Raises EncoderError when its last frame is not whole."""
        self._count()
        if self._rest:
            raise EncoderError("the MP3 encoder left an unfinished frame at the end")
        return Stream(self._frames, self._size, self._crc, self._mode, tuple(self._places))

    def _count(self) -> None:
        starts = starts_of(self._rest)
        end = starts.pop()
        for start in starts:
            self._note(self._size + start)
            self._frames += 1
        self._mode = self._rest[starts[-1] + 3] & _MODE if starts else self._mode
        self._crc = crc16(self._rest[:end], self._crc)
        self._size += end
        del self._rest[:end]

    def _note(self, place: int) -> None:
        """Remembers where every frame begins, or every second, fourth, ... of many."""
        if self._frames % self._step == 0:
            self._places.append(place)
        if len(self._places) == _PLACES:
            self._places, self._step = self._places[::2], 2 * self._step


def counted(stream: bytes) -> Stream:
    """What some whole frames at a constant bit rate are. Raises EncoderError when they are not."""
    starts = starts_of(stream)
    if len(starts) == 1 or starts[-1] != len(stream):
        raise EncoderError("the MP3 encoder left an unfinished frame at the end")
    return Stream(len(starts) - 1, len(stream), crc16(stream), stream[starts[-2] + 3] & _MODE)


def together(first: Stream, second: Stream) -> Stream:
    """Two streams at a constant bit rate, one after the other."""
    crc = joined_crc(first.crc, second.crc, second.size)
    return Stream(first.frames + second.frames, first.size + second.size, crc, second.mode)


def starts_of(stream: bytes | bytearray) -> list[int]:
    """Where each whole frame of `stream` begins, in bytes, and where the last of them ends.

    Raises EncoderError where there is no frame.
    """
    starts, at, sizes, whole = [0], 0, _sizes(), len(stream)
    while at + 4 <= whole:
        size = sizes[stream[at + 2]]
        if stream[at] != 0xFF or stream[at + 1] != 0xFB or not size:
            raise EncoderError("the MP3 encoder wrote something that is no frame")
        at += size
        if at > whole:
            break
        starts.append(at)
    return starts


@lru_cache(maxsize=1)
def _sizes() -> tuple[int, ...]:
    """Bytes in a frame by the third byte of its header (bit rate, sample rate, padding); 0 where there is none."""
    hertz = {code: rate for rate, code in RATES.items()}
    return tuple(
        frame_size(BITRATES[byte >> 4], hertz[byte >> 2 & 3]) + (byte >> 1 & 1)
        if 0 < byte >> 4 < len(BITRATES) and byte >> 2 & 3 != _RESERVED
        else 0
        for byte in range(256)
    )


def size_of(header: bytes | bytearray) -> int:
    """Bytes in the frame with these four bytes in front. Raises EncoderError when they are no header of a frame."""
    size = _sizes()[header[2]]
    if header[:2] != _SYNC.to_bytes(2) or not size:
        raise EncoderError("the MP3 encoder wrote something that is no frame")
    return size


def frame_size(bitrate: int, rate: int) -> int:
    """Bytes in a frame without its padding byte, at `bitrate` kbit/s and `rate` Hz."""
    return 144_000 * bitrate // rate


def info_frame(stream: Stream, samples: int, bitrate: int, rate: int) -> bytes:
    """The first frame for a `stream` of `samples` samples at a constant `bitrate` kbit/s (0: it varies) and `rate` Hz.

    Raises EncoderError when the stream is too short for its samples.
    """
    padding = stream.frames * FRAME - samples - ENCODER_DELAY
    if not DECODER_DELAY <= padding < 4096:
        raise EncoderError(f"the MP3 encoder wrote {stream.frames} frames for {samples} samples")
    size = frame_size(bitrate or VBR_TAG, rate)
    side = bytes(17 if stream.mono else 32)
    tag = _header(stream.mode, bitrate or VBR_TAG, rate) + side + _xing(stream, size, constant=bool(bitrate))
    tag += _lame(stream, padding, bitrate, rate, size)
    return (tag + struct.pack(">H", crc16(tag))).ljust(size, b"\0")


def _header(mode: int, bitrate: int, rate: int) -> bytes:
    return struct.pack(">HBB", _SYNC, BITRATES.index(bitrate) << 4 | RATES[rate] << 2, mode)


def _xing(stream: Stream, size: int, *, constant: bool) -> bytes:
    """The number of frames after this one, bytes with it, where each hundredth begins, and a middling quality."""
    name, seek = (b"Info", _even()) if constant else (b"Xing", _seek(stream, size))
    return name + struct.pack(">3I", _ALL_FIELDS, stream.frames, stream.size + size) + seek + struct.pack(">I", 50)


def _even() -> bytes:
    return bytes(part * 256 // _PARTS for part in range(_PARTS))


def _seek(stream: Stream, size: int) -> bytes:
    """Where each hundredth of the time begins, in 256ths of the bytes."""
    count, whole = len(stream.places), stream.size + size
    places = (stream.places[part * count // _PARTS] + size for part in range(_PARTS))
    return bytes(min(255, place * 256 // whole) for place in places)


def _lame(stream: Stream, padding: int, bitrate: int, rate: int, size: int) -> bytes:
    """LAME's part without its checksum. Nought stands for unknown (low-pass, peak, gain, preset)."""
    source = {32_000: 0, 44_100: 1, 48_000: 2}[rate] << 6
    stereo = {0: 1, 1: 3, 3: 0}[stream.mode >> 6] << 2  # plain, joint, or one channel
    name = b"LAME3.100"  # readers look for it, and for a version from 3.90 on
    kind = bytes((_CBR if bitrate else _VBR, 0, *bytes(9), min(bitrate, 255)))
    cut = (ENCODER_DELAY << 12 | padding).to_bytes(3)
    sums = struct.pack(">IH", stream.size + size, stream.crc)
    return name + kind + cut + bytes((source | stereo, 0, 0, 0)) + sums
