"""Judges what an engine answered: is it all of the speech that it should be?"""

from __future__ import annotations

import numpy as np

from voiceguide.audio.clip import Clip, Samples
from voiceguide.model.units import Frames, Millis, to_millis

QUIETEST_DB = -45.0
"""Speech whose RMS, relative to full scale, is below this is as good as silence; engines give -15 to -25."""
CLIPPED = 0.999
MOST_CLIPPED = 0.01
"""Share of samples at full scale. Engines that peak at 1.0 touch it a few times a sentence; overflow stays there."""
ENDING_SECONDS = 0.005
LOUD_ENDING_DB = -30.0
"""Speech stops before its file does. A clip whose last 5 ms are above this, relative to its RMS, was cut off."""


def fault(clip: Clip) -> str:
    """What is wrong with an untrimmed clip of speech, in a few words; "" for nothing."""
    samples = clip.samples
    if samples.ndim != 1 or samples.dtype != np.float32 or clip.rate <= 0:
        return "it is not mono float32 sound"
    if not len(samples):
        return "it is empty"
    if not np.isfinite(samples).all():
        return "it holds values that are no numbers"
    return _fault_of_level(samples, clip.rate)


def fault_of_length(trimmed: Clip, expected: Millis, band: tuple[float, float], slack: Millis) -> str:
    """What is wrong with the length of the speech when it should be `band` times `expected`, give or take `slack`."""
    length = to_millis(Frames(len(trimmed.samples)), trimmed.rate)
    least, most = band[0] * expected - slack, band[1] * expected + slack
    if length < least:
        return f"it is too short: {length / 1000:.2f} s, expected {expected / 1000:.2f} s"
    return f"it is too long: {length / 1000:.2f} s, expected {expected / 1000:.2f} s" if length > most else ""


def _fault_of_level(samples: Samples, rate: int) -> str:
    level = np.abs(samples)
    # The silence around speech says nothing of its level.
    loud = level[level > float(level.max()) * 0.01]
    rms = _rms(loud)
    if rms < 10 ** (QUIETEST_DB / 20):
        return "it is silent"
    if float(np.mean(level >= CLIPPED)) > MOST_CLIPPED:
        return "it is clipped all over"
    ending = samples[-max(1, round(ENDING_SECONDS * rate)) :]
    return "it ends in the middle of a sound" if _rms(ending) > rms * 10 ** (LOUD_ENDING_DB / 20) else ""


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
