"""Reads sound into a clip, and says honestly what is wrong with what cannot be read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.audio import wavbytes
from voiceguide.audio.clip import Clip, Samples
from voiceguide.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
"""Hz. Below, speech is not whole; above, a header lies."""
LONGEST = 3600.0
"""Seconds that any sound may last: a few bytes of FLAC can stand for days of silence."""
_COARSE = ("PCM_U8", "PCM_S8")
_COARSE_STEP = 1 / 128
_LAST_PAGE = 0x04
"""The flag of the last page of an Ogg stream (RFC 3533, section 6)."""


def decode(path: Path) -> Clip:
    """The file (WAV, AIFF, FLAC and whatever else libsndfile reads) as mono float32; several channels are averaged.

    Judges by content, not by name. Raises EngineError when it is missing, empty, not sound, shorter than its own
    header promises, or holds values that are no numbers.
    """
    if not path.is_file():
        raise EngineError(f"there is no file {path.name}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EngineError(f"{path.name} cannot be read: {error.strerror or error}") from error
    return _clip(data, path.name, LONGEST)


def decode_bytes(data: bytes, name: str, longest: float = LONGEST) -> Clip:
    """Sound that somebody sent (WAV, AIFF, FLAC, Ogg, Opus or MP3, whatever was asked for) as mono float32.

    Raises EngineError as `decode` does, for anything else, raw samples among it, and above `longest` seconds.
    `name` is what messages call it.
    """
    if data and not wavbytes.kind(data):
        raise EngineError(f"{name} is {wavbytes.described(data)}")
    return _clip(data, name, longest)


def _clip(data: bytes, name: str, longest: float) -> Clip:
    if not data:
        raise EngineError(f"{name} is empty")
    if (missing := _missing_bytes(data)) > 0:
        raise EngineError(f"{name} is truncated: {missing} bytes are missing")
    if wavbytes.kind(data) == "ogg" and not _has_last_page(data):
        raise EngineError(f"{name} is truncated: its last page is missing")
    samples, rate = _read(wavbytes.mended(data, name), name, longest)
    if not len(samples):
        raise EngineError(f"{name} holds no sound")
    if not np.isfinite(samples).all():
        raise EngineError(f"{name} holds values that are no numbers")
    return Clip(_within_full_scale(samples), rate)


def _missing_bytes(data: bytes) -> int:
    """How many bytes an AIFF lacks of what its outermost chunk promises; 0 for other kinds.

    libsndfile reads a truncated file without a word.
    """
    if wavbytes.kind(data) != "aiff":
        return 0
    return max(0, int.from_bytes(data[4:8], "big") + 8 - len(data))


def _has_last_page(data: bytes) -> bool:
    """Whether an Ogg stream has its last page, whole: 27 bytes of header, a table of sizes, and what it says."""
    page = data[data.rfind(b"OggS") :]
    if len(page) < 27 or not page[5] & _LAST_PAGE:
        return False
    return len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def _read(data: bytes, name: str, longest: float) -> tuple[Samples, int]:
    """Mono samples and their rate."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            rate, promised = int(sound.samplerate), int(sound.frames)
            if not LOWEST_RATE <= rate <= HIGHEST_RATE:
                raise EngineError(
                    f"{name} has a rate of {rate} Hz, which is not between {LOWEST_RATE} and {HIGHEST_RATE}"
                )
            most = round(longest * rate)
            frames: NDArray[np.float32] = sound.read(min(promised, most + 1), dtype="float32", always_2d=True)
            if sound.subtype in _COARSE:
                # Silence wavers by one step of 8 bits, which would be a hiss without beginning or end.
                frames[np.abs(frames) <= _COARSE_STEP] = 0
    except (soundfile.SoundFileError, OSError) as error:
        reason = getattr(error, "error_string", error)  # without the place in memory that its text names
        raise EngineError(f"{name} is not sound that can be read: {reason}") from error
    if len(frames) > most:
        raise EngineError(f"{name} is too long: more than {longest:.1f} s")
    if len(frames) < promised:
        raise EngineError(f"{name} is truncated: {len(frames)} of {promised} frames")
    return _mono(frames), rate


def _mono(frames: NDArray[np.float32]) -> Samples:
    return frames[:, 0].copy() if frames.shape[1] == 1 else frames.mean(axis=1, dtype=np.float32)


def _within_full_scale(samples: Samples) -> Samples:
    """Samples of a float format may go beyond ±1, or count in steps: then they are brought down as a whole."""
    peak = float(np.abs(samples).max())
    return samples / np.float32(peak) if peak > 1 else samples
