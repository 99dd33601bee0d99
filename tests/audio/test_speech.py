"""Finding and cutting speech: a pause between two trimmed clips is as long as it was written."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.audio.speech import FADE_SECONDS, bounds, trim
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.model.script import Utterance

RATE = 22_050
SENTENCES = (
    "Hush, and feel how soft it is.",
    "Feathers fall.",
    "Half a breath in, half a breath out.",
    "Let go.",
    "Please yourself with the speed.",
    "Now the arch rubs.",
    "Shake it off.",
    "Hold the top of your foot in one hand.",
)


@pytest.fixture(scope="module")
def clips() -> Iterator[list[Clip]]:
    engine = Pyttsx3Engine()
    yield [trim(engine.speak(Utterance(sentence), 10)) for sentence in SENTENCES]
    engine.close()


def test_bounds_are_the_first_and_last_sound() -> None:
    samples = np.zeros(1000, np.float32)
    samples[100:900] = 0.5
    samples[50] = 0.001  # below the threshold
    assert bounds(Clip(samples, RATE)) == (100, 900)
    assert len(trim(Clip(samples, RATE)).samples) == 800


@pytest.mark.parametrize("length", [0, 1, 500])
def test_silence_has_no_speech_in_it(length: int) -> None:
    silent = Clip(np.zeros(length, np.float32), RATE)
    assert bounds(silent) == (0, 0)
    assert len(trim(silent).samples) == 0


@pytest.mark.parametrize("length", [1, 2, 3, 100])
def test_the_shortest_sounds_survive(length: int) -> None:
    assert np.any(trim(Clip(np.full(length, 0.5, np.float32), RATE)).samples)


def test_trimming_leaves_the_clip_it_was_given_alone() -> None:
    samples = np.full(1000, 0.5, np.float32)
    trim(Clip(samples, RATE))
    assert np.all(samples == 0.5)


def test_edges_fade_and_the_rest_is_untouched() -> None:
    trimmed = trim(Clip(np.full(1000, 0.5, np.float32), RATE)).samples
    fade = round(FADE_SECONDS * RATE)
    assert np.all(np.diff(trimmed[:fade]) > 0)
    assert np.all(trimmed[fade:-fade] == 0.5)
    assert abs(trimmed[0]) < 0.01
    assert np.array_equal(trimmed, trimmed[::-1])


@pytest.mark.parametrize("threshold_db", [-60, -50, -40])
def test_three_seconds_are_three_seconds_to_any_listener(clips: list[Clip], threshold_db: float) -> None:
    peak = max(float(np.abs(clip.samples).max()) for clip in clips)
    for before, after in pairwise(clips):
        heard = [np.flatnonzero(np.abs(c.samples) > peak * 10 ** (threshold_db / 20)) for c in (before, after)]
        unheard = len(before.samples) - 1 - heard[0][-1] + heard[1][0]
        assert abs(unheard) / RATE <= 0.010


def test_trimmed_speech_begins_and_ends_near_zero(clips: list[Clip]) -> None:
    for clip in clips:
        assert np.abs(clip.samples[[0, -1]]).max() < 0.01
