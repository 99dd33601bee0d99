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
FLATTEST = 0.5
"""Spectral flatness of a whole clip: 1 is white noise, and samples read in the wrong format give 0.6 and more. Spoken
words give 0.03 (espeak, 22 kHz), "Psst" 0.09, and espeak's whispering voice 0.27 at most."""
_WINDOW = 512


def fault(clip: Clip, *, clean: bool = True) -> str:
    """What is wrong with an untrimmed clip of speech, in a few words; "" for nothing.

    Unless it must be `clean`, it may be noisy to its end: people cut their recordings closely, in rooms that hum.
    """
    samples = clip.samples
    if samples.ndim != 1 or samples.dtype != np.float32 or clip.rate <= 0:
        return "it is not mono float32 sound"
    if not len(samples):
        return "it is empty"
    if not np.isfinite(samples).all():
        return "it holds values that are no numbers"
    return _fault_of_level(samples) or (_fault_of_noise(samples, clip.rate) if clean else "")


def fault_of_length(trimmed: Clip, expected: Millis, band: tuple[float, float], slack: Millis) -> str:
    """What is wrong with the length of the speech when it should be `band` times `expected`, give or take `slack`."""
    length = to_millis(Frames(len(trimmed.samples)), trimmed.rate)
    least, most = band[0] * expected - slack, band[1] * expected + slack
    if length < least:
        return f"it is too short: {length / 1000:.2f} s, expected {expected / 1000:.2f} s"
    return f"it is too long: {length / 1000:.2f} s, expected {expected / 1000:.2f} s" if length > most else ""


def _fault_of_level(samples: Samples) -> str:
    level = np.abs(samples)
    if _loud_rms(samples) < 10 ** (QUIETEST_DB / 20):
        return "it is silent"
    if float(np.mean(level >= CLIPPED)) > MOST_CLIPPED:
        return "it is clipped all over"
    return "it is noise" if _flatness(samples) > FLATTEST else ""


def _fault_of_noise(samples: Samples, rate: int) -> str:
    ending = samples[-max(1, round(ENDING_SECONDS * rate)) :]
    return "it ends in the middle of a sound" if _rms(ending) > _loud_rms(samples) * 10 ** (LOUD_ENDING_DB / 20) else ""


def _loud_rms(samples: Samples) -> float:
    """Of what is within 40 dB of the peak: the silence around speech says nothing of its level."""
    level = np.abs(samples)
    return _rms(level[level > float(level.max()) * 0.01])


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _flatness(samples: Samples) -> float:
    """The geometric by the arithmetic mean of the mean power spectrum (Johnston 1988); 0 for a very short clip."""
    count = len(samples) // _WINDOW
    if not count:
        return 0.0
    windows = samples[: count * _WINDOW].reshape(count, _WINDOW) * np.hanning(_WINDOW)
    # Without the lowest and the highest two bins, which hold what filters leave.
    power = np.mean(np.abs(np.fft.rfft(windows, axis=1)) ** 2, axis=0)[2:-2] + 1e-12
    return float(np.exp(np.mean(np.log(power))) / np.mean(power))
