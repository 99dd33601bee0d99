"""The pages of an Ogg stream: whether the last one is there, and whether another stream follows. RFC 3533, section 6.

libsndfile reads what was cut off, and the first of several streams, without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

TAIL = 1 << 17
"""Bytes at the end in which the last page begins: a page has 65,307 at most."""
_CHUNK = 1 << 20
_PAGE = b"OggS\0"
_HEAD = 27  # bytes of a page ahead of its table of sizes
_FIRST_PAGE, _LAST_PAGE = 0x02, 0x04


def ends(tail: bytes) -> bool:
    """Whether the last page of a stream is there, whole: a header, a table of sizes, and what it says."""
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < _HEAD or not page[5] & _LAST_PAGE:
        return False
    return len(page) >= _HEAD + page[26] + sum(page[_HEAD : _HEAD + page[26]])


def goes_on(file: BinaryIO) -> bool:
    """Whether another stream begins in an open file after the sound of the first one, where libsndfile stops.

    Streams that lie side by side all begin before anything else does.
    """
    begun = False
    for flags in _pages(file):
        if not flags & _FIRST_PAGE:
            begun = True
        elif begun:
            return True
    return False


def _pages(file: BinaryIO) -> Iterator[int]:
    """The flags of each page."""
    data = b""
    file.seek(0)
    while fresh := file.read(_CHUNK):
        data, at = data[-len(_PAGE) :] + fresh, 0
        while (at := data.find(_PAGE, at) + len(_PAGE)) >= len(_PAGE):
            if at < len(data):
                yield data[at]
