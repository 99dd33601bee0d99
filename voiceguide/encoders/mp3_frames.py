"""Frames of MPEG-1 layer III in stereo, and one made independent of those before it.

Layout: ISO/IEC 11172-3, 2.4.1. A frame's main data begins up to 511 bytes before its slot, in the slots of earlier
frames (the bit reservoir), so a stream can only be cut where a frame carries all its data itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a frame stands in its stream: first byte, and the byte after its last."""

    start: int
    end: int


def frames(stream: bytes) -> list[Frame]:
    """Every frame of `stream`. Raises EncoderError where there is none, or half of one."""
    found, start = [], 0
    while start < len(stream):
        end = start + lame_tag.size_of(stream[start : start + 4])
        if end > len(stream):
            raise EncoderError("the MP3 encoder left an unfinished frame at the end")
        found.append(Frame(start, end))
        start = end
    return found


def independent(stream: bytes, found: Sequence[Frame], number: int) -> bytes:
    """Frame `number` of `stream` with all its main data in its own slot, larger where it has to be.

    What its slot holds for later frames stays at its end, where they look for it.
    """
    frame = found[number]
    back = _data_begin(stream, frame)
    reach = number
    while reach and _payload(found[reach:number]) < back:
        reach -= 1
    data = b"".join(stream[one.start + HEAD : one.end] for one in found[reach : number + 1])
    own = frame.end - frame.start - HEAD
    data = data[len(data) - own - back :]
    used = -(-_data_bits(stream, frame) // 8)
    ahead = _data_begin(stream, found[number + 1]) if number + 1 < len(found) else 0
    head = _roomy(stream[frame.start : frame.start + 4], used + ahead)
    side = (int.from_bytes(stream[frame.start + 4 : frame.start + HEAD]) & ((1 << _SIDE_BITS - 9) - 1)).to_bytes(32)
    stuffing = bytes(lame_tag.size_of(head) - HEAD - used - ahead)
    return head + side + data[:used] + stuffing + data[len(data) - ahead :] * bool(ahead)


def _payload(found: Sequence[Frame]) -> int:
    return sum(frame.end - frame.start - HEAD for frame in found)


def _data_begin(stream: bytes, frame: Frame) -> int:
    """How many bytes of main data stand in earlier slots."""
    return int.from_bytes(stream[frame.start + 4 : frame.start + 6]) >> 7


def _data_bits(stream: bytes, frame: Frame) -> int:
    side = int.from_bytes(stream[frame.start + 4 : frame.start + HEAD])
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
