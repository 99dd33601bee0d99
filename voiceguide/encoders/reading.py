"""Reads a finished file again through libsndfile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.forward import forward
from voiceguide.errors import EncoderError

HINT = "try again, or another format; if it stays, please report it"
_BLOCK = 1 << 16


def decoded(path: Path, rate: int, channels: int = 2) -> Iterator[NDArray[np.float32]]:
    """The whole file in blocks of shape (any, 2); one channel is given twice.

    Raises EncoderError when it has other channels or another rate, or cannot be read to its end.
    """
    try:
        # By descriptor, because a name may have no spelling in this locale.
        with path.open("rb") as disk, forward()(disk.fileno(), closefd=False) as sound:
            if (sound.samplerate, sound.channels) != (rate, channels):
                raise EncoderError(f"the file has {sound.channels} channels at {sound.samplerate} Hz", HINT)
            while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True)):
                yield block if channels == 2 else np.repeat(block, 2, axis=1)
    except RuntimeError as error:
        raise EncoderError(f"the file cannot be decoded again: {error}", HINT) from error
