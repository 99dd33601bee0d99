"""Judging what an engine answered."""

import numpy as np
import pytest

from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.verify import fault, fault_of_length
from voiceguide.model.units import Millis

RATE = 22_050
SPEECH = np.pad(0.3 * np.sin(np.linspace(0, 2000, RATE)), 2000).astype(np.float32)


def with_value(value: float) -> Samples:
    samples = SPEECH.copy()
    samples[5000] = value
    return samples


def test_good_speech_has_no_fault() -> None:
    assert fault(Clip(SPEECH, RATE)) == ""
    assert fault(Clip(with_value(1.0), RATE)) == ""


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (SPEECH[:0], "empty"),
        (np.zeros(RATE, np.float32), "silent"),
        (SPEECH * np.float32(0.001), "silent"),
        (with_value(np.nan), "no numbers"),
        (with_value(np.inf), "no numbers"),
        (np.clip(SPEECH * 100, -1, 1), "clipped"),
        (SPEECH[: RATE // 2], "middle of a sound"),
        (np.random.default_rng(1).uniform(-0.9, 0.9, RATE).astype(np.float32), "noise"),
        (SPEECH.astype(np.float64), "float32"),
        (np.stack([SPEECH, SPEECH]), "mono"),
    ],
)
def test_every_fault_is_named(samples: Samples, reason: str) -> None:
    assert reason in fault(Clip(samples, RATE))


@pytest.mark.parametrize(
    ("millis", "reason"), [(400, "too short"), (600, ""), (1000, ""), (1650, ""), (1700, "too long")]
)
def test_the_length_has_a_band(millis: int, reason: str) -> None:
    clip = Clip(np.zeros(millis * RATE // 1000, np.float32), RATE)
    said = fault_of_length(clip, Millis(1000), (0.65, 1.6), Millis(50))
    assert reason in said
    assert bool(said) == bool(reason)
