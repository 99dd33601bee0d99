"""Sound whose length nobody knows, read to its end.

Where no tag says how long an MP3 is, libsndfile guesses it from the first frames, and stops there or asks for more
than there is. From a pipe it reads to the end, and guesses nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from shutil import copyfileobj
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from voiceguide.audio import mpeg
from voiceguide.audio.forward import forward

if TYPE_CHECKING:
    from soundfile import SoundFile

ENDLESS = (1 << 63) - 1
"""The frames of sound whose length nobody knows, as libsndfile says it."""


def to_the_end(sound: SoundFile, stream: mpeg.Stream | None, reopened: Callable[[], BinaryIO]) -> SoundFile:
    """`sound`; or, for an MP3 whose `stream` has no tag, the same from a pipe with the file that `reopened` opens.

    Raises OSError, and soundfile's own errors.
    """
    if stream is None or stream.tagged:
        return sound
    sound.close()
    return piped(reopened())


def piped(file: BinaryIO) -> SoundFile:
    """The sound of an open MP3, from its first frame on. The file is closed when all of it was read."""
    file.seek(max(0, mpeg.first(file)))
    reading, writing = os.pipe()
    Thread(target=_feed, args=(file, writing), daemon=True).start()
    return forward()(reading)


def _feed(file: BinaryIO, writing: int) -> None:
    # Whoever reads may have seen enough.
    with suppress(OSError), open(writing, "wb") as pipe, file:
        copyfileobj(file, pipe)
