"""A chunk of MP3, and what another decoder hears in it.

A decoder that begins with a chunk's first frame lacks what the frame before it leaves behind: half a frame of overlap
and 15 of the 32-sample slots of its filter bank, so that 1,056 samples are wrong (ISO/IEC 11172-3, 2.4.3.4). The tag
frame put in front makes it drop 1,105, so what it gives is exact from the first sample on. What lies between two chunks
is decoded from the frames round their border. Piece by piece, every sample is heard as a decoder of the whole gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from voiceguide.audio.heard import Ear, Heard, grid, heard_from
from voiceguide.encoders import lame_tag, reading
from voiceguide.encoders.lame_tag import FRAME, Stream
from voiceguide.encoders.mp3_frames import edges, independent
from voiceguide.errors import EncoderError

LATE = lame_tag.ENCODER_DELAY + lame_tag.DECODER_DELAY
"""Samples by which frames lie ahead of what they are heard as."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk stands: its first frame in the session, and, of the last one alone, the session's samples."""

    rate: int
    bitrate: int
    first: int
    total: int = 0

    def span(self, frames: int) -> tuple[int, int]:
        """The samples of the session that are heard in a chunk of `frames` by itself: whole segments of `grid`.

        They begin a segment late, but in the first chunk.
        """
        size = grid(self.rate)
        end = self.total or ((self.first + frames) * FRAME - LATE) // size * size
        begin = (-(-self.first * FRAME // size) + 1) * size if self.first else 0
        return min(begin, end), end

    @property
    def name(self) -> str:
        """The same for the same places in a session's grid, wherever they are."""
        phase = self.first * FRAME % grid(self.rate)
        left = self.total - self.first * FRAME if self.total else 0
        return f"{self.rate} {self.bitrate} {phase} {bool(self.first)} {left}"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Whole frames, the first of which needs none before it."""

    stream: bytes
    counted: Stream
    heard: Heard
    """Of the samples in `Place.span`."""
    sum: bytes
    """Of `stream`."""


def checksum(data: bytes) -> bytes:
    """Names the very bytes, among all that are not made to deceive."""
    return blake2b(data, digest_size=16).digest()


def heard_piece(stream: bytes, place: Place) -> Piece:
    """A chunk's own frames, heard. Raises EncoderError for what is no stream, or cannot be decoded."""
    counted = lame_tag.counted(stream)
    begin, end = place.span(counted.frames)
    start = begin - grid(place.rate) if place.first and begin < end else begin
    ear = Ear(place.rate, led_in=place.first > 0 and begin < end, led_out=not place.total or begin == end)
    heard = _heard(stream, counted, place, (start, end), ear) if begin < end else ear.finish()
    return Piece(stream, counted, heard, checksum(stream))


def heard_border(before: Piece, start: Place, after: Piece, place: Place) -> Heard:
    """What lies between the spans of two chunks in a row, whose places are `start` and `place`."""
    begin, (end, _) = start.span(before.counted.frames)[1] - grid(place.rate), place.span(after.counted.frames)
    first = begin // FRAME
    last = min(-(-(end + LATE) // FRAME) - place.first, after.counted.frames)
    behind, number = edges(before.stream), first - start.first
    stream = independent(before.stream, behind, number) + before.stream[behind[number + 1] :]
    stream += after.stream[: edges(after.stream)[last]]
    there = Place(place.rate, place.bitrate, first, place.total if last == after.counted.frames else 0)
    ear = Ear(place.rate, led_in=True, led_out=end != place.total)
    return _heard(stream, lame_tag.counted(stream), there, (begin, end), ear)


def _heard(stream: bytes, counted: Stream, place: Place, span: tuple[int, int], ear: Ear) -> Heard:
    """What `ear` hears of a stream in `span` of the session."""
    offset = place.first * FRAME
    samples = (place.total or (place.first + counted.frames) * FRAME - LATE) - offset
    tag = lame_tag.info_frame(counted, samples, place.bitrate, place.rate)
    begin, end = span
    heard = heard_from(reading.decoded_bytes(tag + stream, place.rate), ear, begin - offset, end - offset)
    if heard.frames != end - begin - ear.leading:
        raise EncoderError(f"the file holds {heard.frames} frames in place of {end - begin}", reading.HINT)
    return heard
