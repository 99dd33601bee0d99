"""Beds that change from section to section: judged by the stem of the background, and by meters."""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from voiceguide import beds, soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import Loudness, clip_loudness, clip_powers
from voiceguide.beds import Bed, Heard
from voiceguide.mixer import PARTS, Mix, MixLevels
from voiceguide.mixer.presence import CROSS, presences
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames

RATE, VOICE_RATE = 44_100, 22_050
CROSSING = round(CROSS * RATE)
VOICE, BED = frozenset({"voice"}), frozenset({"bed"})
SAID = Utterance("Hear it.")


def spoken(seconds: float = 3.2) -> Clip:
    """Pulses through resonances, in syllables."""
    time = np.arange(round(seconds * VOICE_RATE)) / VOICE_RATE
    pulses = np.zeros(len(time))
    pulses[:: VOICE_RATE // 120] = 0.1
    ring = sum(np.exp(-time[:1102] * 90) * np.sin(2 * np.pi * formant * time[:1102]) for formant in (500, 1_500, 2_600))
    voiced = np.convolve(pulses, ring)[: len(time)] + 0.003 * np.random.default_rng(1).standard_normal(len(time))
    return Clip((voiced * np.clip(np.sin(14 * time + 0.6) + 0.6, 0.03, 1.3)).astype(np.float32), VOICE_RATE)


CLIP = spoken()


def laid(*sections: tuple[str, Iterable[float]], bed: str = "drone") -> Timeline:
    """Sections with their beds, each of rests in seconds with a sentence behind every one."""
    placements: list[Placement] = []
    chapters: list[Chapter] = []
    at = 0
    for own, rests in sections:
        start = at
        for rest in rests:
            length = round(rest * RATE)
            placements.append(Placement("rest", Frames(at), Frames(length), "", len(chapters)))
            said = Placement("say", Frames(at + length), Frames(2 * len(CLIP.samples)), "said", len(chapters), SAID)
            placements.append(said)
            at = said.end
        chapters.append(Chapter("one", "one", Frames(start), Frames(at - start), own))
    return Timeline("session", RATE, Frames(at), tuple(chapters), tuple(placements), exact=True, bed=bed)


@cache
def bed_of(name: str) -> Bed:
    return beds.make(name, RATE)


@cache
def mixed(timeline: Timeline, levels: MixLevels = MixLevels()) -> Mix:  # noqa: B008
    return Mix(timeline, {SAID: CLIP}.__getitem__, lambda name: soundbank.sound(name, RATE), bed_of, levels)


@cache
def background(timeline: Timeline) -> Samples:
    return whole(mixed(timeline), BED)


def whole(mix: Mix, parts: frozenset[str] = PARTS, **span: int) -> Samples:
    return np.concatenate(list(mix.blocks(parts=parts, **span)))


def loud(samples: Samples) -> float:
    return clip_loudness(clip_powers(samples, RATE))


def momentary(samples: Samples, frames: Iterable[int]) -> list[float]:
    """LUFS of the 400 ms around each of some frames."""
    return [loud(samples[frame - 8_820 : frame + 8_820]) for frame in frames]


PLACES = laid(("rain", (9, 12, 1)), ("ocean", (2, 11)), ("", (4, 14, 0.5)), ("pad:Dm + bowl@20s", (1, 14)))


def gains(curve: str, timeline: Timeline, places: Iterable[int]) -> NDArray[np.float64]:
    return presences(timeline)[curve].at(np.array(list(places)))


def test_the_new_bed_is_alone_from_the_first_frame_of_its_section() -> None:
    start = PLACES.chapters[1].start
    places = [0, start - CROSSING - 1, start - CROSSING, start, start + 1, PLACES.length]
    np.testing.assert_array_equal(gains("rain", PLACES, places), [1, 1, 1, 0, 0, 0])
    np.testing.assert_array_equal(gains("ocean", PLACES, places), [0, 0, 0, 1, 1, 0])


@pytest.mark.parametrize("names", [("rain", "ocean"), ("drone:A2", "drone:D3")])
def test_beds_that_have_nothing_in_common_cross_at_equal_power(names: tuple[str, str]) -> None:
    timeline = laid((names[0], (9,)), (names[1], (9,)))
    places = range(0, timeline.length, 997)
    powers = sum(gains(name, timeline, places) ** 2 for name in names)
    np.testing.assert_allclose(powers, 1, atol=2e-3)


@pytest.mark.parametrize("name", ["rain:-3", "rain + bowl@60s", "ocean + rain:-6", "none"])
def test_beds_that_share_a_sound_cross_at_equal_gain(name: str) -> None:
    timeline = laid(("rain", (9,)), (name, (9,)))
    places = range(0, timeline.length, 997)
    np.testing.assert_allclose(gains("rain", timeline, places) + gains(name, timeline, places), 1, atol=1e-4)


def test_at_most_two_beds_are_heard_at_once_however_short_a_section_is() -> None:
    timeline = laid(("rain", (2,)), ("ocean", (0.2,)), ("rain", (0.1,)), ("wind", (0.1, 3)), ("ocean", (4,)))
    places = np.arange(0, timeline.length, 97)
    present = np.array([gains(name, timeline, places) for name in ("rain", "ocean", "wind")])
    assert (present > 0).sum(axis=0).max() == 2
    np.testing.assert_allclose((present**2).sum(axis=0), 1, atol=2e-3)
    for chapter in timeline.chapters:
        assert gains(chapter.bed, timeline, [chapter.start]) == 1


def test_one_bed_is_there_all_along() -> None:
    (curve,) = presences(laid(("", (1,)), ("drone", (1,)))).values()
    assert curve.over(0, 10**6) == 1


def test_any_size_of_block_gives_the_same_samples() -> None:
    mix = mixed(PLACES)
    samples = whole(mix)
    for size in (30_011, 10**7):
        np.testing.assert_array_equal(whole(mix, size=size), samples)
    dice = np.random.default_rng(1)
    borders = [chapter.start for chapter in PLACES.chapters[1:]] * 2
    for middle in [*borders, *dice.integers(RATE, PLACES.length, 6).tolist()]:
        start = max(0, middle - int(dice.integers(1, CROSSING)))
        end = min(PLACES.length, start + int(dice.integers(1, 2 * RATE)))
        np.testing.assert_array_equal(whole(mix, start=start, end=end, size=9_973), samples[start:end])


def test_loudness_is_known_before_the_first_block() -> None:
    mix, meter = mixed(PLACES), Loudness(RATE, 2)
    for block in mix.blocks():
        meter.add(block)
    assert meter.integrated() == pytest.approx(mix.predicted_lufs, abs=0.1)
    assert meter.integrated() == pytest.approx(-16, abs=0.3)


CROSSED_UNDER_SPEECH = [
    PLACES,
    laid(("rain", (9, 0.3, 0.3)), ("rain:-2 + bowl@5s", (0, 0.3, 9)), ("bowl@5s", (0.5, 0.5)), ("none", (0, 4))),
    laid(("ocean", (0.3,) * 3), ("wind", (0.3,)), ("ocean", (0.3,)), ("night:+6", (0.3,) * 3), ("brown:-6", (1,) * 3)),
]


@pytest.mark.parametrize("timeline", CROSSED_UNDER_SPEECH)
def test_the_background_is_twenty_decibels_below_every_utterance(timeline: Timeline) -> None:
    voice, bed = whole(mixed(timeline), VOICE), background(timeline)
    for placement in timeline.placements:
        if placement.kind == "say":
            here = slice(placement.start, placement.end)
            assert loud(bed[here]) < loud(voice[here]) - 20


STEADY = laid(("pink", (14, 14)), ("", (14, 14)), ("brown", (14, 14)), ("brown + white:-12", (14, 14)), bed="white")


def resting(timeline: Timeline) -> list[int]:
    """A frame in the middle of every long rest."""
    rests = (p for p in timeline.placements if p.kind == "rest" and p.length > 12 * RATE)
    return [(rest.start + rest.end) // 2 for rest in rests]


def test_every_bed_rests_at_the_same_level() -> None:
    levels = momentary(background(STEADY), resting(STEADY))
    assert max(levels) - min(levels) < 1.5


def test_a_crossing_neither_dips_nor_swells() -> None:
    # Nobody speaks around a border, so that nothing but the crossing moves the bed.
    placements = tuple(p for p in STEADY.placements if p.kind == "rest" or p.start < RATE)
    quiet = Timeline(STEADY.title, RATE, STEADY.length, STEADY.chapters, placements, exact=True, bed=STEADY.bed)
    bed = whole(mixed(quiet, MixLevels(loudness=None)), BED)
    for chapter in STEADY.chapters[1:]:
        levels = momentary(bed, range(chapter.start - CROSSING - RATE, chapter.start + RATE, RATE // 2))
        assert max(levels) - min(levels) < 3.5
        assert abs(np.mean(levels[4:-4]) - np.mean(levels[:3] + levels[-3:])) < 1


@pytest.mark.parametrize("timeline", [PLACES, STEADY])
def test_no_step_is_larger_than_those_of_the_beds_themselves(timeline: Timeline) -> None:
    playing = mixed(timeline)._balance.beds
    for chapter in timeline.chapters[1:]:
        start, frames = chapter.start - CROSSING - RATE // 2, CROSSING + RATE
        stem = background(timeline)[start : start + frames]
        places = np.arange(start, start + frames)
        own = sum(
            np.abs(np.diff(one.bed.at(start, frames), axis=0)) * one.curve.at(places)[1:, None] for one in playing
        )
        # The quickest gain there is goes down by 10 dB in 0.4 s.
        assert (np.abs(np.diff(stem, axis=0)) <= own * 1.001 + 3e-4 * np.abs(stem).max()).all()


class Asked:
    """A bed that nobody knows anything of, and that remembers what it was asked for."""

    period = None
    heard: Heard | None = None

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.spans: list[tuple[int, int]] = []

    def powers(self, size: int, count: int) -> None:
        """Nobody knows them."""

    def at(self, start: int, frames: int) -> Samples:
        self.spans.append((start, start + frames))
        return self.bed.at(start, frames)


def test_a_bed_is_asked_once_by_its_name_and_only_for_what_is_heard_of_it() -> None:
    made: dict[str, Asked] = {}

    def asked(name: str) -> Bed:
        assert name not in made
        made[name] = Asked(bed_of(name))
        return made[name]

    mix = Mix(PLACES, {SAID: CLIP}.__getitem__, lambda name: soundbank.sound(name, RATE), asked)
    whole(mix, size=RATE)
    assert list(made) == ["rain", "ocean", "drone", "pad:Dm + bowl@20s"]
    second, third = PLACES.chapters[1:3]
    spans = made["ocean"].spans
    # What is listened to beforehand lies in pieces of ten seconds.
    assert min(start for start, _ in spans) >= second.start - CROSSING - 10 * RATE
    assert max(end for _, end in spans) <= third.start + 10 * RATE


def test_the_clock_of_a_bed_may_be_another_than_the_place_in_the_session() -> None:
    mix = mixed(PLACES)
    start, frames = PLACES.chapters[1].start - CROSSING, CROSSING
    np.testing.assert_array_equal(mix._laid(start, frames, start), whole(mix, BED, start=start, end=start + frames))
    other = mix._laid(start, frames, 5 * RATE)
    rain, ocean = (bed_of(name).at(5 * RATE, frames) for name in ("rain", "ocean"))
    known = np.stack((rain[:, 0], ocean[:, 0]), axis=1)
    # At one frame near the border only the ocean is there, and at the beginning only the rain.
    assert np.corrcoef(other[:2205, 0], known[:2205, 0])[0, 1] > 0.999
    assert np.corrcoef(other[-2205:, 0], known[-2205:, 1])[0, 1] > 0.99
