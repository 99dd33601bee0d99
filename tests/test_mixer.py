"""The mix is judged by its stems and by meters, on clips shaped like speech and on real ones."""

import tracemalloc
from collections.abc import Iterable

import numpy as np
import pytest

from voiceguide import beds, engines, soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import Loudness, SegmentPowers, clip_loudness, clip_powers, lufs
from voiceguide.audio.limiter import decibels
from voiceguide.audio.true_peak import TruePeak
from voiceguide.errors import SpeechFailed
from voiceguide.mixer import PARTS, Mix, MixLevels
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames, rescale

RATE = 44_100
VOICE_RATE = 22_050
VOICE, SOUNDS, BED = frozenset({"voice"}), frozenset({"sounds"}), frozenset({"bed"})


def spoken(seconds: float, seed: int) -> Clip:
    """Pulses through resonances, in syllables, at a level of its own: peaky and uneven as a voice is."""
    dice = np.random.default_rng(seed)
    frames = round(seconds * VOICE_RATE)
    pulses = np.zeros(frames)
    pulses[:: VOICE_RATE // int(dice.integers(90, 180))] = 1
    time = np.arange(VOICE_RATE // 20) / VOICE_RATE
    ring = sum(np.exp(-time * 90) * np.sin(2 * np.pi * formant * time) for formant in (500, 1_500, 2_600))
    voiced = np.convolve(pulses, ring)[:frames] + 0.03 * dice.standard_normal(frames)
    syllables = np.clip(np.sin(2 * np.pi * 2.2 * np.arange(frames) / VOICE_RATE + 0.6) + 0.6, 0.03, 1.3)
    return Clip((dice.uniform(0.02, 0.3) * voiced * syllables).astype(np.float32), VOICE_RATE)


CLIPS = {Utterance(str(seed)): spoken(seconds, seed) for seed, seconds in enumerate((0.3, 0.8, 1.7, 2.4, 3.1, 5.3))}


def sound_of(name: str) -> Samples:
    return soundbank.sound(name, RATE)


def laid(cues: Iterable[tuple[str, float | str | Utterance]], clips: dict[Utterance, Clip] = CLIPS) -> Timeline:
    """A timeline of ("rest", seconds), ("sound", name) and ("say", utterance)."""
    placements, at = [], 0
    for kind, what in cues:
        if kind == "rest":
            length, text, utterance = round(float(what) * RATE), "", None
        elif kind == "sound":
            length, text, utterance = 2 * RATE, str(what), None
        else:
            clip = clips[what]
            length, text, utterance = rescale(len(clip.samples), clip.rate, RATE), "said", what
        placements.append(Placement(kind, Frames(at), Frames(length), text, 0, utterance))
        at += length
    return Timeline("session", RATE, Frames(at), (), tuple(placements), exact=True)


def session(minutes: float, share: float = 0.4, seed: int = 1, bells: float = 0.1) -> Timeline:
    """A random session in which speech takes about `share` of the time."""
    dice = np.random.default_rng(seed)
    cues, left = [("rest", 1.5)], 60 * minutes - 1.5
    while left > 30:
        if dice.random() < bells:
            cues.append(("sound", soundbank_name(dice)))
            left -= 2
        utterance = list(CLIPS)[dice.integers(len(CLIPS))]
        said = len(CLIPS[utterance].samples) / VOICE_RATE
        rest = min(20.0, said * (1 / share - 1) * float(dice.choice([0.2, 0.3, 0.5, 3.0])))
        cues += [("say", utterance), ("rest", rest)]
        left -= said + rest
    return laid([*cues, ("rest", max(left, 4.0))])


def soundbank_name(dice: np.random.Generator) -> str:
    return ("bell", "chime", "bowl")[dice.integers(3)]


USUAL = MixLevels()


def mixed(timeline: Timeline, bed: str = "drone", levels: MixLevels = USUAL) -> Mix:
    return Mix(timeline, CLIPS.__getitem__, sound_of, lambda _: beds.make(bed, RATE), levels)


def whole(mix: Mix, parts: frozenset[str] = PARTS, **span: int) -> Samples:
    return np.concatenate([np.zeros((0, 2), np.float32), *mix.blocks(parts=parts, **span)])


def metered(blocks: Iterable[Samples]) -> tuple[float, float]:
    loudness, peak = Loudness(RATE, 2), TruePeak(2)
    for block in blocks:
        loudness.add(block)
        peak.add(block)
    return loudness.integrated(), peak.dbtp


def loud(samples: Samples) -> float:
    return clip_loudness(clip_powers(samples, RATE))


def short_term(samples: Samples, frame: int) -> float:
    """LUFS of the 100 ms around a frame."""
    return lufs(float(clip_powers(samples[frame - 2_205 : frame + 2_205], RATE).mean()))


SESSIONS = {
    "dense": session(2, 0.7, 1),
    "usual": session(2, 0.4, 2),
    "sparse": session(4, 0.12, 3),
    "many bells": session(2.6, 0.4, 4, bells=0.6),
    "no bells": session(2, 0.4, 5, bells=0.0),
    "short": laid([("rest", 0.5), ("say", Utterance("3")), ("rest", 2)]),
}


BEDS = [name for name in beds.names() if name != beds.MUSIC]
PAIRS = [(name, bed) for name in SESSIONS for bed in ("drone", "ocean", "none")]
PAIRS += [("usual", bed) for bed in BEDS if bed not in ("drone", "ocean", "none")]


@pytest.mark.parametrize(("name", "bed"), PAIRS)
def test_loudness_is_known_before_the_first_block_and_meets_the_profile(name: str, bed: str) -> None:
    mix = mixed(SESSIONS[name], bed)
    loudness, peak = metered(mix.blocks())
    assert loudness == pytest.approx(mix.predicted_lufs, abs=0.1)
    assert loudness == pytest.approx(-16, abs=0.3)
    assert peak <= -1.6


@pytest.mark.parametrize("bed", BEDS)
def test_speech_stands_above_every_bed_however_it_swells(bed: str) -> None:
    timeline = SESSIONS["dense"]
    mix = mixed(timeline, bed)
    voice, below = whole(mix, VOICE), whole(mix, BED)
    for placement in timeline.placements:
        if placement.kind == "say":
            span = slice(placement.start, placement.end)
            assert loud(below[span]) < loud(voice[span]) - 20


@pytest.mark.parametrize("name", SESSIONS)
def test_the_background_is_twenty_decibels_below_every_utterance(name: str) -> None:
    timeline, mix = SESSIONS[name], mixed(SESSIONS[name])
    voice, bed, sounds = whole(mix, VOICE), whole(mix, BED), whole(mix, SOUNDS)
    for placement in timeline.placements:
        if placement.kind == "say":
            here = slice(placement.start, placement.end)
            assert loud(bed[here]) < loud(voice[here]) - 20
            assert loud(sounds[here]) < loud(voice[here]) - 20


def test_every_utterance_is_as_loud_as_the_next() -> None:
    timeline, mix = SESSIONS["usual"], mixed(SESSIONS["usual"], "none")
    voice = whole(mix, VOICE)
    levels = [loud(voice[p.start : p.end]) for p in timeline.placements if p.kind == "say"]
    assert max(levels) - min(levels) < 1.0


def test_the_parts_are_the_mix() -> None:
    mix = mixed(SESSIONS["many bells"])
    parts = whole(mix, VOICE) + whole(mix, BED) + whole(mix, SOUNDS)
    np.testing.assert_allclose(parts, whole(mix), atol=1e-6)


def test_any_size_of_block_gives_the_same_samples() -> None:
    mix = mixed(SESSIONS["short"])
    samples = whole(mix)
    for size in (997, 4_096, 10**7):
        np.testing.assert_array_equal(whole(mix, size=size), samples)


def test_a_section_mixed_alone_is_its_slice_of_the_whole() -> None:
    timeline = SESSIONS["many bells"]
    samples = whole(mixed(timeline))
    for start, end in ((0, 1), (3 * RATE + 11, 20 * RATE), (100 * RATE + 7, 131 * RATE), (150 * RATE, timeline.length)):
        np.testing.assert_array_equal(whole(mixed(timeline), start=start, end=end, size=30_011), samples[start:end])
    assert len(samples) == timeline.length
    assert not len(whole(mixed(timeline), start=timeline.length))


def test_an_utterance_begins_at_its_placement_to_the_sample() -> None:
    timeline, mix = SESSIONS["usual"], mixed(SESSIONS["usual"], "none")
    voice = whole(mix, VOICE)[:, 0]
    heard = np.zeros(len(voice), bool)
    for placement in timeline.placements:
        heard[placement.start : placement.end] |= placement.kind == "say"
        if placement.kind == "say":
            assert np.abs(voice[placement.start : placement.start + 441]).max() > 1e-4
    assert not voice[~heard].any()


GAP = laid(
    [
        ("rest", 8),
        *[("say", Utterance("5"))] * 4,
        ("rest", 1.5),
        *[("say", Utterance("5"))] * 3,
        ("rest", 9),
        *[("say", Utterance("5"))] * 3,
        ("rest", 9),
    ]
)
FIRST, BEFORE_GAP, AFTER_GAP, BEFORE_REST, AFTER_REST = (
    [p for p in GAP.placements if p.kind == "say"][i] for i in (0, 3, 4, 6, 7)
)
RESTING = slice(4 * RATE, 7 * RATE)


def test_the_bed_goes_down_before_the_first_word_holds_over_a_short_gap_and_comes_back_slowly() -> None:
    bed = whole(mixed(GAP), BED)
    resting = short_term(bed, FIRST.start - RATE)
    # The bed itself moves by a decibel or two.
    assert resting - 8 < short_term(bed, FIRST.start - round(0.25 * RATE)) < resting - 2
    assert short_term(bed, FIRST.start) < resting - 8
    assert short_term(bed, (BEFORE_GAP.end + AFTER_GAP.start) // 2) < resting - 7
    assert short_term(bed, BEFORE_REST.end + RATE // 5) < resting - 7
    assert resting - 8 < short_term(bed, BEFORE_REST.end + round(1.35 * RATE)) < resting - 2
    assert short_term(bed, AFTER_REST.start - RATE) > resting - 3


def test_the_bed_rests_well_below_speech() -> None:
    mix = mixed(GAP)
    voice, bed = whole(mix, VOICE), whole(mix, BED)
    assert loud(voice[FIRST.start : FIRST.end]) - loud(bed[RESTING]) == pytest.approx(14, abs=1.5)


def test_the_bed_rests_lower_where_speech_is_sparse_so_that_the_meter_hears_the_voice() -> None:
    timeline, mix = SESSIONS["sparse"], mixed(SESSIONS["sparse"])
    voice, bed = whole(mix, VOICE), whole(mix, BED)
    said = [loud(voice[p.start : p.end]) for p in timeline.placements if p.kind == "say"]
    assert -17 < min(said) <= max(said) < -14.5
    assert 15 < min(said) - loud(bed) < 30


def test_the_bed_fades_in_and_out() -> None:
    bed = whole(mixed(GAP), BED)
    end = GAP.length
    assert np.abs(bed[:10]).max() < 1e-4
    assert np.abs(bed[-10:]).max() < 1e-4
    rising = [short_term(bed, round(second * RATE)) for second in (0.2, 0.8, 1.5, 3.2)]
    falling = [short_term(bed, end - round(second * RATE)) for second in (0.3, 1.5, 3, 6.2)]
    assert rising == sorted(rising)
    assert falling == sorted(falling)


@pytest.mark.parametrize("offset", [-6.0, 6.0])
def test_the_user_has_the_last_word_on_the_bed(offset: float) -> None:
    usual, wanted = whole(mixed(GAP), BED), whole(mixed(GAP, levels=MixLevels(bed=offset)), BED)
    assert loud(wanted[RESTING]) - loud(usual[RESTING]) == pytest.approx(offset, abs=1.0)


@pytest.mark.parametrize("offset", [10.0, 25.0, 60.0])
def test_nothing_clips_however_loud_the_bed_is_wanted(offset: float) -> None:
    mix = mixed(SESSIONS["many bells"], levels=MixLevels(bed=offset))
    ceiling = np.float32(decibels(MixLevels().ceiling))
    assert max(float(np.abs(block).max()) for block in mix.blocks()) < ceiling


def test_a_bell_is_heard_well_below_the_voice_and_steps_back_for_it() -> None:
    timeline = laid([("rest", 5), ("say", Utterance("4")), ("sound", "bowl"), ("say", Utterance("4")), ("rest", 20)])
    mix = mixed(timeline)
    voice, sounds = whole(mix, VOICE), whole(mix, SOUNDS)
    bell, second = timeline.placements[2], timeline.placements[3]
    spoken_at = loud(voice[second.start : second.end])
    assert not sounds[: bell.start].any()
    assert -10 < loud(sounds[bell.start : bell.start + RATE]) - spoken_at < -5
    assert loud(sounds[second.start : second.end]) < spoken_at - 20
    assert sounds[second.end : second.end + RATE].any()


def test_a_tail_that_reaches_the_end_fades() -> None:
    samples = whole(mixed(laid([("rest", 3), ("say", Utterance("2")), ("sound", "bowl")]), "none"))
    assert np.abs(samples[-5:]).max() < 1e-4
    assert np.abs(samples[-RATE:]).max() > 1e-2


@pytest.mark.parametrize(
    "cues",
    [
        [("rest", 0.01)],
        [("rest", 30)],
        [("sound", "bell")],
        [("say", Utterance("0"))],
        [("say", Utterance("5")), ("say", Utterance("5"))],
        [("sound", "bell")] * 20,
    ],
)
def test_odd_sessions_are_finite_and_do_not_clip(cues: list[tuple[str, float | str | Utterance]]) -> None:
    samples = whole(mixed(laid(cues)))
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= decibels(-1.7)


def test_nothing_clicks_where_clips_are_cut_into_sound() -> None:
    tone = np.full(VOICE_RATE, 0.3, np.float32) * np.cos(np.arange(VOICE_RATE) * 0.02).astype(np.float32)
    clips = {Utterance("cut"): Clip(tone, VOICE_RATE)}
    timeline = laid([("rest", 1), ("say", Utterance("cut")), ("rest", 1)], clips)
    samples = whole(Mix(timeline, clips.__getitem__, sound_of, lambda _: beds.make("none", RATE)))
    assert np.abs(np.diff(samples[:, 0])).max() < 0.03


def test_a_clip_that_is_not_there_is_estimated_but_never_mixed() -> None:
    timeline, known = SESSIONS["usual"], dict(CLIPS)
    del known[Utterance("3")]
    missing = next(p for p in timeline.placements if p.utterance == Utterance("3"))
    for clip_of in (known.__getitem__, known.get):
        mix = Mix(timeline, clip_of, sound_of, lambda _: beds.make("drone", RATE))
        assert mix.predicted_lufs == pytest.approx(-16, abs=0.3)
        assert len(whole(mix, end=missing.start)) == missing.start
        with pytest.raises(SpeechFailed, match="has not been spoken"):
            whole(mix, start=missing.start, end=missing.end)


def test_a_section_with_estimates_sounds_nearly_as_it_will() -> None:
    timeline = SESSIONS["usual"]
    few = {utterance: CLIPS[utterance] for utterance in list(CLIPS)[:4]}
    estimated = Mix(timeline, few.get, sound_of, lambda _: beds.make("drone", RATE))
    first = next(p for p in timeline.placements if p.utterance in few)
    one, other = (whole(mix, start=first.start, end=first.end) for mix in (estimated, mixed(timeline)))
    assert loud(one) == pytest.approx(loud(other), abs=1.0)


def test_a_clip_of_another_length_is_an_error() -> None:
    wrong = {utterance: Clip(clip.samples[:-500], clip.rate) for utterance, clip in CLIPS.items()}
    mix = Mix(SESSIONS["short"], wrong.__getitem__, sound_of, lambda _: beds.make("none", RATE))
    with pytest.raises(SpeechFailed, match="another clip"):
        whole(mix)


def test_without_a_loudness_the_profile_leaves_speech_at_its_level() -> None:
    mix = mixed(SESSIONS["usual"], "none", MixLevels(loudness=None))
    loudness, peak = metered(mix.blocks())
    assert loudness == pytest.approx(-18, abs=1.0)
    assert loudness == pytest.approx(mix.predicted_lufs, abs=0.1)
    assert peak < -1.6


def test_two_mixes_are_the_same() -> None:
    one, other = (whole(mixed(SESSIONS["short"])) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_memory_does_not_grow_with_the_session() -> None:
    bed = beds.make("drone", RATE)

    def most(minutes: float) -> int:
        timeline = session(minutes, 0.2)
        tracemalloc.start()
        mix = Mix(timeline, CLIPS.__getitem__, sound_of, lambda _: bed)
        middle = timeline.length // 2
        for _ in mix.blocks(middle, middle + 30 * RATE):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(2)
    assert most(240) < most(2) + 20 * 2**20


def test_real_speech() -> None:
    engine = engines.make("pyttsx3")
    said = ("Hold the top of your left foot with one hand.", "Slow and steady.", "And breathe out.")
    try:
        clips = {utterance: engine.speak(utterance, 30.0) for utterance in map(Utterance, said)}
    finally:
        engine.close()
    cues = [cue for utterance in (*clips, *clips) for cue in (("say", utterance), ("rest", 4.0))]
    timeline = laid([("rest", 3), *cues, ("sound", "bell"), ("rest", 6)], clips)
    mix = Mix(timeline, clips.__getitem__, sound_of, lambda _: beds.make("drone", RATE))
    loudness, peak = metered(mix.blocks())
    assert loudness == pytest.approx(mix.predicted_lufs, abs=0.1)
    assert loudness == pytest.approx(-16, abs=0.3)
    assert peak < -1.6
    voice, bed = whole(mix, VOICE), whole(mix, BED)
    for placement in timeline.placements:
        if placement.kind == "say":
            assert loud(bed[placement.start : placement.end]) < loud(voice[placement.start : placement.end]) - 20


def test_a_bed_of_any_level_is_brought_to_its_own() -> None:
    class Roar:
        heard = None

        def powers(self, size: int, count: int) -> None:
            pass

        def at(self, start: int, frames: int) -> Samples:
            return np.repeat(0.9 * np.sin(0.05 * np.arange(start, start + frames))[:, None], 2, 1).astype(np.float32)

    mix = Mix(GAP, CLIPS.__getitem__, sound_of, lambda _: Roar())
    meter = SegmentPowers(RATE, 2, RATE // 10)
    meter.add(whole(mix, BED))
    assert lufs(meter.values().max()) < -28
