"""A session that guides into sleep: the voice for some minutes, and then the background alone for as long as wanted."""

import numpy as np
import pytest

from voiceguide import beds
from voiceguide.audio.clip import Clip
from voiceguide.audio.levels import Loudness, clip_powers, gated, lufs
from voiceguide.mixer import Mix, MixLevels
from voiceguide.mixer.bins import near_speech
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames

RATE = 16_000
MINUTE = 60 * RATE
SAID = Utterance("Let your eyes fall shut.")
SLEEP = MixLevels(loudness=-20.0, anchored=True)


def clip() -> Clip:
    time = np.arange(3 * RATE) / RATE
    noise = np.random.default_rng(2).standard_normal(len(time))
    wave = np.clip(np.sin(14 * time) + 0.6, 0.03, 1.3) * (np.sin(2 * np.pi * 220 * time) + noise)
    return Clip((0.05 * wave).astype(np.float32), RATE)


CLIP = clip()


def session(minutes: int, spoken: int) -> Timeline:
    """A sentence every eight seconds, for the first `spoken` of so many minutes."""
    starts = range(5 * RATE, spoken * MINUTE - 8 * RATE, 8 * RATE)
    says = [Placement("say", Frames(at), Frames(len(CLIP.samples)), "", 0, SAID) for at in starts]
    return Timeline("T", RATE, Frames(minutes * MINUTE), (), tuple(says), exact=True, bed="rain")


def mixed(timeline: Timeline, levels: MixLevels = SLEEP) -> Mix:
    bed = beds.make("rain", RATE)
    return Mix(timeline, {SAID: CLIP}.__getitem__, lambda _: np.zeros((0, 2), np.float32), lambda _: bed, levels)


def integrated(mix: Mix, end: int) -> float:
    meter = Loudness(RATE, 2)
    for block in mix.blocks(0, end):
        meter.add(block)
    return meter.integrated()


def test_the_background_of_a_long_night_is_heard() -> None:
    timeline = session(24, 3)
    mix = mixed(timeline)
    assert integrated(mix, timeline.placements[-1].end + 30 * RATE) == pytest.approx(-20, abs=0.3)
    assert mix.aimed_lufs == pytest.approx(-20, abs=0.3)
    later = np.concatenate(list(mix.blocks(20 * MINUTE, 21 * MINUTE)))
    assert -41 < gated(clip_powers(later, RATE), 4) < -34
    assert mix.predicted_lufs == pytest.approx(integrated(mix, timeline.length), abs=0.3)


def test_where_somebody_speaks_all_along_it_is_the_loudness_of_the_whole() -> None:
    timeline = session(3, 3)
    one, other = mixed(timeline), mixed(timeline, MixLevels(loudness=-20.0))
    np.testing.assert_array_equal(next(one.blocks(MINUTE)), next(other.blocks(MINUTE)))
    assert one.aimed_lufs == one.predicted_lufs == pytest.approx(-20, abs=0.3)


def test_without_a_word_all_of_it_counts() -> None:
    silent = session(1, 0)
    assert near_speech(silent).all()
    assert lufs(float(clip_powers(next(mixed(silent).blocks(30 * RATE)), RATE).mean())) > -50


def test_half_a_minute_around_speech_counts() -> None:
    timeline = session(3, 1)
    end = timeline.placements[-1].end + 30 * RATE
    near = near_speech(timeline)
    assert near[: end // 1600].all()
    assert not near[end // 1600 + 1 :].any()
