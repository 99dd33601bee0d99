"""What every bed in the table promises."""

import numpy as np
import pytest

from voiceguide import beds
from voiceguide.audio.levels import Loudness, SegmentPowers, lufs
from voiceguide.beds import Bed, drone
from voiceguide.errors import UsageError

RATE = 44_100


@pytest.fixture(scope="module", params=beds.names())
def bed(request: pytest.FixtureRequest) -> Bed:
    return beds.make(request.param, RATE)


@pytest.mark.parametrize("start", [0, 1, 759_374, 1_048_575, 10**9])
def test_samples_are_stereo_float32_and_finite(bed: Bed, start: int) -> None:
    for frames in (0, 1, 5_000):
        samples = bed.at(start, frames)
        assert samples.shape == (frames, 2)
        assert samples.dtype == np.float32
        assert np.isfinite(samples).all()


def test_any_span_is_a_slice_of_the_whole(bed: Bed) -> None:
    whole = bed.at(700_000, 500_000)
    for start, end in ((0, 1), (59_000, 60_000), (348_000, 349_999), (1_234, 499_999)):
        np.testing.assert_array_equal(bed.at(700_000 + start, end - start), whole[start:end])


def test_two_of_a_name_are_the_same(bed: Bed) -> None:
    drone._loops.cache_clear()
    other = next(beds.make(name, RATE) for name in beds.names() if type(beds.make(name, RATE)) is type(bed))
    np.testing.assert_array_equal(bed.at(12_345, 10_000), other.at(12_345, 10_000))


def test_what_a_caller_does_to_its_samples_is_the_callers_affair(bed: Bed) -> None:
    before = bed.at(100, 1_000).copy()
    bed.at(100, 1_000)[:] = 1
    np.testing.assert_array_equal(bed.at(100, 1_000), before)


def test_there_is_no_click_and_no_constant_part(bed: Bed) -> None:
    samples = bed.at(0, 60 * RATE)
    assert np.abs(samples.mean(axis=0)).max() < 1e-4
    assert np.abs(np.diff(samples, axis=0)).max() < 0.05
    assert np.abs(samples).max() < 0.5


def test_an_unknown_bed_is_met_with_a_near_miss() -> None:
    with pytest.raises(UsageError) as caught:
        beds.make("dron", RATE)
    assert "drone" in caught.value.hint


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_the_drone_has_its_loudness(rate: int) -> None:
    meter = Loudness(rate, 2)
    meter.add(beds.make("drone", rate).at(0, 30 * rate))
    assert meter.integrated() == pytest.approx(drone.LOUDNESS, abs=0.05)


def test_the_drone_is_calm() -> None:
    samples = beds.make("drone", RATE).at(0, 90 * RATE)
    meter = SegmentPowers(RATE, 2, RATE // 10)
    meter.add(samples)
    short_term = np.convolve(meter.values(), np.full(30, 1 / 30), "valid")
    assert lufs(short_term.max()) < drone.LOUDNESS + 2
    assert lufs(short_term.min()) > drone.LOUDNESS - 2


def test_the_drone_is_warm_and_wide_but_not_in_mono_thinner() -> None:
    samples = beds.make("drone", RATE).at(0, 2**20)
    power = (np.abs(np.fft.rfft(samples, axis=0)) ** 2).sum(axis=1)
    frequency = np.fft.rfftfreq(2**20, 1 / RATE)

    def band(low: float, high: float) -> float:
        return 10 * float(np.log10(power[(frequency >= low) & (frequency < high)].sum()))

    assert band(2_000, 5_000) < band(100, 300) - 30
    assert 0.5 < np.corrcoef(samples.T)[0, 1] < 0.98
    assert np.mean(samples.mean(axis=1) ** 2) > 0.9 * np.mean(samples**2)


def test_the_drones_loops_share_no_factor() -> None:
    one, other = drone._loops(RATE)
    assert np.gcd(len(one), len(other)) == 1
    assert min(len(one), len(other)) > 15 * RATE
