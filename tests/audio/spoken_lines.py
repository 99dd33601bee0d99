"""A dozen sentences of sessions, spoken, and what one can measure on each of them."""

from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide import engines
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import FINE_WINDOW, clip_powers
from voiceguide.cache import ClipCache
from voiceguide.model.cues import NOWHERE
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narrator
from voiceguide.settings import Settings

LINES = (
    "Sit somewhere soft, and rest one foot across the other knee.",
    "Press slowly with both thumbs, from the heel to the toes.",
    "Squeeze the heel six times, as softly as you wish.",
    "Let your shoulders sink, and let the breath slow down by itself.",
    "Slide the soles of your hands along the sides of the foot.",
    "Close your eyes. Notice the weight of your feet.",
    "Make small circles around the ankle bone, first one way and then the other.",
    "If something hurts, use less pressure, or stop.",
    "Stretch each toe gently, and shake it a little.",
    "This is the last stroke on this side.",
    "Wrap both hands around the foot and hold it still for a while.",
    "Thank you for taking this time for yourself.",
)
_SPEECH = 20.0  # decibels below the loudest 400 ms: softer is a pause


def spoken(name: str, cache: Path) -> dict[str, Clip]:
    """Every line by an engine, as a session would have it."""
    engine = engines.make(name, Settings(engine=name, cache=cache))
    try:
        narrator = Narrator(engine, ClipCache(cache))
        says = {line: Say(line, Utterance(line), NOWHERE) for line in LINES}
        narrator.speak(list(says.values()))
        return {line: narrator.clip(say.utterance) for line, say in says.items()}
    finally:
        engine.close()


def rumble(clip: Clip) -> float:
    """Decibels of what lies below 60 Hz, relative to all."""
    powers, places = _spectrum(clip)
    return _decibels(powers[places < 60].sum() / powers.sum())


def sibilance(clip: Clip) -> float:
    """Decibels of the loudest s and sh: 5 to 9 kHz over 10 ms (the 99th percentile), relative to the mean of all."""
    spectrum = np.fft.rfft(clip.samples)
    places = np.fft.rfftfreq(len(clip.samples), 1 / clip.rate)
    spectrum[(places < 5_000) | (places >= 9_000)] = 0
    band = np.fft.irfft(spectrum, len(clip.samples))
    over = max(1, clip.rate // 100)
    powers = np.convolve(band**2, np.full(over, 1 / over), "same")
    return _decibels(np.percentile(powers, 99) / np.mean(clip.samples.astype(np.float64) ** 2))


def spread(clip: Clip) -> float:
    """The loudness range within a clip in LU: of 400 ms, between the 10th and the 95th percentile, pauses left out."""
    powers = sliding_window_view(clip_powers(clip.samples, clip.rate), FINE_WINDOW).mean(axis=1)
    loud = powers[powers > powers.max() * 10 ** (-_SPEECH / 10)]
    low, high = np.percentile(loud, (10, 95))
    return _decibels(high / low)


def delay(before: Clip, after: Clip) -> int:
    """Frames by which one clip lies behind the other, where they are most alike."""
    size = 2 * len(before.samples)
    product = np.fft.rfft(after.samples, size) * np.conj(np.fft.rfft(before.samples, size))
    place = int(np.argmax(np.fft.irfft(product, size)))
    return place if place < size // 2 else place - size


def steepest(samples: Samples) -> float:
    """The largest step of the second difference, relative to the largest sample: what a click would be."""
    return float(np.abs(np.diff(samples, 2)).max() / np.abs(samples).max())


def _spectrum(clip: Clip) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    powers = np.abs(np.fft.rfft(clip.samples)) ** 2
    return powers.astype(np.float64), np.fft.rfftfreq(len(clip.samples), 1 / clip.rate)


def _decibels(ratio: float) -> float:
    return 10 * float(np.log10(ratio + 1e-12))
