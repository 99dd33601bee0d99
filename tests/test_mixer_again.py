"""What a mix says to be the same as before is the same to the bit; where somebody speaks it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from voiceguide import soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.mixer import Mix, MixLevels
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames

RATE = 44_100
PERIOD = 3 * RATE
LENGTH = 60 * RATE
SAID = 5 * RATE
STRUCK = 20 * RATE
WORDS = Utterance("Rest.")


class Round:
    """Three seconds of noise, again and again."""

    heard = None

    def __init__(self, period: int | None = PERIOD) -> None:
        self.period = period
        self._loop = (np.random.default_rng(1).standard_normal((PERIOD, 2)) * 0.05).astype(np.float32)

    def powers(self, _size: int, _count: int) -> None:
        """Not known."""

    def at(self, start: int, frames: int) -> Samples:
        return np.take(self._loop, np.arange(start, start + frames), axis=0, mode="wrap")


def mix(period: int | None = PERIOD, fall: float = 0.0) -> Mix:
    """A sentence at five seconds, a bell at twenty, and a bed."""
    clip = Clip((np.random.default_rng(2).standard_normal(RATE) * 0.1).astype(np.float32), RATE)
    said = Placement("say", Frames(SAID), Frames(RATE), "Rest.", 0, WORDS)
    bell = Placement("sound", Frames(STRUCK), Frames(2 * RATE), "bell", 0)
    chapter = Chapter("All", "all", Frames(0), Frames(LENGTH))
    timeline = Timeline("T", RATE, Frames(LENGTH), (chapter,), (said, bell), exact=True, bed="round")
    return Mix(
        timeline,
        lambda _: clip,
        lambda name: soundbank.sound(name, RATE),
        lambda _: Round(period),
        MixLevels(fall=fall),
    )


def span(of: Mix, start: int, frames: int) -> Samples:
    return np.concatenate(list(of.blocks(start, start + frames)))


@pytest.mark.parametrize("unit", [1, 1_000, RATE])
def test_what_is_the_same_is_the_same_to_the_bit(unit: int) -> None:
    one = mix()
    found = 0
    for start in range(30 * RATE, 50 * RATE, RATE // 2):
        before = one.same_as(start, RATE, unit)
        if before is not None:
            found += 1
            assert (start - before) % unit == 0
            np.testing.assert_array_equal(span(one, start, RATE), span(one, before, RATE))
    assert found


@pytest.mark.parametrize(
    "start",
    [0, RATE, SAID, SAID + PERIOD, SAID + RATE // 2, STRUCK, STRUCK + PERIOD, STRUCK - RATE // 2, LENGTH - RATE],
)
def test_voice_bells_and_fades_are_never_the_same(start: int) -> None:
    assert mix().same_as(start, RATE) is None


def test_a_bed_without_a_period_says_nothing() -> None:
    assert mix(period=None).same_as(40 * RATE, RATE) is None


def test_a_session_that_falls_repeats_only_between_its_steps() -> None:
    falling = mix(fall=6.0)
    same = [start for start in range(30 * RATE, 54 * RATE, RATE // 4) if falling.same_as(start, RATE) is not None]
    assert len(same) < 24
    for start in same:
        before = falling.same_as(start, RATE)
        assert before is not None
        np.testing.assert_array_equal(span(falling, start, RATE), span(falling, before, RATE))
