import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import SegmentPowers


def sound(rate: int, segments: int, segment: int, offset: float = 0.0) -> Samples:
    dice = np.random.default_rng(rate)
    time = np.arange(segments * segment)[:, None] / rate
    tones = 0.2 * np.sin(2 * np.pi * np.array((40.0, 300.0)) * time)
    return (tones + 0.1 * dice.standard_normal(tones.shape) + offset).astype(np.float32)


def powers(samples: Samples, rate: int, segment: int, size: int) -> np.ndarray:
    meter = StreamPowers(rate, samples.shape[1], segment)
    for at in range(0, len(samples), size):
        meter.add(samples[at : at + size])
    return meter.values()


@pytest.mark.parametrize(
    ("rate", "segment"),
    [(44_100, 4_410), (48_000, 4_800), (22_050, 2_205), (8_000, 160), (96_000, 9_600), (44_056, 881)],
)
def test_it_agrees_with_the_filter_in_the_frequency_domain(rate: int, segment: int) -> None:
    samples = sound(rate, 41, segment)
    other = SegmentPowers(rate, 2, segment)
    other.add(samples)
    decibels = 10 * np.log10(powers(samples, rate, segment, len(samples)) / other.values())
    assert np.abs(decibels).max() < 1e-3


@pytest.mark.parametrize("size", [1, 1_000, 4_410, 46_080])
def test_any_size_of_block_gives_the_same_powers(size: int) -> None:
    samples = sound(44_100, 3 if size == 1 else 25, 4_410)
    np.testing.assert_allclose(powers(samples, 44_100, 4_410, size), powers(samples, 44_100, 4_410, 10**6), rtol=1e-6)


def test_an_offset_far_above_the_sound_is_filtered_out() -> None:
    loud = powers(sound(44_100, 40, 4_410, offset=0.5), 44_100, 4_410, 46_080)
    plain = powers(sound(44_100, 40, 4_410), 44_100, 4_410, 46_080)
    np.testing.assert_allclose(loud[10:], plain[10:], rtol=1e-3)


def test_what_is_not_a_whole_segment_is_waited_for() -> None:
    meter = StreamPowers(44_100, 1, 4_410)
    meter.add(np.ones(4_409, np.float32))
    assert not len(meter.values())
    meter.add(np.ones(1, np.float32))
    assert len(meter.values()) == 1
