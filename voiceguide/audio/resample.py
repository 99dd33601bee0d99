"""Brings clips to the session's rate."""

from __future__ import annotations

from typing import cast

import numpy as np

from voiceguide.audio.clip import Clip, Samples
from voiceguide.model.units import rescale


def resampled(clip: Clip, rate: int) -> Samples:
    """The clip's samples at `rate` Hz, in exactly `rescale(frames, clip.rate, rate)` frames.

    The first sample stays the first, so an onset keeps its place. Quality is soxr's HQ (20 bits).
    """
    if clip.rate == rate:
        return clip.samples
    import soxr

    wanted = rescale(len(clip.samples), clip.rate, rate)
    converted = cast(Samples, soxr.resample(clip.samples, clip.rate, rate, quality="HQ"))
    if len(converted) >= wanted:
        return converted[:wanted]
    return np.pad(converted, (0, wanted - len(converted)))
