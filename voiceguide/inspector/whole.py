"""Whether all of a file is there, and one thing alone: libsndfile reads what was cut off, or joined, without a word."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from voiceguide.audio import kinds, mpeg, ogg, wavbytes
from voiceguide.inspector import mp4

_FLAC_SIZE = slice(21, 26)  # the last 36 bits count samples: RFC 9639, section 8.2
_AU, _AU_REVERSED = b".snd", b"dns."
_W64 = bytes.fromhex("726966662e91cf11a5d628db04c10000")  # the identifiers of Sony Wave64
_W64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")
_W64_HEAD, _W64_CHUNK = 40, 24
_MOST = 1 << 62  # bytes: what is more stands for a size that was not known


def missing(path: Path, file: BinaryIO) -> str:
    """What a header promises and the file lacks, for a person; "" for nothing."""
    head = file.read(kinds.HEAD)
    kind = _kind(head)
    if kind == "mp3":
        stream = mpeg.walk(path)
        return stream.missing if stream else ""
    size = os.fstat(file.fileno()).st_size
    if kind == "ogg":
        file.seek(max(0, size - ogg.TAIL))
        return "" if ogg.ends(file.read()) else "its last page is missing"
    checks = {"wav": wavbytes.missing, "aiff": _aiff_lacks, "mp4": mp4.missing, "au": _au_lacks, "w64": _w64_lacks}
    lacking = checks.get(kind)
    count = lacking(file, size) if lacking else 0
    return f"{count} bytes are missing" if count > 0 else ""


def goes_on(path: Path) -> bool:
    """Whether a second Ogg stream begins after the first, where libsndfile stops."""
    with path.open("rb") as file:
        return ogg.goes_on(file)


def flac_frames(path: Path) -> int:
    """How many frames STREAMINFO promises; 0 when it leaves that open."""
    with path.open("rb") as file:
        file.seek(mpeg.after_id3(file))
        head = file.read(42)
    return int.from_bytes(head[_FLAC_SIZE], "big") & ((1 << 36) - 1) if head[:4] == b"fLaC" else 0


def _kind(head: bytes) -> str:
    if mp4.is_mp4(head):
        return "mp4"
    return "au" if head.startswith((_AU, _AU_REVERSED)) else "w64" if head.startswith(_W64) else wavbytes.kind(head)


def _aiff_lacks(file: BinaryIO, size: int) -> int:
    file.seek(4)
    return int.from_bytes(file.read(4), "big") + 8 - size


def _au_lacks(file: BinaryIO, size: int) -> int:
    file.seek(0)
    head = file.read(12)
    numbers = head[4:] if head.startswith(_AU) else head[7:3:-1] + head[:7:-1]
    start, promised = int.from_bytes(numbers[:4]), int.from_bytes(numbers[4:])
    return 0 if wavbytes.is_open(promised) else start + promised - size


def _w64_lacks(file: BinaryIO, size: int) -> int:
    at = _W64_HEAD
    while at + _W64_CHUNK <= size:
        file.seek(at)
        head = file.read(_W64_CHUNK)
        length = int.from_bytes(head[16:], "little")  # with the head itself
        if length < _W64_CHUNK or head.startswith(_W64_DATA):
            return at + length - size if length < _MOST else 0
        at += (length + 7) // 8 * 8
    return 0
