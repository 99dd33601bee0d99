"""What is drawn of levels is what a meter finds."""

from functools import lru_cache, partial

import numpy as np
import pytest

from voiceguide import beds, soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import lufs
from voiceguide.mixer import Mix, MixLevels
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames

RATE = 44_100
bed_of = lru_cache(maxsize=2)(partial(beds.make, rate=RATE))
SAID = Utterance("said")


def clip() -> Clip:
    samples = np.random.default_rng(1).laplace(0, 0.05, 3 * RATE)
    return Clip((samples * (0.6 + 0.4 * np.sin(14 * np.arange(3 * RATE) / RATE))).astype(np.float32), RATE)


def sound_of(name: str) -> Samples:
    return soundbank.sound(name, RATE)


def mixed(levels: MixLevels, bed: str = "drone", seconds: int = 60) -> Mix:
    placements = [Placement("say", Frames(at * RATE), Frames(3 * RATE), "said", 0, SAID) for at in (2, 7, 30, 44)]
    placements.append(Placement("sound", Frames(48 * RATE), Frames(2 * RATE), "bell", 0))
    kept = tuple(p for p in placements if p.end < seconds * RATE)
    timeline = Timeline("session", RATE, Frames(seconds * RATE), (), kept, bed=bed)
    return Mix(timeline, {SAID: clip()}.get, sound_of, bed_of, levels)


@pytest.mark.parametrize("levels", [MixLevels(), MixLevels(-20.0, fall=6.0)])
def test_the_lines_are_what_a_meter_finds(levels: MixLevels) -> None:
    mix = mixed(levels)
    outline = mix.outline()
    for points, window, parts in ((outline.loudness, 30, None), (outline.beds, 4, frozenset({"bed"}))):
        meter = StreamPowers(RATE, 2, RATE // 10)
        for block in mix.blocks(parts=parts) if parts else mix.blocks():
            meter.add(block)
        sums = np.cumsum(np.concatenate(([0.0], meter.values())))
        found = dict(points)
        assert len(found) == 600
        for place in range(50, 500, 7):
            heard = lufs(float(sums[place + window // 2] - sums[place - window // 2]) / window)
            assert found[round((place + 0.5) * RATE / 10)] == pytest.approx(heard, abs=0.4)


def test_where_the_bed_is_led() -> None:
    outline = mixed(MixLevels()).outline()
    led = dict(outline.led)
    place = RATE // 20
    resting, ducked = led[20 * RATE + place], led[31 * RATE + place]
    assert resting - ducked > 4
    for level, first, last in ((resting, 15, 25), (ducked, 30, 33)):
        sounding = np.mean([one for frame, one in outline.beds if first * RATE < frame < last * RATE])
        assert sounding == pytest.approx(level, abs=1.5)


@pytest.mark.parametrize("most", [1, 7, 50, 6000])
def test_never_more_points_than_asked_for(most: int) -> None:
    outline = mixed(MixLevels(), seconds=20).outline(most)
    assert len(outline.loudness) == len(outline.beds) == len(outline.led) <= most
    assert [frame for frame, _ in outline.led] == sorted({frame for frame, _ in outline.led})


def test_no_bed_is_silence() -> None:
    outline = mixed(MixLevels(), "none", 20).outline()
    assert {level for _, level in (*outline.beds, *outline.led)} == {float("-inf")}


def test_few_points_miss_no_sentence() -> None:
    mix = mixed(MixLevels())
    loudest = max(level for _, level in mix.outline().loudness)
    assert max(level for _, level in mix.outline(7).loudness) == pytest.approx(loudest)
