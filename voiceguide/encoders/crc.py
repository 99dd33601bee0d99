"""CRC-16 as LAME's tag uses it: polynomial 0x8005 with its bits reflected, beginning at zero (CRC-16/ARC)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_REFLECTED = 0xA001


def crc16(data: bytes | bytearray, crc: int = 0) -> int:
    """The checksum of `data` following data whose checksum was `crc`.

    A CRC is linear: that of two halves is that of the first, moved along by the length of the second, xor
    that of the second. So all pairs of bytes are taken at once, then all pairs of these, and so on.
    """
    if not data:
        return crc
    values = np.frombuffer(data, np.uint8).copy()
    before = np.frombuffer(crc.to_bytes(2, "little"), np.uint8)[: len(values)]
    values[: len(before)] ^= before
    if len(values) % 2:
        values = np.concatenate((np.zeros(1, np.uint8), values))  # zeros in front change nothing
    shift = _shift_by_two_bytes()
    sums: NDArray[np.uint16] = shift[values.view("<u2")]
    while len(sums) > 1:
        if len(sums) % 2:
            sums = np.concatenate((np.zeros(1, np.uint16), sums))
        sums = shift[sums[0::2]] ^ sums[1::2]
        shift = shift[shift]
    return int(sums[0]) ^ (crc >> 8 if len(data) == 1 else 0)


def joined_crc(first: int, second: int, size: int) -> int:
    """The checksum of two pieces in a row from those of each by itself; the second has `size` bytes.

    `size` zero bytes move a checksum along by a matrix over two elements, a power of that of one byte.
    """
    columns = [crc16(b"\0", 1 << bit) for bit in range(16)]
    while size:
        if size & 1:
            first = _through(columns, first)
        columns = [_through(columns, column) for column in columns]
        size >>= 1
    return first ^ second


def _through(columns: list[int], crc: int) -> int:
    moved = 0
    for bit, column in enumerate(columns):
        moved ^= column if crc >> bit & 1 else 0
    return moved


@lru_cache(maxsize=1)
def _shift_by_two_bytes() -> NDArray[np.uint16]:
    """What two zero bytes make of each of the 65,536 checksums."""
    sums: NDArray[np.uint16] = np.arange(1 << 16, dtype=np.uint16)
    for _ in range(16):
        sums = sums >> np.uint16(1) ^ (sums & np.uint16(1)) * np.uint16(_REFLECTED)
    return sums
