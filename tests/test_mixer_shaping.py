"""Shaped voices in the mix: foretold as exactly as plain ones, and remembered apart from them."""

import sys
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent / "audio"))
from spoken_lines import spoken

from voiceguide import beds, soundbank
from voiceguide.audio.clip import Clip
from voiceguide.audio.levels import Loudness
from voiceguide.audio.shaping import PRESETS
from voiceguide.audio.true_peak import TruePeak
from voiceguide.cache import ClipCache
from voiceguide.mixer import Mix, MixLevels
from voiceguide.mixer.weights import Wanted
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames, rescale
from voiceguide.narrator.notes import ClipNotes

RATE = 44_100
bed_of = lru_cache(maxsize=1)(partial(beds.make, rate=RATE))
VOICE = frozenset({"voice"})
Clips = dict[Utterance, Clip]


@pytest.fixture(scope="module")
def said(clips: Path) -> Clips:
    return {Utterance(line): clip for line, clip in list(spoken("espeak", clips).items())[:4]}


def laid(said: Clips) -> Timeline:
    placements, at = [], RATE
    for utterance, clip in said.items():
        length = rescale(len(clip.samples), clip.rate, RATE)
        placements.append(Placement("say", Frames(at), length, utterance.spoken, 0, utterance))
        at += length + 2 * RATE
    return Timeline("session", RATE, Frames(at), (), tuple(placements), exact=True, bed="drone")


def mixed(said: Clips, levels: MixLevels, **more: ClipNotes) -> Mix:
    timeline = laid(said)

    def sound_of(name: str) -> np.ndarray:
        return soundbank.sound(name, RATE)

    return Mix(timeline, said.get, sound_of, bed_of, levels, **more)


@pytest.mark.parametrize(
    ("preset", "loudness", "gated", "ceiling"),
    [
        ("subtle", -16.0, True, -1.7),
        ("studio", -16.0, True, -1.7),
        ("subtle", -18.2, False, -3.5),
        ("studio", -23.0, True, -1.0),
    ],
)
def test_loudness_is_foretold_and_met(preset: str, loudness: float, gated: bool, ceiling: float, said: Clips) -> None:
    mix = mixed(said, MixLevels(loudness, ceiling, gated=gated, shaping=preset))
    blocks = list(mix.blocks())
    meter, peak = Loudness(RATE, 2), TruePeak(2)
    for block in blocks:
        meter.add(block)
        peak.add(block)
    if gated:
        assert mix.predicted_lufs == pytest.approx(loudness, abs=0.06)
        assert meter.integrated() == pytest.approx(mix.predicted_lufs, abs=0.05)
    assert peak.dbtp <= ceiling + 0.01


def test_any_block_size_gives_the_same(said: Clips) -> None:
    whole = np.concatenate(list(mixed(said, MixLevels(shaping="studio")).blocks(end=180_000, parts=VOICE)))
    span = np.concatenate(list(mixed(said, MixLevels(shaping="studio")).blocks(70_001, 170_003, 997, VOICE)))
    np.testing.assert_array_equal(span, whole[70_001:170_003])


def test_every_shape_is_remembered_by_itself(said: Clips, tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    notes = ClipNotes(lambda utterance: utterance.spoken, cache.weights)
    assert len({Wanted(-19.0, 1.0, RATE, preset).name for preset in PRESETS}) == len(PRESETS)
    said = dict(list(said.items())[:2])
    for number, preset in enumerate(PRESETS, 1):
        first = mixed(said, MixLevels(shaping=preset), notes=notes)
        assert cache.weights.stats().clips == number * len(said)
        again = mixed(said, MixLevels(shaping=preset), notes=notes)
        assert cache.weights.stats().clips == number * len(said)
        assert again.predicted_lufs == first.predicted_lufs
        for one, other in zip(first.blocks(parts=VOICE), again.blocks(parts=VOICE), strict=True):
            np.testing.assert_array_equal(one, other)
