"""The one conversion from float to 16 bits."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples

_TILE = 1 << 18  # frames of noise before it repeats: six seconds, at a level nobody hears
_SEED = 16


def to_int16(block: Samples, start_frame: int, *, dither: bool = True, gain: float = 1.0) -> NDArray[np.int16]:
    """Float32 samples, shape (frames, channels), times `gain`, as 16 bits; what is beyond full scale saturates.

    The dither is triangular, two steps wide, and hangs on the frame's index alone, so any split into
    blocks gives the same samples. Exact zeros stay zeros. MP3 and its kin want no dither.
    """
    scaled = block * (np.float32(gain) * np.float32(32768))
    if dither:
        scaled += _noise(start_frame, *block.shape) * (block != 0)
    np.rint(scaled, out=scaled)
    return np.clip(scaled, -32768, 32767, out=scaled).astype(np.int16)


def _noise(start: int, frames: int, channels: int) -> Samples:
    tile = _tile(channels)
    at = start % _TILE
    if at + frames <= _TILE:
        return tile[at : at + frames]
    return np.take(tile, np.arange(at, at + frames), axis=0, mode="wrap")


@lru_cache(maxsize=2)
def _tile(channels: int) -> Samples:
    """Triangular noise of ±1 step: the sum of two flat ones (Lipshitz, Wannamaker and Vanderkooy, 1992)."""
    flat = np.random.default_rng(_SEED).random((2, _TILE, channels), np.float32)
    tile: Samples = flat[0] - flat[1]
    tile.setflags(write=False)
    return tile
