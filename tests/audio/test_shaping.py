"""Shaped voices: what falls, what stays, and that nothing moves."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from spoken_lines import delay, rumble, sibilance, spoken, spread, steepest

from voiceguide.audio import shaping
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.shaping import PRESETS, SHAPES, shaped
from voiceguide.errors import UsageError

Lines = dict[str, Clip]
both = pytest.mark.parametrize("preset", list(SHAPES))


@pytest.fixture(scope="module")
def lines(clips: Path) -> Lines:
    return spoken("espeak", clips)


def tone(pitch: float, rate: int = 22_050, seconds: float = 2.0, level: float = 0.1) -> Clip:
    return Clip((level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)).astype(np.float32), rate)


def changed(clip: Clip, preset: str) -> float:
    """Decibels of the middle of a clip after shaping."""
    part = slice(len(clip.samples) // 4, -len(clip.samples) // 4)
    after = shaped(clip, preset).samples[part]
    return 10 * float(np.log10(np.mean(after**2) / np.mean(clip.samples[part] ** 2)))


def test_off_is_the_very_clip() -> None:
    clip = tone(200)
    assert shaped(clip, "off") is clip
    assert shaping.spelled("off") == ""
    assert len({shaping.spelled(preset) for preset in PRESETS}) == len(PRESETS)


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="'studo'") as caught:
        shaped(tone(200), "studo")
    assert "'studio'" in caught.value.hint


@both
def test_a_voice_loses_rumble_and_hiss_and_becomes_evener(preset: str, lines: Lines) -> None:
    after = {line: shaped(clip, preset) for line, clip in lines.items()}
    assert np.mean([rumble(after[line]) - rumble(lines[line]) for line in lines]) < -12
    fallen = [sibilance(after[line]) - sibilance(lines[line]) for line in lines]
    assert max(fallen) < -0.5
    assert np.mean(fallen) < {"subtle": -1.5, "studio": -2.5}[preset]
    assert -3.2 < np.mean([spread(after[line]) - spread(lines[line]) for line in lines]) < -1


@both
def test_nothing_is_late_and_lengths_stay(preset: str, lines: Lines) -> None:
    for clip in lines.values():
        after = shaped(clip, preset)
        assert (len(after.samples), after.rate, after.samples.dtype) == (len(clip.samples), clip.rate, np.float32)
        assert delay(clip, after) == 0


@both
def test_no_click_is_added(preset: str, lines: Lines) -> None:
    for clip in lines.values():
        after = shaped(clip, preset).samples
        assert steepest(after) < 1.15 * steepest(clip.samples)
        assert np.abs(after[-3:]).max() < 0.03 * np.abs(after).max()


@both
def test_twice_the_same_and_the_same_louder(preset: str, lines: Lines) -> None:
    clip = next(iter(lines.values()))
    once = shaped(clip, preset).samples
    np.testing.assert_array_equal(once, shaped(clip, preset).samples)
    softer = shaped(Clip(clip.samples / 8, clip.rate), preset).samples
    np.testing.assert_allclose(8 * softer, once, atol=1e-4)


def test_each_preset_is_made_of_what_it_says() -> None:
    assert changed(tone(35), "subtle") < changed(tone(200), "subtle") - 10
    assert changed(tone(130), "subtle") - changed(tone(900), "subtle") == pytest.approx(1.2, abs=0.4)
    assert changed(tone(130), "studio") - changed(tone(900), "studio") == pytest.approx(2, abs=0.8)
    assert changed(tone(7_000), "subtle") < changed(tone(900), "subtle") - 5


def test_a_vowel_without_s_keeps_its_heights() -> None:
    clip = tone(300, level=0.2)
    bright = Clip(clip.samples + tone(6_500, level=0.006).samples, clip.rate)
    band = shaped(bright, "subtle").samples - shaped(clip, "subtle").samples
    assert 20 * np.log10(band.std() / (0.006 / np.sqrt(2))) == pytest.approx(
        changed(clip, "subtle"), abs=1.2
    )  # as the rest


def test_the_room_is_short_and_ends_with_the_clip() -> None:
    rate = 22_050
    knock: Samples = np.zeros(rate, np.float32)
    knock[rate // 2] = 0.5
    answer = shaped(Clip(knock, rate), "studio").samples
    dry = shaped(Clip(knock, rate), "subtle").samples
    later = slice(rate // 2 + round(0.03 * rate), None)
    early = slice(rate // 2 + round(0.004 * rate), rate // 2 + round(0.026 * rate))
    assert np.abs(answer[early]).max() > 2 * np.abs(dry[early]).max()
    assert np.abs(answer[later]).max() < 0.004
    late: Samples = np.zeros(rate, np.float32)
    late[-round(0.01 * rate)] = 0.5
    assert abs(shaped(Clip(late, rate), "studio").samples[-1]) < 0.003


@both
@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 96_000, 192_000])
def test_any_rate(preset: str, rate: int) -> None:
    assert changed(tone(30, rate), preset) < -8
    assert changed(tone(900, rate), preset) == pytest.approx(changed(tone(900), preset), abs=0.3)


@both
def test_silence_and_specks(preset: str) -> None:
    for samples in (np.zeros(0), np.zeros(1), np.zeros(20_000), np.array([0.5]), np.ones(7)):
        after = shaped(Clip(samples.astype(np.float32), 22_050), preset).samples
        assert len(after) == len(samples)
        assert np.isfinite(after).all()
        assert np.abs(after).max(initial=0) <= 1


@both
@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, 60_000), length=st.integers(1, 60_000))
def test_where_blocks_of_the_filter_end_is_not_heard(preset: str, at: int, length: int) -> None:
    """The filters alone: a span of a long clip, with what rings into it, is that span of the whole."""
    rate, shape = 22_050, SHAPES[preset]
    noise = np.random.default_rng(1).standard_normal(130_000).astype(np.float32)
    whole = shaping._split(Clip(noise, rate), shape)[0]
    start = max(0, at - 4_000)
    part = shaping._split(Clip(noise[start : at + length + 4_000], rate), shape)[0]
    np.testing.assert_allclose(part[at - start :][:length], whole[at : at + length], atol=2e-5)
