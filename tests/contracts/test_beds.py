"""What every bed in the table promises."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide import beds
from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SegmentPowers, gated, lufs
from voiceguide.beds import Bed
from voiceguide.errors import InputMissing, UsageError

RATE = 44_100
HOURS = 8 * 3600 * RATE
SILENT = ("none",)
VARIANTS = (
    "drone:C3",
    "pad:F#m7",
    "bowl:D3@9s",
    "binaural:180/10-4",
    "isochronic:210/0.7",
    "ocean:-3 + bowl@60s + drone:A2",
    'brown + music:"{file}":-6',
)
STATED = [name for name in beds.names() if name != beds.MUSIC]
DIGESTS: dict[str, str] = {}
ALL = [*STATED, 'music:"{file}"', *VARIANTS]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("music") / "song.flac"
    time = np.arange(30 * 32_000) / 32_000
    song = 0.2 * np.sin(2 * np.pi * 220 * time) * (0.7 + 0.3 * np.sin(time)) * np.minimum(1, 30.0 - time)
    soundfile.write(path, np.stack((song, np.roll(song, 20)), axis=1), 32_000)
    return path


@pytest.fixture(scope="module", params=ALL)
def text(request: pytest.FixtureRequest, file: Path) -> str:
    return request.param.replace("{file}", str(file))


@pytest.fixture(scope="module")
def bed(text: str) -> Bed:
    made = beds.make(text, RATE)
    DIGESTS[text] = hashlib.sha256(made.at(12_345_678, 100_000).tobytes()).hexdigest()
    return made


@pytest.fixture(scope="module")
def minutes(bed: Bed) -> Samples:
    return bed.at(0, 120 * RATE)


@pytest.mark.parametrize("start", [0, 1, 759_374, 1_048_575, 10**9, 3 * HOURS])
def test_samples_are_stereo_float32_and_finite(bed: Bed, start: int) -> None:
    for frames in (0, 1, 5_000):
        samples = bed.at(start, frames)
        assert samples.shape == (frames, 2)
        assert samples.dtype == np.float32
        assert np.isfinite(samples).all()


def test_any_span_is_a_slice_of_the_whole(bed: Bed, minutes: Samples) -> None:
    dice = np.random.default_rng(1)
    spans = 100 if bed.powers(1, 1) is None else 1_000  # files take longer to jump about in
    for start in dice.integers(0, len(minutes) - 3_000, spans):
        frames = int(dice.integers(0, 3_000))
        np.testing.assert_array_equal(bed.at(int(start), frames), minutes[start : start + frames])
    joined = np.concatenate([bed.at(at, 46_080) for at in range(0, 40 * 46_080, 46_080)])
    np.testing.assert_array_equal(joined, minutes[: len(joined)])


def test_after_eight_hours_it_is_still_exact(bed: Bed) -> None:
    whole = bed.at(HOURS, 300_000)
    for start, end in ((0, 1), (59_000, 60_000), (123_456, 299_999)):
        np.testing.assert_array_equal(bed.at(HOURS + start, end - start), whole[start:end])
    if bed.period:
        later = -(-HOURS // bed.period) * bed.period
        np.testing.assert_array_equal(bed.at(later + 777, 100_000), bed.at(bed.period + 777, 100_000))


def test_a_period_is_whole_blocks_or_a_stroke_or_a_song(bed: Bed) -> None:
    assert bed.period is None or bed.period > 0


def test_what_a_caller_does_to_its_samples_is_the_callers_affair(bed: Bed) -> None:
    before = bed.at(100, 1_000).copy()
    bed.at(100, 1_000)[:] = 1
    np.testing.assert_array_equal(bed.at(100, 1_000), before)


def test_there_is_no_click_and_no_constant_part(minutes: Samples) -> None:
    assert np.abs(minutes.mean(axis=0)).max() < 1e-4
    assert np.abs(np.diff(minutes, axis=0)).max() < 0.15
    assert np.abs(minutes).max() < 0.5


def test_it_is_as_loud_as_beds_are_and_knows_it(bed: Bed, text: str, minutes: Samples) -> None:
    meter = SegmentPowers(RATE, 2, RATE // 10)
    meter.add(minutes)
    own = meter.values()
    if text in SILENT:
        assert not own.any()
        return
    assert bed.heard is not None
    assert bed.heard.loudness == pytest.approx(beds.LOUDNESS, abs=0.01)
    assert gated(own) == pytest.approx(beds.LOUDNESS, abs=1.0)
    assert lufs(np.convolve(own, np.full(4, 0.25), "valid").max()) < bed.heard.loudest + 0.3
    foretold = bed.powers(RATE // 10, len(own))
    if foretold is not None:
        moments = [np.convolve(powers, np.full(10, 0.1), "valid") for powers in (own, foretold)]
        loud = moments[0] > moments[0].max() / 1_000
        apart = 10 * np.log10(moments[0][loud] / moments[1][loud])
        assert np.sqrt(np.mean(apart**2)) < 0.6
        assert abs(apart.mean()) < 0.2


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize("name", ["drone", "ocean", "bowl", "isochronic"])
def test_another_rate_is_as_loud(name: str, rate: int) -> None:
    meter = SegmentPowers(rate, 2, rate // 10)
    meter.add(beds.make(name, rate).at(0, 90 * rate))
    assert gated(meter.values()) == pytest.approx(beds.LOUDNESS, abs=1.0)


def test_an_unknown_bed_is_met_with_a_near_miss() -> None:
    with pytest.raises(UsageError) as caught:
        beds.make("dron", RATE)
    assert "drone" in caught.value.hint


def test_every_built_in_bed_is_told_of() -> None:
    assert set(beds.SUMMARIES) == set(beds.BUILTIN)


def test_music_needs_a_file() -> None:
    with pytest.raises(UsageError, match="no file"):
        beds.make("music", RATE)
    with pytest.raises(InputMissing, match="nowhere"):
        beds.make("music:nowhere", RATE)


def test_another_process_makes_the_same() -> None:
    if not DIGESTS:
        DIGESTS["drone"] = hashlib.sha256(beds.make("drone", RATE).at(12_345_678, 100_000).tobytes()).hexdigest()
    program = f"""
import hashlib, json, sys
from voiceguide import beds
texts = json.loads(sys.argv[1])
print(json.dumps([hashlib.sha256(beds.make(t, {RATE}).at(12_345_678, 100_000).tobytes()).hexdigest() for t in texts]))
"""
    words = [sys.executable, "-c", program, json.dumps(list(DIGESTS))]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == list(DIGESTS.values())
