"""Pages of an Ogg stream (RFC 3533, section 6)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from voiceguide.errors import EncoderError

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 27
_SERIAL = slice(14, 18)
_CHECKSUM = slice(22, 26)
_NUMBER = b"vgde"
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def number(path: Path) -> None:
    """Gives every page of the file's one stream the same serial number. Raises OSError, or EncoderError for no Ogg."""
    with path.open("r+b", buffering=1 << 18) as file:
        for start, page in _pages(file):
            page[_SERIAL] = _NUMBER
            page[_CHECKSUM] = bytes(4)
            page[_CHECKSUM] = checksum(page)
            file.seek(start)
            file.write(page)


def _pages(file: BinaryIO) -> Iterator[tuple[int, bytearray]]:
    start = 0
    while head := file.read(_HEAD):
        if len(head) < _HEAD or head[:4] != b"OggS":
            raise EncoderError("the audio library wrote something that is no page")
        sizes = file.read(head[26])
        page = bytearray(head + sizes + file.read(sum(sizes)))
        yield start, page
        start += len(page)


def checksum(page: bytes | bytearray) -> bytes:
    """The CRC of a page whose own is nought: polynomial 0x04C11DB7, from nought, not mirrored, four bytes.

    zlib's is the same polynomial mirrored, begun and ended with all ones: so its bits are turned round at both ends.
    """
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return mirrored.to_bytes(4, "big").translate(_MIRRORED)
