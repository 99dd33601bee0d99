"""What is measured, judged by another meter; and the pure parts by what must hold of any sound."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from sounds import RATE, judged, pink, strikes, write

from voiceguide import inspector
from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SILENCE
from voiceguide.audio.measure import loudest, loudness_range, sliding
from voiceguide.inspector import profiles
from voiceguide.inspector.levels import Silences, noise_floor
from voiceguide.inspector.runs import Groups, Overlapping, Runs, Span, merged


def swelling(rate: int, seconds: float = 30) -> Samples:
    """Noise that comes and goes by 20 dB, shape (frames, 2)."""
    time = np.arange(round(rate * seconds)) / rate
    swell = 10 ** (-(1 + np.cos(2 * np.pi * time / 12)) / 2)
    return (pink(seconds, 0.15, rate) * swell[:, None]).astype(np.float32)


MATERIAL = {
    "44100": (swelling(44_100), 44_100),
    "48000": (swelling(48_000), 48_000),
    "22050 mono": (swelling(22_050)[:, :1], 22_050),
    "strikes": (strikes(21), RATE),
}


@pytest.mark.parametrize("name", MATERIAL)
def test_an_independent_meter_agrees(name: str, tmp_path: Path) -> None:
    samples, rate = MATERIAL[name]
    path = write(tmp_path / "judged.wav", samples, "FLOAT", rate)
    sound = inspector.inspect(path).sound
    loudness, spread, peak = judged(path)
    # It prints tenths: half of one is not ours.
    assert sound.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert sound.range_lu == pytest.approx(spread, abs=0.3)
    assert sound.true_peak_dbtp == pytest.approx(peak, abs=0.15)


@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg", "opus", "aiff"])
def test_any_format_reads_the_same(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"any.{ending}"
    samples = swelling(48_000, 12)
    # libsndfile fails on more than a second of Vorbis or Opus at once.
    subtype = "OPUS" if ending == "opus" else None
    with soundfile.SoundFile(path, "w", 48_000, 2, subtype, format="OGG" if ending == "opus" else None) as file:
        for at in range(0, len(samples), 4_800):
            file.write(samples[at : at + 4_800])
    found = inspector.inspect(path)
    loudness, spread, _ = judged(path)
    assert found.frames == len(samples)
    assert found.faults == ()
    assert found.container.format == ending.upper()
    assert found.sound.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert found.sound.range_lu == pytest.approx(spread, abs=0.3)


def test_surround_is_weighed_as_the_standard_says(tmp_path: Path) -> None:
    samples = np.concatenate([pink(6, 0.1, 48_000, seed) for seed in (1, 2, 3)], axis=1)
    path = write(tmp_path / "surround.wav", samples, "FLOAT", 48_000)
    assert inspector.inspect(path).sound.integrated_lufs == pytest.approx(judged(path)[0], abs=0.1)


def test_plain_levels(tmp_path: Path) -> None:
    tone = np.sin(2 * np.pi * 441 * np.arange(4 * RATE) / RATE + 0.1)
    found = inspector.inspect(write(tmp_path / "tone.wav", np.stack((0.5 * tone, 0.5 * tone), 1), "FLOAT"))
    assert found.sound.rms_dbfs == pytest.approx(-9.03, abs=0.01)
    assert found.sound.sample_peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert found.sound.dc == pytest.approx(0, abs=1e-4)
    assert found.container.constant
    assert found.seconds == 4


def test_silence_is_found_ahead_inside_and_after(tmp_path: Path) -> None:
    quiet = pink(9, 0.0001)
    loud = pink(9, 0.1)
    for start, end in ((0.75, 3.0), (4.0, 7.5)):
        quiet[round(start * RATE) : round(end * RATE)] = loud[round(start * RATE) : round(end * RATE)]
    found = inspector.inspect(write(tmp_path / "pauses.wav", quiet, "PCM_24"))
    assert found.leading / RATE == pytest.approx(0.75, abs=0.01)
    assert found.trailing / RATE == pytest.approx(1.5, abs=0.011)
    assert found.longest is not None
    assert (found.longest.start / RATE, found.longest.end / RATE) == pytest.approx((3.0, 4.0), abs=0.01)
    assert found.sound.noise_floor_dbfs == pytest.approx(-80, abs=1)


def paused() -> Samples:
    """Five seconds with a second of nearly nothing ahead, inside and after."""
    samples = pink(9, 0.0001)
    for start in (1, 5):
        samples[start * RATE : (start + 3) * RATE] = pink(3, 0.1)
    return samples


@pytest.mark.parametrize("offset", [0.005, -0.009])
def test_an_offset_hides_neither_silence_nor_the_noise_floor(offset: float, tmp_path: Path) -> None:
    plain = inspector.inspect(write(tmp_path / "plain.wav", paused(), "PCM_24"))
    found = inspector.inspect(write(tmp_path / "moved.wav", paused() + np.float32(offset), "PCM_24"))
    assert found.faults == ()
    assert (found.leading, found.longest, found.trailing) == (plain.leading, plain.longest, plain.trailing)
    assert found.leading / RATE == pytest.approx(1, abs=0.011)
    assert found.sound.noise_floor_dbfs == pytest.approx(plain.sound.noise_floor_dbfs, abs=0.1)
    judged_alike = [
        [v.passed for v in profiles.judge("acx", one) if v.name in ("noise floor", "silence ahead", "silence after")]
        for one in (plain, found)
    ]
    assert judged_alike == [[True, True, True]] * 2


def test_a_silent_file_is_not_to_be_turned_up(tmp_path: Path) -> None:
    found = inspector.inspect(write(tmp_path / "silent.wav", np.zeros((6 * RATE, 2), np.float32)))
    for name in profiles.names():
        assert not [v for v in profiles.judge(name, found) if "inf" in v.cure]
    (loudness,) = [v for v in profiles.judge("acx", found) if v.name == "RMS"]
    assert loudness.cure == "there is nothing to be heard in it"


def test_the_noise_floor_of_digital_silence_is_none_and_a_hole_does_not_hide_noise() -> None:
    noise, loud, nothing = 1e-6, 1e-2, 0.0
    assert noise_floor(np.array([loud] * 20 + [noise] * 10 + [loud] * 20)) == pytest.approx(-60)
    assert noise_floor(np.array([loud] * 20 + [nothing] * 10 + [loud] * 20)) == SILENCE
    assert noise_floor(np.array([nothing] * 30 + [loud] * 20 + [noise] * 10 + [loud] * 9)) == pytest.approx(-60)
    hole = [loud] * 600 + [noise] * 10 + [loud] * 10 + [nothing] * 6 + [loud] * 600
    assert noise_floor(np.array(hole)) == pytest.approx(-60)
    assert noise_floor(np.array([nothing] * 10)) == SILENCE
    assert noise_floor(np.array([])) == SILENCE


POWERS = st.lists(st.floats(1e-12, 1.0), min_size=0, max_size=200).map(np.array)


@given(POWERS, st.floats(1e-3, 1e3))
@settings(deadline=None)
def test_a_gain_moves_the_loudest_and_leaves_the_range_above_the_gate(powers: Samples, gain: float) -> None:
    louder = loudest(powers * gain, 4) if len(powers) >= 4 else SILENCE
    if len(powers) < 4:
        assert loudest(powers, 4) == SILENCE
    else:
        assert louder == pytest.approx(loudest(powers, 4) + 10 * np.log10(gain), abs=1e-6)
    assert loudness_range(powers) >= 0
    high = powers + 1e-3
    assert loudness_range(high * max(gain, 1)) == pytest.approx(loudness_range(high), abs=1e-6)


@given(POWERS, st.integers(1, 40))
def test_means_lie_between_least_and_most(powers: Samples, window: int) -> None:
    means = sliding(powers, window)
    assert len(means) == max(0, len(powers) - window + 1)
    if len(means):
        assert means.max() <= powers.max() + 1e-9
        assert means.min() >= powers.min() - 1e-9


@given(st.lists(st.booleans(), max_size=120), st.lists(st.integers(0, 120), max_size=5), st.integers(1, 6))
def test_runs_are_those_of_the_whole_however_it_is_cut(truths: list[bool], cuts: list[int], least: int) -> None:
    whole = [Span(s, e) for s in range(len(truths)) for e in range(s + least, len(truths) + 1)
             if all(truths[s:e]) and not (s and truths[s - 1]) and not (e < len(truths) and truths[e])]  # fmt: skip
    runs, found = Runs(least), []
    for part in np.split(np.array(truths, np.bool_), sorted(min(cut, len(truths)) for cut in cuts)):
        found += runs.add(part)
    assert found + runs.finish() == whole


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(1, 9))
def test_groups_and_overlaps_lose_nothing(sizes: list[int], size: int) -> None:
    samples = np.arange(1, sum(sizes) + 1, dtype=np.float32)[:, None]
    blocks = [block for block in np.split(samples, np.cumsum(sizes)[:-1]) if len(block)]
    groups, overlap = Groups(size, 1), Overlapping(size)
    grouped, lapped = [], []
    for block in blocks:
        grouped.append(groups.add(block).ravel())
        frames, at = overlap.add(block)
        lapped.append(frames[size : len(frames) - size, 0])
        assert at + size == sum(map(len, lapped[:-1]))
    if blocks:
        last = overlap.finish()
        assert last is not None
        lapped.append(last[0][size : len(last[0]) - size, 0])
        assert np.concatenate(lapped).tolist() == samples[:, 0].tolist()
    grouped.append(groups.finish().ravel())
    assert np.concatenate(grouped).tolist() == samples[:, 0].tolist()


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 20)), max_size=20), st.integers(1, 10))
def test_merged_spans_are_in_order_and_apart(pairs: list[tuple[int, int]], gap: int) -> None:
    spans = [Span(start, start + length) for start, length in pairs]
    joined = merged(spans, gap)
    assert all(two.start - one.end >= gap for one, two in pairwise(joined))
    assert all(any(one.start <= span.start and span.end <= one.end for one in joined) for span in spans)


@given(st.integers(1, 3_000), st.integers(1, 1_000))
@settings(max_examples=30, deadline=None)
def test_a_silent_file_is_one_silence(frames: int, size: int) -> None:
    silences = Silences(8_000, 1)
    for at in range(0, frames, size):
        silences.add(np.zeros((min(size, frames - at), 1), np.float32))
    whole = -(-frames // 80) * 80
    assert silences.finish() == ((Span(0, frames),) if whole >= 800 else ())
