"""What a file is, judged by its content, and its samples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from voiceguide.audio import kinds, mpeg, wavbytes
from voiceguide.audio.channels import MOST_CHANNELS, in_wave_order
from voiceguide.audio.clip import Samples
from voiceguide.audio.forward import forward
from voiceguide.audio.piped import to_the_end
from voiceguide.errors import ContentError, InputMissing, Problem
from voiceguide.inspector import mp4, whole
from voiceguide.inspector.faults import AGAIN

if TYPE_CHECKING:
    from soundfile import SoundFile

_BLOCK = 1 << 16


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
    """As promised, or counted for an MP3 without a tag; 0 for a FLAC that leaves it open."""
    strange: int = 0
    """Bytes of an MP3 that belong to no frame: it was damaged, or something was put between."""
    beyond: int = 0
    """Frames of an MP3 after the end that its tag names."""
    samples: int = 0
    """In all frames of an MP3, without what players leave out at both ends."""
    changes: bool = False
    """Whether decoders stop inside it: an MP3 of two sample rates or numbers of channels, an Ogg of two streams."""


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
        if missing := whole.missing(path, disk):
            raise refused(path, f"is truncated: {missing}", AGAIN)
        with closing(_stream(path, disk)) as sound:
            if sound.channels > MOST_CHANNELS:
                count = f"has {sound.channels} channels, and not 1 to {MOST_CHANNELS}"
                raise refused(path, count, "mix it down to 5.1 or to stereo")
            if not mp4.LOWEST <= sound.samplerate <= mp4.HIGHEST:
                rate = f"has {sound.samplerate} samples a second, and not {mp4.LOWEST} to {mp4.HIGHEST}"
                raise refused(path, rate, "its header may be wrong: export it again, at 44100 or 48000 Hz")
            yield sound


def _stream(path: Path, disk: BinaryIO) -> SoundFile | mp4.Stream:
    import soundfile

    disk.seek(0)
    head = disk.read(kinds.HEAD)
    disk.seek(0)
    try:
        if mp4.is_mp4(head):
            return mp4.Stream(path)
        # By descriptor, because a name may have no spelling in this locale.
        sound = forward()(disk.fileno(), closefd=False)
        stream = mpeg.walk(path) if sound.format == "MP3" else None
        return to_the_end(sound, stream, lambda: path.open("rb"))
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
        raise refused(path, f"is damaged {done / sound.samplerate:.2f} s in: {reason}", AGAIN) from error


def described(path: Path, sound: SoundFile | mp4.Stream) -> Container:
    """What there is to know of a file without decoding it. Raises OSError."""
    name = "OPUS" if sound.subtype == "OPUS" else sound.format.removesuffix("EX")
    stream = mpeg.walk(path) if name == "MP3" else None
    frames = whole.flac_frames(path) if name == "FLAC" else sound.frames
    if stream and not stream.tagged:
        frames = stream.samples
    seconds = frames / sound.samplerate
    rate = stream.bit_rate if stream else round(8 * path.stat().st_size / seconds) if seconds else 0
    constant = stream.constant if stream else name not in ("MP4", "FLAC", "OGG", "OPUS")
    known = name, sound.subtype, sound.samplerate, sound.channels, rate, constant, frames
    if stream:
        return Container(*known, stream.strange, stream.beyond, stream.samples, stream.changes)
    return Container(*known, changes=name in ("OGG", "OPUS") and whole.goes_on(path))


def finite(block: Samples) -> bool:
    """Whether all samples are numbers."""
    return bool(np.isfinite(block).all())


def _reason(path: Path, error: Exception) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(kinds.HEAD)
    if not head:
        return "is empty", AGAIN
    if kinds.sounds(head):
        return f"cannot be decoded: {str(getattr(error, 'error_string', error)).rstrip('.')}", AGAIN
    return f"is {wavbytes.described(head)}, not audio", "name an MP3, M4A, FLAC, WAV, Ogg, Opus or AIFF file"


def tags(path: Path) -> Any:
    """Whatever mutagen finds in a file; None for none, or none that it understands."""
    from importlib import import_module

    mutagen = import_module("mutagen")
    try:
        return mutagen.File(path)
    except (mutagen.MutagenError, OSError, ValueError, KeyError, EOFError):
        return None
