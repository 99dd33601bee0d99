"""What received bytes are, whatever they are called; and WAV whose header was written before its length was known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from voiceguide.audio import mpeg
from voiceguide.errors import EngineError

_HEAD = 12
_CHUNK = 8
_LATER = (b"LIST", b"id3 ", b"ID3 ", b"bext", b"fact", b"cue ", b"JUNK", b"junk", b"PEAK")
"""Chunks that may follow the sound."""
_STREAMED = ((0, 0), (0x7FFF_F000, 0x8000_0000), (0xFFFF_F000, 0xFFFF_FFFF))
"""What is written where the length is not known yet: nothing, or the most that 31 or 32 bits hold, less a header or
rounded to a page (espeak and SoX 0x7FFFF000, arecord 0x80000000, ffmpeg 0xFFFFFFFF)."""
_ELSEWHERE = 0xFFFF_FFFF
"""The size that refers to the chunk `ds64`, in RF64: EBU Tech 3306."""


@dataclass(frozen=True, slots=True)
class _Data:
    """Where the sound of a WAV lies: the place of its chunk, its bytes as promised and as they are there."""

    at: int
    promised: int
    there: int


def is_open(size: int) -> bool:
    """Whether a size in the header of a WAVE file is no promise: who streams one does not know it."""
    return any(low <= size <= high for low, high in _STREAMED)


def missing(file: BinaryIO, size: int) -> int:
    """Bytes that the samples of an open WAVE or RF64 file of `size` bytes lack; none where no size is promised."""
    large = 0
    for name, at, length in _chunks(file, size):
        if name == b"ds64":
            file.seek(at + _CHUNK + 8)
            large = int.from_bytes(file.read(8), "little")
        if name == b"data":
            promised = large if length == _ELSEWHERE and large < 1 << 63 else 0 if is_open(length) else length
            return max(0, at + _CHUNK + promised - size)
    return 0


def forget_time(file: BinaryIO, size: int) -> None:
    """Puts 0 for the time of day in an open WAVE or RF64 file of `size` bytes, so that the same sound is the same file.

    libsndfile notes in a chunk PEAK, ahead of the samples, when it wrote floats.
    """
    for name, at, _ in _chunks(file, size):
        if name == b"PEAK":
            file.seek(at + _CHUNK + 4)
            file.write(bytes(4))
            return


def kind(data: bytes) -> str:
    """`wav`, `aiff`, `flac`, `ogg` or `mp3` by content alone; "" for anything else, raw samples among it."""
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"OggS":
        return "ogg"
    return "mp3" if data[:3] == b"ID3" or _is_mp3(data) else ""


def described(data: bytes) -> str:
    """What bytes that are no sound look like, for a message."""
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "a web page"
    if start.startswith((b"{", b"[")):
        return "a message in JSON"
    if data[4:8] == b"ftyp" or (data[:1] == b"\xff" and data[1:2] in (b"\xf1", b"\xf9")):
        return "AAC, which cannot be read here"
    if data[:2] == b"\x1f\x8b":
        return "compressed data"
    return "text" if _is_text(data[:512]) else "no sound of any known kind"


def mended(data: bytes, name: str) -> bytes:
    """A WAV with the sizes that it really has; bytes of other kinds as they are.

    Raises EngineError when its sound is shorter than it promises, or not there at all.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return data
    sound = _sound_of(data)
    if sound is None:
        return data
    if not sound.there:
        raise EngineError(f"{name} holds no sound")
    if sound.promised > sound.there:
        raise EngineError(f"{name} is truncated: {sound.promised - sound.there} bytes are missing")
    end = sound.at + _CHUNK + sound.there
    sizes = (len(data) - _CHUNK).to_bytes(4, "little"), sound.there.to_bytes(4, "little")
    return b"".join((data[:4], sizes[0], data[8 : sound.at + 4], sizes[1], data[sound.at + _CHUNK : end], data[end:]))


def _sound_of(data: bytes) -> _Data | None:
    """The chunk that holds the sound; None when there is none."""
    for name, at, size in _chunks(BytesIO(data), len(data)):
        if name == b"data":
            rest = len(data) - at - _CHUNK
            if not is_open(size):
                return _Data(at, size, min(size, rest))
            empty = size == 0 and data[at + _CHUNK :][:4] in _LATER
            there = 0 if empty else rest
            return _Data(at, there, there)
    return None


def _chunks(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, place, promised bytes) of each chunk before byte `end`. Chunks begin on even places."""
    at = _HEAD
    while at + _CHUNK <= end:
        file.seek(at)
        head = file.read(_CHUNK)
        size = int.from_bytes(head[4:], "little")
        yield head[:4], at, size
        at += _CHUNK + size + size % 2


def _is_mp3(data: bytes) -> bool:
    """True when a frame of MPEG layer III begins here and the next one where it ends.

    One header alone may be chance: raw samples near zero begin with the same bits.
    """
    head = mpeg.header(data[:4])
    if head is None:
        return False
    return len(data) == head.size or mpeg.header(data[head.size :][:4]) is not None


def _is_text(data: bytes) -> bool:
    return bool(data) and all(byte >= 32 or byte in b"\t\r\n" for byte in data)
