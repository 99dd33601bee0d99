"""What a decoder would leave out without a word: of files that were cut off, or joined end to end.

The first of two files that were put into one says how long it is, and there decoders stop.
"""

from __future__ import annotations

from typing import BinaryIO

from voiceguide.audio import mpeg, ogg

_JOINED = "is several streams joined end to end, of which only the first would be heard"


def of_mp3(stream: mpeg.Stream | None) -> str:
    """What is wrong with an MP3 of these frames, for a person, as in "song.mp3 is truncated"; "" for nothing."""
    if stream is None:
        return ""
    if stream.missing:
        return f"is truncated: {stream.missing}"
    return _JOINED if stream.beyond or stream.changes else ""


def of_ogg(file: BinaryIO) -> str:
    """What is wrong with an open Ogg file that ends as it should; "" for nothing."""
    return _JOINED if ogg.goes_on(file) else ""
