"""Beds must be pleasant: measured on two minutes as a listener would notice it. The numbers over 20 are in docs."""

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from voiceguide import beds
from voiceguide.audio.heard import grid
from voiceguide.beds.loops import PERIOD, Texture, around, noise, period
from voiceguide.beds.movement import Movement, drift, points_of, wandering
from voiceguide.beds.ocean import LONGEST, SHORTEST, _waves
from voiceguide.encoders import mp3_chunks
from voiceguide.encoders.lame_tag import FRAME

RATE = 44_100
NATURE = ("rain", "ocean", "stream", "wind")
NOISES = (*NATURE, "pink", "brown", "white")
TONES = ("drone", "pad", "bowl", "binaural", "isochronic")


def _bench() -> ModuleType:
    path = Path(__file__).parent.parent / "bench" / "beds.py"
    spec = importlib.util.spec_from_file_location("bench_beds", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_beds"] = module
    spec.loader.exec_module(module)
    return module


bench = _bench()


@pytest.mark.parametrize("name", [*NOISES, *TONES, "night"])
def test_a_bed_is_calm_soft_and_wide(name: str) -> None:
    bed = beds.make(name, RATE)
    it = bench.measured(bed, 2)
    assert it.offset < -100
    assert it.crest < 24
    assert it.step < 1.8, "a step that the material itself does not have"
    assert it.drift < 3
    if name != "bowl":
        assert it.loudest < beds.LOUDNESS + 4.5
        assert it.calmest > beds.LOUDNESS - 5
    if name != "binaural":  # which has another tone in each ear
        assert 0.1 < it.correlation < 0.9
    if name not in ("white", "pink"):  # which are what their names say
        assert it.harsh < -6
    if name in NOISES:
        assert it.line < 6
        assert it.top > -20, "dull"
    if name in NATURE:
        assert bench.again(bed.powers(RATE // 10, PERIOD // (RATE // 10))) < 0.36, "something comes again"


@pytest.mark.parametrize("name", ["drone", "ocean", "pad"])
def test_it_costs_little(name: str) -> None:
    made, spent, size = bench.cost(name)
    assert spent < 0.3  # CPU s for a minute of sound; 0.15 where nothing else is going on
    assert size < 60
    assert made < 4


def test_no_two_waves_are_alike() -> None:
    turns, heights = _waves(RATE)
    lengths = np.diff(turns)
    assert lengths.min() > SHORTEST
    assert lengths.max() < LONGEST
    assert turns[-1] == pytest.approx(PERIOD / RATE)
    assert len(set(np.round(lengths, 3))) > len(lengths) - 5
    assert heights.min() < 0.75 < 0.9 < heights.max()


def test_the_pieces_of_a_texture_fade_at_equal_power() -> None:
    texture = Texture(noise(RATE, 1, np.ones_like), RATE, 2)
    samples = texture.at(0, 60 * RATE)
    levels = np.sqrt((samples[: len(samples) // 8820 * 8820].reshape(-1, 8820, 2) ** 2).mean(axis=(1, 2)))
    assert levels.max() / levels.min() < 1.06
    np.testing.assert_array_equal(texture.at(PERIOD + 5, 400_000), texture.at(5, 400_000))


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_period_is_whole_chunks_of_mp3_and_whole_tenths_of_a_second(rate: int) -> None:
    assert period(rate) % math.lcm(mp3_chunks.KEPT * FRAME, grid(rate)) == 0
    assert period(rate) % 46_080 == 0
    assert period(44_100) == PERIOD == 54_190_080
    drone = beds.make("drone", rate).period
    assert 2 * drone == period(rate)
    assert drone % math.lcm(mp3_chunks.KEPT * FRAME, grid(rate)) == 0


def test_noise_ends_where_it_is_told_to() -> None:
    heard = noise(RATE, 1, np.ones_like, frames=2**16, highest=4_000.0)
    lines = np.abs(np.fft.rfft(heard, axis=0)).max(axis=1)
    above = round(4_000 * 2**16 / RATE) + 1
    assert lines[above:].max() < 1e-3 * lines[1:above].mean()


@pytest.mark.parametrize("name", ["drone", "ocean", "wind", "isochronic"])
def test_at_48000_hz_it_comes_round_too(name: str) -> None:
    bed = beds.make(name, 48_000)
    assert period(48_000) % bed.period == 0
    for start in (0, 5 * period(48_000) // 160 - 9_000):
        np.testing.assert_array_equal(bed.at(bed.period + start, 100_000), bed.at(start, 100_000))
    seam = np.abs(np.diff(bed.at(bed.period - 24_000, 48_000), axis=0)).max(axis=1)
    assert seam[23_900:24_100].max() <= 1.2 * seam[:23_000].max()


def test_a_loop_goes_round() -> None:
    loop = np.arange(10, dtype=np.float32).reshape(5, 2)
    np.testing.assert_array_equal(around(loop, 13, 4), loop[[3, 4, 0, 1]])
    assert not np.shares_memory(around(loop, 1, 2), loop)


def test_a_movement_is_straight_lines_without_a_seam() -> None:
    points = points_of(44_100)
    movement = Movement(np.linspace(0.5, 1.5, points))
    assert movement.at(4096 * 3 + 2048, 1)[0, 0] == pytest.approx(0.5 + 3.5 / (points - 1))
    steady = drift(RATE, 1, 10.0, 1.0)
    seam = steady.at(PERIOD - 50, 100)
    np.testing.assert_array_equal(seam[50:], steady.at(0, 50))
    assert np.abs(np.diff(seam[:, 0])).max() < 1e-4
    line = wandering(RATE, 1, 10.0)
    assert np.abs(line).max() <= 2.2
    assert np.sqrt(np.mean(line**2)) == pytest.approx(1, abs=0.02)
