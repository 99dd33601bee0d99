"""The frames of an MPEG layer III stream: how many bits a second, constant or not, and whether all of it is there.

Header: ISO 11172-3, 2.4.1.3, and 13818-3. Info tag: the VBR headers of Xing and Fraunhofer. ID3: "ID3 tag version
2.4.0", id3.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_MOST_NEEDED = 8192  # bytes: more than any frame, or Lyrics3 tag of the first version
_SLACK = 2  # frames: some encoders count their tag, or what flushes them
_LONGEST_SEARCH = 1 << 16
_KILOBITS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_ID3V1, _APE, _LYRICS = b"TAG", b"APETAGEX", b"LYRICSBEGIN"
"""What may follow the last frame."""
_ID3V1_SIZE, _APE_HEAD = 128, 32
_HEADER_FLAG = 0x20  # the last byte of an APE tag's flags: this is its header, and its items follow


@dataclass(frozen=True, slots=True)
class Head:
    """One frame, by its header."""

    size: int
    """Bytes."""
    bit_rate: int
    """Bits a second."""
    rate: int
    samples: int
    side: int
    """Bytes between the header and where an Info tag would be."""
    mono: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """What the frames of a file add up to."""

    bit_rate: int
    """Bits a second on average, tags left out."""
    constant: bool
    missing: str
    """What is not there, for a person; "" when all is."""
    strange: int
    """Bytes between frames that are none."""
    beyond: int
    """Frames after the end that an Info tag names, which most players never reach."""
    samples: int
    """In all frames, without those that players leave out at both ends because an Info tag says so."""
    tagged: bool
    """Whether an Info tag says how many frames there are."""
    changes: bool
    """Whether its sample rate or its number of channels changes, where decoders stop."""
    rate: int
    """Hz, of most frames."""


@dataclass(slots=True)
class _Count:
    """What is known of a stream so far."""

    heads: dict[Head, int] = field(default_factory=dict)
    info: int | None = None
    cut: int = 0
    end: int = 0
    strange: int = 0


def walk(path: Path) -> Stream | None:
    """Reads every header; None when there are no frames. Raises OSError."""
    known = path.stat()
    return _walk(path, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=1)  # who opens a file, and who describes it, both ask
def _walk(path: Path, size: int, _changed: int) -> Stream | None:
    with path.open("rb") as file:
        return walked(file, size)


def walked(file: BinaryIO, size: int) -> Stream | None:
    """As `walk` does, in an open file of `size` bytes, from its beginning wherever it stands."""
    at = first(file)
    found = _counted(file, at) if at >= 0 else _Count()
    heads, info = found.heads, found.info
    if not heads:
        return None
    count = sum(heads.values())
    total = sum(head.size * number for head, number in heads.items())
    seconds = sum(head.samples / head.rate * number for head, number in heads.items())
    samples = sum(head.samples * number for head, number in heads.items()) - found.cut
    beyond = count - info if info and count > info + _SLACK else 0
    rates = {head.bit_rate for head in heads}
    # Frames are whole bytes: a constant stream comes out a bit or two a second beside its own name.
    bit_rate = rates.pop() if len(rates) == 1 else round(8 * total / seconds)
    missing = _missing(count, info, found.end, size)
    usual = max(heads, key=heads.__getitem__).rate
    return Stream(bit_rate, not rates, missing, found.strange, beyond, samples, bool(info), _changes(heads), usual)


def _changes(heads: dict[Head, int]) -> bool:
    counts: dict[tuple[int, bool], int] = {}
    for head, number in heads.items():
        counts[head.rate, head.mono] = counts.get((head.rate, head.mono), 0) + number
    # What is among strange bytes may look like a frame or two.
    return sum(number > _SLACK for number in counts.values()) > 1


def _missing(count: int, info: int | None, end: int, size: int) -> str:
    if info is not None and count < info:
        return f"{info - count} of {info} frames are missing"
    return f"its last frame lacks {end - size} bytes" if end > size else ""


def _counted(file: BinaryIO, at: int) -> _Count:
    """How many frames of each kind; what an Info tag promises; where they end; and strange bytes among them."""
    found, between, first = _Count(end=at), 0, True
    for place, head, frame in _frames(file, at):
        if head is None:
            between += len(frame)
            continue
        found.strange, between = found.strange + between, 0  # what no frame follows is a tag at the end
        promised = _promised(frame, head) if first else None
        if promised is not None:
            found.info, found.cut = promised, _cut(frame, head)
        first, found.end = False, place + head.size
        if promised is None and len(frame) == head.size:
            found.heads[head] = found.heads.get(head, 0) + 1
    return found


def _frames(file: BinaryIO, at: int) -> Iterator[tuple[int, Head | None, bytes]]:
    """(place, header, bytes) of each frame; without a header what lies between two. The last may be cut short."""
    file.seek(at)
    data, place, known = b"", 0, dict[bytes, Head | None]()
    while True:
        if len(data) - place < _MOST_NEEDED:
            at, data, place = at + place, data[place:] + file.read(_CHUNK), 0
        key = data[place : place + 4]
        if len(key) < 4:
            return
        if footer := _footer(data, place):
            at, data, place = at + place + footer, b"", 0
            file.seek(at)
            continue
        head = known[key] if key in known else known.setdefault(key, header(key))
        if head is None:
            found = _next(data, place + 1)
            yield at + place, None, data[place:found]
            place = found
            continue
        yield at + place, head, data[place : place + head.size]
        place = min(len(data), place + head.size)


def _footer(data: bytes, place: int) -> int:
    """Bytes of the tag that begins here, after a last frame; 0 for none. Another session may follow it."""
    if data.startswith(_ID3V1, place):
        return _ID3V1_SIZE
    if data.startswith(_APE, place) and len(data) - place >= _APE_HEAD:
        items = int.from_bytes(data[place + 12 : place + 16], "little")
        return _APE_HEAD + (items if data[place + 23] & _HEADER_FLAG else 0)
    if data.startswith(_LYRICS, place):
        end = max(data.find(mark, place) for mark in (b"LYRICS200", b"LYRICSEND"))
        return max(end, place + len(_LYRICS)) - place
    return 0


def _next(data: bytes, place: int) -> int:
    """Where the next two frames in a row begin, or the end."""
    while (place := data.find(b"\xff", place)) >= 0:
        head = header(data[place : place + 4])
        if head and (header(data[place + head.size :][:4]) or place + head.size >= len(data)):
            return place
        place += 1
    return len(data)


def first(file: BinaryIO) -> int:
    """Where the first frame begins, after any ID3 tags; -1 when there is none."""
    at = after_id3(file)
    file.seek(at)
    data = file.read(_LONGEST_SEARCH)
    found = 0 if header(data[:4]) else _next(data, 1)
    return at + found if found < len(data) else -1


def after_id3(file: BinaryIO) -> int:
    """Where the tags at the beginning of a file end; 0 without any."""
    at = 0
    file.seek(0)
    while (tag := file.read(10))[:3] == b"ID3" and len(tag) == 10:
        size = sum((byte & 127) << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=True))
        at += 10 + size + (10 if tag[5] & 16 else 0)
        file.seek(at)
    return at


def header(data: bytes) -> Head | None:
    """The frame of layer III with these four bytes in front; None when they are no such header."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return None
    version, code, bits = data[1] >> 3 & 3, data[2] >> 2 & 3, data[2] >> 4
    if version == 1 or code == 3 or bits in (0, 15):
        return None
    first, mono = version == 3, data[3] >> 6 == 3
    rate = (44_100, 48_000, 32_000)[code] >> {3: 0, 2: 1, 0: 2}[version]
    bit_rate = _KILOBITS[first][bits - 1] * 1000
    size = (144 if first else 72) * bit_rate // rate + (data[2] >> 1 & 1)
    side = (17 if mono else 32) if first else (9 if mono else 17)
    return Head(size, bit_rate, rate, 1152 if first else 576, side, mono)


def _promised(frame: bytes, head: Head) -> int | None:
    """The number of frames after this one, when it is an Info tag; 0 when that says nothing; None for sound."""
    at = 4 + head.side
    if frame[at : at + 4] in (b"Xing", b"Info"):
        return int.from_bytes(frame[at + 8 : at + 12], "big") if frame[at + 7] & 1 else 0
    if frame[36:40] == b"VBRI":
        return int.from_bytes(frame[50:54], "big")
    return None


def _cut(frame: bytes, head: Head) -> int:
    """Samples at both ends that this Info tag has players leave out; 0 where it says nothing of them."""
    at = 4 + head.side
    if frame[at : at + 4] not in (b"Xing", b"Info"):
        return 0
    fields = frame[at + 7]
    lame = at + 8 + 4 * (fields & 1) + 4 * (fields >> 1 & 1) + 100 * (fields >> 2 & 1) + 4 * (fields >> 3 & 1)
    both = int.from_bytes(frame[lame + 21 : lame + 24], "big")
    return (both >> 12) + (both & 0xFFF)
