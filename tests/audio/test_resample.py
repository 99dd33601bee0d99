import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.audio.resample import resampled
from voiceguide.model.units import rescale


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("frames", [0, 1, 7, 999, 22_050])
def test_the_length_is_exact(frames: int, rate: int) -> None:
    clip = Clip(np.full(frames, 0.5, np.float32), rate)
    samples = resampled(clip, 44_100)
    assert len(samples) == rescale(frames, rate, 44_100)
    assert samples.dtype == np.float32


def test_an_onset_keeps_its_place() -> None:
    silence, tone = np.zeros(1_000), np.sin(2 * np.pi * 500 * np.arange(4_000) / 22_050)
    samples = resampled(Clip(np.concatenate((silence, tone)).astype(np.float32), 22_050), 44_100)
    assert abs(int(np.flatnonzero(np.abs(samples) > 0.2)[0]) - 2_000) < 10


def test_the_session_rate_is_left_alone() -> None:
    samples = np.ones(10, np.float32)
    assert resampled(Clip(samples, 44_100), 44_100) is samples
