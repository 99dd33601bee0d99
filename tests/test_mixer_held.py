"""Gains that are held: a session planned anew sounds the same up to where the plans part."""

from functools import lru_cache

import numpy as np
import pytest

from voiceguide import beds, soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.beds import Bed
from voiceguide.compiler import compile_routine
from voiceguide.engines.tone import ToneEngine
from voiceguide.library import Library, shelves
from voiceguide.mixer import Held, Mix, MixLevels, ahead
from voiceguide.model.script import Utterance
from voiceguide.model.units import Frames, Millis, rescale, to_frames
from voiceguide.scheduler import Layout, choose, lay_out, replanned, stretched, timeline_of
from voiceguide.spoken import pace

RATE = 44_100


class Remembered(dict[tuple[Utterance, str], bytes]):
    """What clips weigh, so that they are weighed once for all tests."""

    def put(self, utterance: Utterance, made_for: str, note: bytes) -> None:
        self[utterance, made_for] = note

    def get(self, utterance: Utterance, made_for: str) -> bytes | None:  # type: ignore[override]
        return super().get((utterance, made_for))


NOTES = Remembered()
LEVELS = MixLevels()
SLEEP = MixLevels(fall=6.0)
_BEDS: dict[str, Bed] = {}
_CLIPS: dict[Utterance, Clip] = {}


def bed_of(name: str) -> Bed:
    return _BEDS.setdefault(name, beds.make(name, RATE))


def sound_of(name: str) -> Samples:
    return soundbank.sound(name, RATE)


def clip_of(utterance: Utterance) -> Clip:
    """A note, a little longer or shorter than estimated, and louder or softer than others."""
    if utterance not in _CLIPS:
        dice = np.random.default_rng(len(utterance.spoken))
        clip = ToneEngine().speak(utterance, 1.0)
        cut = clip.samples[: round(len(clip.samples) * dice.uniform(0.85, 1.0))]
        _CLIPS[utterance] = Clip((cut * dice.uniform(0.2, 3.0)).astype(np.float32), clip.rate)
    return _CLIPS[utterance]


def guessed(utterance: Utterance) -> Frames:
    return to_frames(pace.estimate(utterance), RATE)


def true(utterance: Utterance) -> Frames:
    clip = clip_of(utterance)
    return rescale(len(clip.samples), clip.rate, RATE)


def first_plan() -> Layout:
    script = compile_routine(Library(shelves()).routine("foot-massage"))
    target = to_frames(Millis(300_000), RATE)
    choice = choose(script, guessed, target, RATE)
    assert choice is not None
    layout = lay_out(choice, guessed, target, RATE)
    assert layout is not None
    return layout


FIRST = first_plan()
TRUE = replanned(FIRST, 0, true, FIRST.starts()[-1])


@lru_cache
def held_of(levels: MixLevels = LEVELS) -> Held:
    return Mix(timeline_of(FIRST, exact=False), lambda _: None, sound_of, bed_of, levels, Remembered()).held


@lru_cache
def rendered_mix() -> Mix:
    return Mix(timeline_of(TRUE, exact=True), clip_of, sound_of, bed_of, LEVELS, NOTES)


def mixed(layout: Layout, held: Held, levels: MixLevels = LEVELS) -> Mix:
    return Mix(timeline_of(layout, exact=False), clip_of, sound_of, bed_of, levels, NOTES, held)


def span(mix: Mix, start: int, end: int) -> Samples:
    return np.concatenate(list(mix.blocks(start, end)))


@pytest.mark.parametrize(("seconds", "levels"), [(12.0, LEVELS), (120.0, SLEEP), (231.7, LEVELS)])
def test_a_plan_that_was_made_anew_sounds_the_same_up_to_there(seconds: float, levels: MixLevels) -> None:
    held, at = held_of(levels), round(seconds * RATE)
    free = at + round(ahead(timeline_of(TRUE, exact=True)) * RATE)
    old = mixed(TRUE, held, levels)
    section = next(number for number, end in enumerate(TRUE.starts()[1:]) if end > free)
    for new in (
        stretched(TRUE, section, free, 60 * RATE, true),
        stretched(TRUE, section, free, -20 * RATE, true),
        replanned(TRUE, free, lambda utterance: Frames(round(true(utterance) * 1.07)), TRUE.starts()[-1]),
    ):
        assert new.lengths != TRUE.lengths
        other = mixed(new, held, levels)
        start = max(0, at - 10 * RATE)
        np.testing.assert_array_equal(span(old, start, at), span(other, start, at))


def test_with_everything_known_it_is_what_the_renderer_mixes() -> None:
    timeline = timeline_of(TRUE, exact=True)
    rendered = rendered_mix()
    live = Mix(timeline, clip_of, sound_of, bed_of, LEVELS, NOTES, held=rendered.held)
    assert live.predicted_lufs == rendered.predicted_lufs
    for start in (0, 60 * RATE, timeline.length - 12 * RATE):
        one, other = (span(mix, start, start + 12 * RATE) for mix in (rendered, live))
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_gain_from_estimates_is_near_the_true_one() -> None:
    rendered = rendered_mix()
    assert held_of().gain == pytest.approx(rendered.held.gain, abs=0.5)


def test_the_halves_add_up_to_the_mix() -> None:
    mix = mixed(TRUE, held_of())
    for start in (0, 1_234_567, 100 * RATE):
        front, back = mix.sound(start, 30_000, start)
        np.testing.assert_array_equal(front + back, span(mix, start, start + 30_000))


def test_a_bed_goes_on_by_its_own_clock() -> None:
    mix = mixed(TRUE, held_of())
    start, clock = 50 * RATE, 7 * RATE
    _, there = mix.sound(start, 1000, start)
    _, leapt = mix.sound(start, 1000, clock)
    assert not np.array_equal(there, leapt)
    bed = bed_of(timeline_of(TRUE, exact=True).bed)
    gain = np.abs(there).max() / np.abs(bed.at(start, 1000)).max()
    np.testing.assert_allclose(leapt, bed.at(clock, 1000) * gain, atol=1e-3)


def test_while_it_waits_the_bed_stays_as_loud_as_it_is_there() -> None:
    mix = mixed(TRUE, held_of())
    start = 50 * RATE
    waiting = mix.waiting(start, 3 * RATE, start)
    np.testing.assert_allclose(waiting[:50], mix.sound(start, 50, start)[1], atol=1e-4)
    np.testing.assert_array_equal(waiting[RATE:], mix.waiting(start, 2 * RATE, start + RATE))


def test_what_was_spoken_later_is_as_loud_as_what_was_there_at_first() -> None:
    timeline = timeline_of(TRUE, exact=True)
    rendered = rendered_mix()
    say = [p for p in timeline.placements if p.kind == "say"][9]
    later = Mix(
        timeline, lambda utterance: None if utterance == say.utterance else clip_of(utterance), sound_of, bed_of
    )
    again = Mix(timeline, clip_of, sound_of, bed_of, LEVELS, NOTES, held=later.held)
    one, other = (span(mix, say.start, say.end) for mix in (rendered, again))
    ratio = np.abs(one).max() / np.abs(other).max()
    assert ratio == pytest.approx(10 ** ((rendered.held.gain - again.held.gain) / 20), rel=0.02)
