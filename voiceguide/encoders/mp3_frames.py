"""Frames of MPEG-1 layer III in stereo, and one made independent of those before it.

Layout: ISO/IEC 11172-3, 2.4.1. A frame's main data begins up to 511 bytes before its slot, in the slots of earlier
frames (the bit reservoir), so a stream can only be cut where a frame carries all its data itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.encoders import lame_tag
from voiceguide.errors import EncoderError

HEAD = 36
"""Bytes of header and side information ahead of a slot of main data."""
_SIDE_BITS = 256
_SHARED_BITS = 20  # main_data_begin, private bits and scale factor selection, before the four granules
_GRANULE_BITS = 59
_LENGTH_BITS = 12  # of part2_3_length, the first field of a granule
_PADDING = 0x02
"""The padding bit, in a header's third byte."""


Edges = Sequence[int]
"""Where each frame of a stream begins, in bytes, and where the last one ends."""


def edges(stream: bytes) -> list[int]:
    """Every frame of `stream`. Raises EncoderError where there is none, or half of one."""
    found = lame_tag.starts_of(stream)
    if found[-1] != len(stream):
        raise EncoderError("the MP3 encoder left an unfinished frame at the end")
    return found


def independent(stream: bytes, found: Edges, number: int) -> bytes:
    """Frame `number` of `stream` with all its main data in its own slot, larger where it has to be.

    What its slot holds for later frames stays at its end, where they look for it.
    """
    start, end = found[number], found[number + 1]
    back = _data_begin(stream, start)
    reach, room = number, 0
    while reach and room < back:
        room += found[reach] - found[reach - 1] - HEAD
        reach -= 1
    data = b"".join(stream[found[one] + HEAD : found[one + 1]] for one in range(reach, number + 1))
    data = data[len(data) - (end - start - HEAD) - back :]
    used = -(-_data_bits(stream, start) // 8)
    ahead = _data_begin(stream, end) if end < found[-1] else 0
    head = _roomy(stream[start : start + 4], used + ahead)
    side = (int.from_bytes(stream[start + 4 : start + HEAD]) & ((1 << _SIDE_BITS - 9) - 1)).to_bytes(32)
    stuffing = bytes(lame_tag.size_of(head) - HEAD - used - ahead)
    return head + side + data[:used] + stuffing + data[len(data) - ahead :] * bool(ahead)


def _data_begin(stream: bytes, start: int) -> int:
    """How many bytes of a frame's main data stand in earlier slots."""
    return int.from_bytes(stream[start + 4 : start + 6]) >> 7


def _data_bits(stream: bytes, start: int) -> int:
    side = int.from_bytes(stream[start + 4 : start + HEAD])
    ends = (_SIDE_BITS - _SHARED_BITS - _GRANULE_BITS * number - _LENGTH_BITS for number in range(4))
    return sum(side >> end & ((1 << _LENGTH_BITS) - 1) for end in ends)


def _roomy(head: bytes, needed: int) -> bytes:
    """`head`, or the like of it at the least bit rate whose slot holds `needed` bytes."""
    if lame_tag.size_of(head) - HEAD >= needed:
        return head
    for code in range((head[2] >> 4) + 1, len(lame_tag.BITRATES)):
        larger = bytes((head[0], head[1], code << 4 | head[2] & 0x0F & ~_PADDING, head[3]))
        if lame_tag.size_of(larger) - HEAD >= needed:
            return larger
    raise EncoderError("an MP3 frame does not fit into the largest slot", "choose a bit rate of 160 kbit/s or less")
