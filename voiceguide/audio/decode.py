"""Reads sound into a clip, and says honestly what is wrong with what cannot be read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.audio import mpeg, ogg, unheard, wavbytes
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.forward import forward
from voiceguide.audio.piped import ENDLESS, to_the_end
from voiceguide.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from soundfile import SoundFile

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
"""Hz. Below, speech is not whole; above, a header lies."""
LONGEST = 3600.0
"""Seconds that any sound may last: a few bytes of FLAC can stand for days of silence."""
_COARSE = ("PCM_U8", "PCM_S8")
_COARSE_STEP = 1 / 128
_BLOCK = 1 << 18
"""Frames that are read at once."""


def decode(path: Path) -> Clip:
    """The file (WAV, AIFF, FLAC and whatever else libsndfile reads) as mono float32; several channels are averaged.

    Judges by content, not by name. Raises EngineError when it is missing, empty, not sound, shorter than its own
    header promises, several streams joined, or holds values that are no numbers.
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
    if wavbytes.kind(data) == "ogg":
        _refuse_ogg(data, name)
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


def _refuse_ogg(data: bytes, name: str) -> None:
    """Raises EngineError for an Ogg stream that does not end, or that another one follows."""
    if not ogg.ends(data[-ogg.TAIL :]):
        raise EngineError(f"{name} is truncated: its last page is missing")
    if fault := unheard.of_ogg(io.BytesIO(data)):
        raise EngineError(f"{name} {fault}")


def _read(data: bytes, name: str, longest: float) -> tuple[Samples, int]:
    """Mono samples and their rate."""
    import soundfile

    try:
        sound, promised = _opened(data, name)
        with sound:
            rate = int(sound.samplerate)
            if not LOWEST_RATE <= rate <= HIGHEST_RATE:
                raise EngineError(
                    f"{name} has a rate of {rate} Hz, which is not between {LOWEST_RATE} and {HIGHEST_RATE}"
                )
            most = round(longest * rate)
            samples = _samples(sound, most + 1)
    except (soundfile.SoundFileError, OSError) as error:
        reason = getattr(error, "error_string", error)  # without the place in memory that its text names
        raise EngineError(f"{name} is not sound that can be read: {reason}") from error
    if len(samples) > most:
        raise EngineError(f"{name} is too long: more than {longest:.1f} s")
    if len(samples) < promised:
        raise EngineError(f"{name} is truncated: {len(samples)} of {promised} frames")
    return samples, rate


def _opened(data: bytes, name: str) -> tuple[SoundFile, int]:
    """The sound, and how many frames it must have: 0 where nothing says it, as in FLAC that was streamed.

    Raises EngineError for an MP3 that would not be heard to its end, and soundfile's own errors.
    """
    sound = forward()(io.BytesIO(data))
    stream = mpeg.walked(io.BytesIO(data), len(data)) if sound.format == "MP3" else None
    if fault := unheard.of_mp3(stream):
        sound.close()
        raise EngineError(f"{name} {fault}")
    promised = stream.samples if stream and not stream.tagged else int(sound.frames)
    return to_the_end(sound, stream, lambda: io.BytesIO(data)), promised if promised < ENDLESS else 0


def _samples(sound: SoundFile, most: int) -> Samples:
    """The sound as mono, to its end, but no more than `most` frames."""
    parts: list[Samples] = []
    while most > 0 and len(frames := sound.read(min(_BLOCK, most), dtype="float32", always_2d=True)):
        if sound.subtype in _COARSE:
            # Silence wavers by one step of 8 bits, which would be a hiss without beginning or end.
            frames[np.abs(frames) <= _COARSE_STEP] = 0
        parts.append(_mono(frames))
        most -= len(frames)
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _mono(frames: NDArray[np.float32]) -> Samples:
    return frames[:, 0].copy() if frames.shape[1] == 1 else frames.mean(axis=1, dtype=np.float32)


def _within_full_scale(samples: Samples) -> Samples:
    """Samples of a float format may go beyond ±1, or count in steps: then they are brought down as a whole."""
    peak = float(np.abs(samples).max())
    return samples / np.float32(peak) if peak > 1 else samples
