"""A file of music, opened, if it is music and all of it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voiceguide.audio import wavbytes
from voiceguide.audio.channels import MOST_CHANNELS
from voiceguide.errors import InputMissing

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
HINT = "take it away, or convert it to FLAC, MP3, OGG or WAV"
_PAGE = 1 << 16  # bytes: a little more than an Ogg page can have
_END_OF_STREAM = 4


def opened(path: Path, named: Path) -> Any:
    """The soundfile at `path`. Raises InputMissing for what is not music or not whole, with `named` in its place."""
    import soundfile

    try:
        if misses_bytes(path):
            raise InputMissing(f"{named} is truncated: it is shorter than its own header says", HINT)
        if lacks_an_end(path):
            raise InputMissing(f"{named} is truncated: its stream does not end", HINT)
        sound = soundfile.SoundFile(str(path))
    except soundfile.SoundFileError as error:
        raise InputMissing(f"{named} is not music that can be read: {_why(error)}", HINT) from None
    except OSError as error:
        raise InputMissing(f"{named} cannot be read: {reason(error)}", HINT) from None
    fault = _fault(sound)
    if fault:
        raise InputMissing(f"{named} {fault}", HINT)
    # Otherwise each reading ends in a search for the place where it is anyway: slow in Opus, a dropout in MPEG-2.
    sound.seekable = lambda: False
    return sound


def _why(error: Exception) -> str:
    """libsndfile's reason; a file whose ending promised MP3 is to it one that does not exist."""
    said = reason(error)
    return "Format not recognised." if "does not exist" in said else said


def _fault(sound: Any) -> str:
    if not LOWEST_RATE <= sound.samplerate <= HIGHEST_RATE:
        return f"has a rate of {sound.samplerate} Hz, which is not between {LOWEST_RATE} and {HIGHEST_RATE}"
    if not 1 <= sound.channels <= MOST_CHANNELS:
        return f"has {sound.channels} channels, and not 1 to {MOST_CHANNELS}"
    if sound.frames < sound.samplerate // 2:
        return "holds less than half a second of sound"
    return "" if sound.seekable() else "cannot be read from any place"


def misses_bytes(path: Path) -> bool:
    """Whether a WAVE or AIFF file is shorter than it says: libsndfile reads what there is without a word."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        kind = wavbytes.kind(head)
        if kind == "wav":
            return wavbytes.missing(file, size) > 0
    # A writer that could not go back leaves nothing or everything here.
    return kind == "aiff" and size - 8 < int.from_bytes(head[4:8], "big") < 2**32 - 9


def lacks_an_end(path: Path) -> bool:
    """Whether the last page of an Ogg file is not whole, or not marked as its last (RFC 3533, section 6)."""
    with path.open("rb") as file:
        if file.read(4) != b"OggS":
            return False
        size = file.seek(0, 2)
        file.seek(max(0, size - _PAGE))
        rest = file.read()
    page = rest[rest.rfind(b"OggS") :]
    lengths = page[27 : 27 + page[26]] if len(page) > 27 else b""
    return len(page) < 27 + len(lengths) + sum(lengths) or not page[5] & _END_OF_STREAM


def reason(error: Exception) -> str:
    """In the words of the library or the system."""
    return str(getattr(error, "error_string", None) or getattr(error, "strerror", None) or error)
