"""MP3 chunks kept from one render to the next: after a small edit most of a session is the same as before.

A chunk is named by all that makes its bytes: the encoder and its settings, and every sample that it is encoded from. So
what is kept can never be the wrong one, and a render from nothing gives the same file.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from contextvars import ContextVar

from voiceguide.cache import Entries
from voiceguide.encoders.mp3_chunks import Encode, Pcm
from voiceguide.errors import StorageError

MOST_BYTES = 500_000_000
"""Nine hours at 128 kbit/s. What was not used for longest goes first."""
_VERSION = 1
"""Part of every name: raise it whenever chunks are cut or encoded in another way."""

_place: ContextVar[Entries | None] = ContextVar("where MP3 chunks are kept", default=None)


@contextlib.contextmanager
def kept_in(entries: Entries) -> Iterator[None]:
    """MP3 encoders that are made inside take their chunks from `entries` where they can, and leave theirs."""
    before = _place.set(entries)
    try:
        yield
    finally:
        _place.reset(before)
        entries.prune(MOST_BYTES)


def remembering(encode: Encode, recipe: str) -> Encode:
    """`encode`, asked only for what is not kept. `recipe` names all that its bytes hang on besides the samples.

    A place that takes nothing, or loses something, only costs time.
    """
    entries = _place.get()
    if entries is None:
        return encode

    def remembered(samples: Pcm) -> bytes:
        key = _name(recipe, samples)
        stream = entries.read(key)
        if stream is None:
            stream = encode(samples)
            with contextlib.suppress(StorageError):
                entries.write(key, stream)
        return stream

    return remembered


def _name(recipe: str, samples: Pcm) -> str:
    name = hashlib.sha256(f"{_VERSION} {_lame()} {recipe} {samples.shape}\n".encode())
    name.update(samples.reshape(-1).data)
    return name.hexdigest()


def _lame() -> str:
    from importlib.metadata import version

    return version("lameenc")
