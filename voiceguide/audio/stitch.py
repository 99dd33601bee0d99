"""Joins clips into one, through pydub."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Clip, Samples

FULL_SCALE = 32768
"""16-bit full scale, as libsndfile maps it to ±1."""


def join(clips: Sequence[Clip]) -> Clip:
    """`clips` one after the other, without gap or crossfade, in 16-bit steps: what was 16-bit comes back exact.

    Raises ValueError when there is none, or their rates differ.
    """
    rates = {clip.rate for clip in clips}
    if len(rates) != 1:
        raise ValueError(f"clips to be joined have {len(rates)} different rates")
    first, *others = map(to_segment, clips)
    for other in others:
        # append crossfades 100 ms unless told otherwise
        first = first.append(other, crossfade=0)
    return from_segment(first)


def to_segment(clip: Clip) -> Any:
    """`clip` as a mono 16-bit pydub AudioSegment."""
    data = to_steps(clip.samples).astype("<i2").tobytes()
    return _audio_segment()(data=data, sample_width=2, frame_rate=clip.rate, channels=1)


def from_segment(segment: Any) -> Clip:
    """A mono 16-bit pydub AudioSegment as a clip."""
    steps = np.frombuffer(segment.raw_data, dtype="<i2").astype(np.int16)
    return Clip(from_steps(steps), int(segment.frame_rate))


def to_steps(samples: Samples) -> NDArray[np.int16]:
    """Samples in 16-bit steps, rounded, and limited to what 16 bits hold."""
    return np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def from_steps(steps: NDArray[np.int16]) -> Samples:
    """16-bit steps as samples; `to_steps` gives the same steps back."""
    return steps.astype(np.float32) / np.float32(FULL_SCALE)


def _audio_segment() -> Any:
    """pydub's segment class. Importing it warns of a missing ffmpeg, which nothing here needs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment
