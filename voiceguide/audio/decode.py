"""Reads a sound file into a clip, and says honestly what is wrong with one that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.audio.clip import Clip, Samples
from voiceguide.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNKNOWN = 0xFFFFFFFF
"""The size that a WAV written to a pipe gives itself."""


def decode(path: Path) -> Clip:
    """The file (WAV, AIFF, FLAC and whatever else libsndfile reads) as mono float32; several channels are averaged.

    Judges by content, not by name. Raises EngineError when it is missing, empty, not sound, shorter than its own
    header promises, or holds values that are no numbers.
    """
    if not path.is_file():
        raise EngineError(f"there is no file {path.name}")
    if path.stat().st_size == 0:
        raise EngineError(f"{path.name} is empty")
    if (missing := missing_bytes(path)) > 0:
        raise EngineError(f"{path.name} is truncated: {missing} bytes are missing")
    samples, rate, promised = _read(path)
    if len(samples) < promised:
        raise EngineError(f"{path.name} is truncated: {len(samples)} of {promised} frames")
    if not len(samples):
        raise EngineError(f"{path.name} holds no sound")
    if not np.isfinite(samples).all():
        raise EngineError(f"{path.name} holds values that are no numbers")
    return Clip(samples, rate)


def missing_bytes(path: Path) -> int:
    """How many bytes a WAV or AIFF lacks of what its outermost chunk promises; 0 for other files.

    libsndfile reads a truncated file without a word.
    """
    with path.open("rb") as file:
        head = file.read(12)
    order = {b"RIFF": "little", b"FORM": "big"}.get(head[:4])
    if order is None or len(head) < 12:
        return 0
    promised = int.from_bytes(head[4:8], "little" if order == "little" else "big")
    return 0 if promised == _UNKNOWN else max(0, promised + 8 - path.stat().st_size)


def _read(path: Path) -> tuple[Samples, int, int]:
    """Mono samples, rate, and the number of frames that the header promises."""
    import soundfile

    try:
        with path.open("rb") as file, soundfile.SoundFile(file) as sound:
            frames: NDArray[np.float32] = sound.read(dtype="float32", always_2d=True)
            return _mono(frames), int(sound.samplerate), int(sound.frames)
    except (soundfile.SoundFileError, OSError) as error:
        raise EngineError(f"{path.name} is not sound that can be read: {error}") from error


def _mono(frames: NDArray[np.float32]) -> Samples:
    return frames[:, 0].copy() if frames.shape[1] == 1 else frames.mean(axis=1, dtype=np.float32)
