"""MP3 in chunks that are encoded side by side and join as if one encoder had made them.

Each chunk is begun `BEFORE` frames early and ended `AFTER` frames late, so that the encoder has settled where the chunk
begins and has looked ahead where it ends; what is too much is dropped, and the first frame that stays is made
independent of the dropped ones. Borders hang on the length alone, so the bytes do not depend on who encodes what.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from voiceguide.encoders.lame_tag import FRAME
from voiceguide.encoders.mp3_frames import frames, independent
from voiceguide.errors import EncoderError

BEFORE = 49
"""Frames. 49 is also the cycle of padded and unpadded frames at 44.1 kHz: a chunk begins where the cycle does."""
KEPT = 49 * 40
"""Frames of a chunk: 51 s. What is encoded twice costs 2.6 %."""
AFTER = 3

Pcm = NDArray[np.int16]
Encode = Callable[[Pcm], bytes]
"""All frames of interleaved samples, shape (frames, 2), from an encoder of their own."""


class Chunks:
    """Takes samples in any blocks, `total` frames in all, and gives the stream in pieces, in order.

    At most `jobs` + 2 chunks are held, each of 9 MB.
    """

    def __init__(self, encode: Encode, total: int, jobs: int) -> None:
        self._encode = encode
        self._left = total
        self._pool = ThreadPoolExecutor(jobs, "voiceguide-mp3")
        self._waiting: deque[Future[bytes]] = deque()
        self._most_waiting = jobs + 1
        self._number = 0
        self._filled = 0
        self._buffer = np.empty((self._size(), 2), np.int16)

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
            yield self._waiting.popleft().result()
        self._pool.shutdown()

    def abort(self) -> None:
        """Lets everything be. Safe at any time, and twice."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _size(self) -> int:
        """Samples that the chunk in work is encoded from."""
        count = KEPT + AFTER + (BEFORE if self._number else 0)
        return count * FRAME

    def _begun(self, *, last: bool) -> Iterator[bytes]:
        """Hands the buffer to the pool, and begins the next with the end of this one."""
        drop, keep = (BEFORE if self._number else 0), (None if last else KEPT)
        self._waiting.append(self._pool.submit(_chunk, self._encode, self._buffer[: self._filled], drop, keep))
        if not last:
            overlap = (BEFORE + AFTER) * FRAME
            self._number += 1
            done, self._buffer = self._buffer, np.empty((self._size(), 2), np.int16)
            self._buffer[:overlap] = done[-overlap:]
            self._filled = overlap
        while len(self._waiting) > self._most_waiting:
            yield self._waiting.popleft().result()


def _chunk(encode: Encode, samples: Pcm, drop: int, keep: int | None) -> bytes:
    if not len(samples):
        raise EncoderError("there is nothing to encode")
    stream = encode(samples)
    found = frames(stream)
    end = found[-1].end if keep is None else found[drop + keep - 1].end
    if not drop:
        return stream[:end]
    return independent(stream, found, drop) + stream[found[drop].end : end]
