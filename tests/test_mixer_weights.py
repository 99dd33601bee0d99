"""What is remembered about a clip is what weighing it would find."""

from pathlib import Path

import numpy as np
import pytest

from voiceguide import beds, soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.cache import ClipCache
from voiceguide.mixer import Mix, MixLevels
from voiceguide.mixer.weights import Wanted, packed, unpacked, weigh
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames
from voiceguide.narrator.notes import ClipNotes

RATE, VOICE_RATE = 44_100, 22_050


def spoken(seconds: float, seed: int) -> Clip:
    """Peaky noise, as uneven as speech."""
    dice = np.random.default_rng(seed)
    samples = dice.laplace(0, 0.05, round(seconds * VOICE_RATE))
    return Clip(
        (samples * np.clip(np.sin(14 * np.arange(len(samples)) / VOICE_RATE) + 0.6, 0, 1)).astype(np.float32),
        VOICE_RATE,
    )


def laid() -> Timeline:
    """Every clip, half a second apart, a bell, and three seconds more."""
    placements, at = [], RATE // 2
    for utterance, clip in CLIPS.items():
        placements.append(Placement("say", Frames(at), Frames(2 * len(clip.samples)), "said", 0, utterance))
        at = placements[-1].end + RATE // 2
    placements.append(Placement("sound", Frames(at), Frames(2 * RATE), "bell", 0, None))
    return Timeline("session", RATE, Frames(at + 5 * RATE), (), tuple(placements), exact=True)


def sound_of(name: str) -> Samples:
    return soundbank.sound(name, RATE)


def whole(mix: Mix) -> Samples:
    return np.concatenate(list(mix.blocks()))


CLIPS = {Utterance(str(seed)): spoken(seconds, seed) for seed, seconds in enumerate((0.8, 1.7, 2.4))}
SAID = list(CLIPS)
TIMELINE = laid()
WANTED = Wanted(-19.0, 0.7, RATE)


def key(utterance: Utterance) -> str:
    return utterance.spoken.encode().hex().rjust(64, "0")


@pytest.fixture
def cache(tmp_path: Path) -> ClipCache:
    cache = ClipCache(tmp_path)
    for utterance in SAID:
        cache.put(key(utterance), CLIPS[utterance])
    return cache


def notes(cache: ClipCache) -> ClipNotes:
    return ClipNotes(lambda utterance: cache.stamp(key(utterance)), cache.weights)


def mixed(cache: ClipCache, asked: list[Utterance], levels: MixLevels = MixLevels()) -> Mix:  # noqa: B008
    def clip_of(utterance: Utterance) -> Clip | None:
        asked.append(utterance)
        return cache.get(key(utterance))

    return Mix(TIMELINE, clip_of, sound_of, lambda _: beds.make("drone", RATE, TIMELINE.length), levels, notes(cache))


@pytest.mark.parametrize("ceiling", [0.05, 10.0])
def test_a_weight_comes_back_to_the_bit(ceiling: float) -> None:
    weight = weigh(CLIPS[SAID[0]], Wanted(-19.0, ceiling, RATE))
    again = unpacked(packed(weight))
    assert (again.rate, again.gain) == (weight.rate, weight.gain)
    assert bool(len(weight.limiter)) == (ceiling < 1)
    np.testing.assert_array_equal(again.limiter, weight.limiter)
    np.testing.assert_array_equal(again.powers, weight.powers)


def test_a_second_session_weighs_nothing_and_sounds_the_same(cache: ClipCache) -> None:
    first, second = [], []
    samples = whole(mixed(cache, first))
    balanced = mixed(cache, second)
    assert len(first) == 2 * len(SAID)
    assert not second
    np.testing.assert_array_equal(whole(balanced), samples)


def test_with_notes_or_without_it_is_the_same_session(cache: ClipCache) -> None:
    plain = Mix(
        TIMELINE,
        lambda u: cache.get(key(u)),
        sound_of,
        lambda _: beds.make("drone", RATE, TIMELINE.length),
        MixLevels(),
    )
    remembering = mixed(cache, [])
    assert remembering.predicted_lufs == plain.predicted_lufs
    np.testing.assert_allclose(whole(remembering), whole(plain), atol=1e-6)


def test_another_loudness_is_weighed_anew(cache: ClipCache) -> None:
    mixed(cache, [])
    asked: list[Utterance] = []
    mixed(cache, asked, MixLevels(loudness=-18.0))
    assert asked == SAID


def test_a_clip_that_was_spoken_anew_is_weighed_anew(cache: ClipCache) -> None:
    mixed(cache, [])
    cache.put(key(SAID[0]), Clip(CLIPS[SAID[0]].samples / 2, CLIPS[SAID[0]].rate))
    asked: list[Utterance] = []
    mixed(cache, asked)
    assert asked == [SAID[0]]


def test_a_damaged_note_is_written_again(cache: ClipCache) -> None:
    mixed(cache, [])
    path = next(cache.weights.folder.glob("??/*.weight"))
    path.write_bytes(path.read_bytes()[:-40])
    asked: list[Utterance] = []
    mixed(cache, asked)
    assert len(asked) == 1


def test_clearing_the_clips_clears_their_weights(cache: ClipCache) -> None:
    mixed(cache, [])
    assert cache.weights.stats().clips
    assert cache.clear().clips == len(SAID)
    assert cache.stats().bytes == 0


def test_what_was_made_of_clips_goes_before_the_clips(cache: ClipCache) -> None:
    mixed(cache, [])
    flac = sum(path.stat().st_size for path in cache.folder.glob("??/*.flac"))
    assert cache.prune(flac).clips == 0
    assert not cache.weights.stats().clips
    assert cache.stats().clips == len(SAID)
