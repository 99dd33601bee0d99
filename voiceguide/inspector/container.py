"""What a file is, judged by its content, and whether it is whole: libsndfile reads what was cut off without a word."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from voiceguide.audio import kinds, wavbytes
from voiceguide.audio.channels import MOST_CHANNELS, in_wave_order
from voiceguide.audio.clip import Samples
from voiceguide.audio.forward import forward
from voiceguide.errors import ContentError, InputMissing, Problem
from voiceguide.inspector import mp4, mpeg

if TYPE_CHECKING:
    from soundfile import SoundFile

_TAIL = 1 << 17  # an Ogg page has 65,307 bytes at most
_LAST_PAGE = 0x04  # RFC 3533, section 6
_BLOCK = 1 << 16
_FLAC_SIZE = slice(21, 26)  # the last 36 bits count samples: RFC 9639, section 8.2
_AGAIN = "get the file again from where it came, or render it anew"


@dataclass(frozen=True, slots=True)
class Container:
    """What a file says of itself."""

    format: str
    """`MP3`, `MP4`, `FLAC`, `WAV`, `OGG`, `OPUS`, `AIFF` and what else libsndfile calls it."""
    subtype: str
    """How samples are kept: `PCM_16`, `FLOAT`, `MPEG_LAYER_III`."""
    rate: int
    channels: int
    bit_rate: int
    """Bits a second on average."""
    constant: bool
    """False where the bit rate follows the sound."""
    frames: int
    """As promised, or guessed for an MP3 without a tag; what is really there is counted."""
    strange: int = 0
    """Bytes of an MP3 that belong to no frame: it was damaged, or something was put between."""
    beyond: int = 0
    """Frames of an MP3 after the end that its tag names."""


@contextmanager
def opened(path: Path) -> Iterator[SoundFile | mp4.Stream]:
    """The file, ready to be read.

    Raises InputMissing when it is not there, ContentError when it is no sound or lacks a part, and EngineMissing when
    nothing here can read its kind.
    """
    try:
        disk = path.open("rb")
    except OSError as error:
        hint = "check the path and its permissions"
        raise InputMissing(f"'{path}' cannot be read: {error.strerror or error}", hint) from None
    with disk:
        if missing := _missing(path, disk):
            raise refused(path, f"is truncated: {missing}", _AGAIN)
        with closing(_stream(path, disk)) as sound:
            if sound.channels > MOST_CHANNELS:
                count = f"has {sound.channels} channels, and not 1 to {MOST_CHANNELS}"
                raise refused(path, count, "mix it down to 5.1 or to stereo")
            yield sound


def _stream(path: Path, disk: BinaryIO) -> SoundFile | mp4.Stream:
    import soundfile

    disk.seek(0)
    head = disk.read(kinds.HEAD)
    disk.seek(0)
    try:
        # By descriptor, because a name may have no spelling in this locale.
        return mp4.Stream(path) if mp4.is_mp4(head) else forward()(disk.fileno(), closefd=False)
    except (soundfile.SoundFileError, OSError, TypeError) as error:
        raise refused(path, *_reason(path, error)) from error


def refused(path: Path, message: str, hint: str = "") -> ContentError:
    """The error for a file that cannot be judged as a whole."""
    return ContentError((Problem(str(path), 0, 0, f"'{path}' {message}", hint),))


def blocks(sound: SoundFile | mp4.Stream, path: Path) -> Iterator[Samples]:
    """The whole of it, float32 of shape (frames, channels), which are in the order of WAVE.

    Raises ContentError where it cannot be decoded.
    """
    done = 0
    try:
        while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True)):
            done += len(block)
            yield in_wave_order(block, sound.format)
    except RuntimeError as error:
        reason = str(getattr(error, "error_string", error)).rstrip(".")
        raise refused(path, f"is damaged {done / sound.samplerate:.2f} s in: {reason}", _AGAIN) from error


def described(path: Path, sound: SoundFile | mp4.Stream) -> Container:
    """What there is to know of a file without decoding it. Raises OSError."""
    name = "OPUS" if sound.subtype == "OPUS" else sound.format.removesuffix("EX")
    stream = mpeg.walk(path) if name == "MP3" else None
    seconds = sound.frames / sound.samplerate
    rate = stream.bit_rate if stream else round(8 * path.stat().st_size / seconds) if seconds else 0
    constant = stream.constant if stream else name not in ("MP4", "FLAC", "OGG", "OPUS")
    promised = _flac_frames(path) if name == "FLAC" else 0
    known = name, sound.subtype, sound.samplerate, sound.channels, rate, constant, promised or sound.frames
    return Container(*known, stream.strange, stream.beyond) if stream else Container(*known)


def finite(block: Samples) -> bool:
    """Whether all samples are numbers."""
    return bool(np.isfinite(block).all())


def _reason(path: Path, error: Exception) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(kinds.HEAD)
    if not head:
        return "is empty", _AGAIN
    if kinds.sounds(head):
        return f"cannot be decoded: {str(getattr(error, 'error_string', error)).rstrip('.')}", _AGAIN
    return f"is {wavbytes.described(head)}, not audio", "name an MP3, M4A, FLAC, WAV, Ogg, Opus or AIFF file"


def _missing(path: Path, file: BinaryIO) -> str:
    """What a header promises and the file lacks, for a person; "" for nothing."""
    head = file.read(kinds.HEAD)
    kind = "mp4" if mp4.is_mp4(head) else wavbytes.kind(head)
    if kind == "mp3":
        stream = mpeg.walk(path)
        return stream.missing if stream else ""
    size = os.fstat(file.fileno()).st_size
    if kind == "ogg":
        file.seek(max(0, size - _TAIL))
        return "" if _ends(file.read()) else "its last page is missing"
    lacking = {"wav": wavbytes.missing, "aiff": _aiff_lacks, "mp4": mp4.missing}.get(kind)
    count = lacking(file, size) if lacking else 0
    return f"{count} bytes are missing" if count > 0 else ""


def _aiff_lacks(file: BinaryIO, size: int) -> int:
    file.seek(4)
    return int.from_bytes(file.read(4), "big") + 8 - size


def _ends(tail: bytes) -> bool:
    """Whether the last page of an Ogg stream is there, whole."""
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or not page[5] & _LAST_PAGE:
        return False
    return len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def _flac_frames(path: Path) -> int:
    """How many frames STREAMINFO promises; 0 when it leaves that open."""
    with path.open("rb") as file:
        file.seek(mpeg.after_id3(file))
        head = file.read(42)
    return int.from_bytes(head[_FLAC_SIZE], "big") & ((1 << 36) - 1) if head[:4] == b"fLaC" else 0


def tags(path: Path) -> Any:
    """Whatever mutagen finds in a file; None for none, or none that it understands."""
    from importlib import import_module

    mutagen = import_module("mutagen")
    try:
        return mutagen.File(path)
    except (mutagen.MutagenError, OSError, ValueError, KeyError, EOFError):
        return None
