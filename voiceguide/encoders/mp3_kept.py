"""MP3 chunks kept from one render to the next: after a small edit most of a session is the same as before.

A chunk is named by all that makes its bytes: the encoder and its settings, and every sample that it is encoded from. So
what is kept can never be the wrong one, and a render from nothing gives the same file. What was heard when it was
decoded is kept with it, under one checksum, so it need not be decoded again either.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
from collections.abc import Iterator
from contextvars import ContextVar

import numpy as np

from voiceguide.audio.fingerprint import Print
from voiceguide.audio.heard import Heard
from voiceguide.cache import Entries
from voiceguide.encoders.lame_tag import Stream
from voiceguide.encoders.mp3_chunks import Make, Work
from voiceguide.encoders.mp3_piece import Piece, checksum
from voiceguide.errors import StorageError

MOST_BYTES = 500_000_000
"""Nine hours at 128 kbit/s. What was not used for longest goes first."""
_VERSION = 3
"""Part of every name: raise it whenever chunks are cut, encoded, heard or packed in another way."""
_HEAD = struct.Struct("<5Id2I")
"""The stream's frames, bytes, checksum and mode; frames, peak, powers and windows that were heard."""

_place: ContextVar[Entries | None] = ContextVar("where MP3 chunks are kept", default=None)


@contextlib.contextmanager
def kept_in(entries: Entries) -> Iterator[None]:
    """MP3 encoders that are made inside take their chunks from `entries` where they can, and leave theirs."""
    before = _place.set(entries)
    try:
        yield
    finally:
        _place.reset(before)
        with contextlib.suppress(OSError):  # what is finished is not lost for that
            entries.prune(MOST_BYTES)


def remembering(make: Make, recipe: str) -> Make:
    """`make`, asked only for what is not kept. `recipe` names all that its bytes hang on besides the work.

    A place that takes nothing, or loses something, only costs time.
    """
    entries = _place.get()
    if entries is None:
        return make

    def remembered(work: Work) -> Piece:
        key = _name(recipe, work)
        entry = entries.read(key)
        if entry is not None:
            return unpacked(entry)
        piece = make(work)
        with contextlib.suppress(StorageError):
            entries.write(key, packed(piece))
        return piece

    return remembered


def packed(piece: Piece) -> bytes:
    """A piece as bytes."""
    of, heard = piece.counted, piece.heard
    prints = heard.fingerprint
    numbers = of.frames, of.size, of.crc, of.mode, heard.frames, heard.peak, len(heard.powers), len(prints.powers)
    arrays = heard.powers.astype("<f8"), prints.powers.astype("<f4"), prints.projections.astype("<f4")
    return b"".join((_HEAD.pack(*numbers), *(array.tobytes() for array in arrays), piece.stream))


def unpacked(entry: bytes) -> Piece:
    """`packed` backwards, to the bit."""
    frames, size, crc, mode, heard, peak, segments, windows = _HEAD.unpack_from(entry)
    at, arrays = _HEAD.size, []
    for kind, count in (("<f8", segments), ("<f4", windows), ("<f4", 2 * windows)):
        array = np.frombuffer(entry, kind, count, at)
        arrays.append(array.astype(array.dtype.newbyteorder("=")))
        at += array.nbytes
    powers, levels, projections = arrays
    found = Heard(heard, powers, peak, Print(levels, projections.reshape(-1, 2)))
    stream = entry[at:]
    return Piece(stream, Stream(frames, size, crc, mode), found, checksum(stream))


def _name(recipe: str, work: Work) -> str:
    what = f"{_VERSION} {_lame()} {recipe} {work.samples.shape} {work.drop} {work.keep} {work.place.name}\n"
    name = hashlib.sha256(what.encode())
    name.update(work.samples.reshape(-1).data)
    return name.hexdigest()


def _lame() -> str:
    from importlib.metadata import version

    return version("lameenc")
