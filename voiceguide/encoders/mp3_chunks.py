"""MP3 in chunks that are encoded side by side and join as if one encoder had made them.

Each chunk is begun `BEFORE` frames early and ended `AFTER` frames late, so that the encoder has settled where the chunk
begins and has looked ahead where it ends; what is too much is dropped, and the first frame that stays is made
independent of the dropped ones. Borders hang on the length alone, so the bytes do not depend on who encodes what.

Who encodes a chunk also decodes it, while the others encode theirs (`mp3_piece`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from math import lcm

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.heard import Heard, grid, joined
from voiceguide.encoders import Repeat, SameAs, lame_tag
from voiceguide.encoders.lame_tag import FRAME
from voiceguide.encoders.mp3_frames import edges, independent
from voiceguide.encoders.mp3_piece import Piece, Place, checksum, heard_border, heard_piece
from voiceguide.encoders.reading import HINT
from voiceguide.errors import EncoderError

BEFORE = 98
"""Frames. After 49, the cycle of padded and unpadded frames at 44.1 kHz, LAME is not always where it would be without a
border (one join in 23 had 0.6 dB more noise over 400 ms); after twice that it is, but for 0.1 dB at most."""
KEPT = 49 * 40
"""Frames of a chunk: 51 s. What is encoded twice costs 5 %."""
AFTER = 3

Pcm = NDArray[np.int16]
Encode = Callable[[Pcm], bytes]
"""All frames of interleaved samples, shape (frames, 2), from an encoder of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What a chunk is made from, and where it will stand."""

    samples: Pcm
    drop: int
    """Frames of its stream before those that stay."""
    keep: int | None
    """How many stay; all of the last chunk."""
    place: Place


Make = Callable[[Work], Piece]
Reread = Callable[[int, int], bytes]
"""Bytes of the stream that were given already, from a place on."""


def made(encode: Encode, work: Work) -> Piece:
    """A chunk, encoded and heard. Raises EncoderError."""
    if not len(work.samples):
        raise EncoderError("there is nothing to encode")
    stream, drop = encode(work.samples), work.drop
    found = edges(stream)
    end = found[-1] if work.keep is None else found[drop + work.keep]
    cut = independent(stream, found, drop) + stream[found[drop + 1] : end] if drop else stream[:end]
    return heard_piece(cut, work.place)


class Chunks:
    """Takes samples in any blocks, `total` frames in all, and gives the stream in pieces, in order.

    At most `jobs` + 2 chunks are held, each of 9 MB.
    """

    def __init__(self, make: Make, reread: Reread, total: int, jobs: int, rate: int, bitrate: int) -> None:
        self._make, self._reread = make, reread
        self._total, self._rate, self._bitrate = total, rate, bitrate
        self._left = total
        self._pool = ThreadPoolExecutor(jobs, "voiceguide-mp3")
        self._waiting: deque[tuple[Place, Future[Piece] | int]] = deque()
        self._most_waiting = jobs + 1
        self._number = 0
        self._filled = 0
        self._buffer = np.empty((self._size(), 2), np.int16)
        self._last: tuple[Piece, Place] | None = None
        self._done: list[Piece] = []
        self._heard: list[Heard | Future[Heard]] = []
        self._borders: dict[tuple[bytes, str, bytes, str], Future[Heard]] = {}

    def add(self, samples: Pcm) -> Iterator[bytes]:
        """What has become ready by now."""
        while len(samples):
            room = min(len(samples), len(self._buffer) - self._filled)
            self._buffer[self._filled : self._filled + room] = samples[:room]
            self._filled += room
            self._left -= room
            samples = samples[room:]
            if self._filled == len(self._buffer) and self._left:
                yield from self._begun(last=False)

    def finish(self) -> Iterator[bytes]:
        """The rest, when all samples were given."""
        yield from self._begun(last=True)
        while self._waiting:
            yield self._next()
        self._pool.shutdown()

    def abort(self) -> None:
        """Lets everything be. Safe at any time, and twice."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def counted(self) -> lame_tag.Stream:
        """What the finished stream is."""
        return reduce(lame_tag.together, (piece.counted for piece in self._done))

    def heard(self) -> Heard:
        """What another decoder hears in the finished stream. Raises EncoderError when it cannot be decoded."""
        return joined([heard.result() if isinstance(heard, Future) else heard for heard in self._heard])

    def sums(self) -> list[tuple[int, bytes]]:
        """Of each piece that was heard, its bytes and their checksum."""
        return [(piece.counted.size, piece.sum) for piece in self._done]

    def repeat(self, known: Repeat) -> Iterator[bytes]:
        """What has become ready when the next samples are those of earlier chunks."""
        chunk = KEPT * FRAME
        begin = self._total - self._left + known.frames
        last = (begin // FRAME + BEFORE) // KEPT
        for number in range(self._number, last):
            place = Place(self._rate, self._bitrate, number * KEPT)
            yield from self._queued(place, number - known.distance // chunk)
        self._number, self._filled = last, 0
        self._buffer = np.empty((self._size(), 2), np.int16)
        self._left -= known.frames

    def _size(self) -> int:
        """Samples that the chunk in work is encoded from."""
        count = KEPT + AFTER + (BEFORE if self._number else 0)
        return count * FRAME

    def _begun(self, *, last: bool) -> Iterator[bytes]:
        """Hands the buffer to the pool, and begins the next with the end of this one."""
        place = Place(self._rate, self._bitrate, self._number * KEPT, self._total - self._left if last else 0)
        drop, keep = (BEFORE if self._number else 0), (None if last else KEPT)
        work = Work(self._buffer[: self._filled], drop, keep, place)
        yield from self._queued(place, self._pool.submit(self._make, work))
        if not last:
            overlap = (BEFORE + AFTER) * FRAME
            self._number += 1
            done, self._buffer = self._buffer, np.empty((self._size(), 2), np.int16)
            self._buffer[:overlap] = done[-overlap:]
            self._filled = overlap

    def _queued(self, place: Place, piece: Future[Piece] | int) -> Iterator[bytes]:
        self._waiting.append((place, piece))
        while len(self._waiting) > self._most_waiting:
            yield self._next()

    def _next(self) -> bytes:
        """The next piece. What lies between it and the one before is listened to meanwhile."""
        place, waiting = self._waiting.popleft()
        piece = self._again(waiting) if isinstance(waiting, int) else waiting.result()
        if self._last is not None:
            self._heard.append(self._border(*self._last, piece, place))
        self._last = piece, place
        self._heard.append(piece.heard)
        self._done.append(replace(piece, stream=b""))
        return piece.stream

    def _again(self, number: int) -> Piece:
        """An earlier piece, as it lies in the file."""
        done = self._done[number]
        stream = self._reread(sum(piece.counted.size for piece in self._done[:number]), done.counted.size)
        if checksum(stream) != done.sum:
            raise EncoderError("the file is not what was written", HINT)
        return replace(done, stream=stream)

    def _border(self, before: Piece, start: Place, after: Piece, place: Place) -> Future[Heard]:
        key = before.sum, start.name, after.sum, place.name
        if key not in self._borders:
            self._borders[key] = self._pool.submit(heard_border, before, start, after, place)
        return self._borders[key]


def repeats(at: int, total: int, rate: int, same_as: SameAs) -> Repeat | None:
    """What chunks need not be given from frame `at` on, of `total`: those whose samples are those of earlier ones."""
    chunk = KEPT * FRAME
    first = number = max(0, at // FRAME - AFTER) // KEPT
    distance = 0
    while (end := (number + 1) * chunk + AFTER * FRAME) < total:
        begin = number * chunk - BEFORE * FRAME
        before = same_as(begin, end - begin, lcm(chunk, grid(rate))) if number else None
        if before is None or before < chunk - BEFORE * FRAME or distance not in (0, begin - before):
            break
        distance, number = begin - before, number + 1
    skipped = number * chunk - BEFORE * FRAME - at
    return Repeat(skipped, distance) if number > first and skipped > 0 else None
