"""A bed is a function of time: any span of eight hours is the same, played up to or jumped to; and nothing comes again.

    pytest tests/sound/test_far_spans.py --long

plays every bed for eight hours and holds 1,000 spans by another instance against it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from excerpts import RATE, song
from periods import alike, bands

from voiceguide import beds
from voiceguide.audio.clip import Samples
from voiceguide.mixer import BLOCK

HOURS = 8 * 3600 * RATE
LONGEST = 2 * BLOCK
NATURE = ("rain", "ocean", "stream", "wind")
ALL = [*(name for name in beds.names() if name != beds.MUSIC), "music", "ocean:-3 + bowl@60s + drone:A2"]
FEW = ("bowl", "ocean", "music")
COMES_AGAIN = 0.06
"""Correlation that 25 minutes of chance do not reach: they reach 0.03."""
ROLLING = {"ocean": 0.33}
"""Waves move all bands at once, and follow each other: 0.29 after 9.5 s, and 0.2 by chance at some time or other."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return song(tmp_path_factory.mktemp("music") / "song.flac", 41.0)


def spans(count: int) -> list[tuple[int, int]]:
    """Starts all over eight hours, in order, and lengths up to two blocks."""
    dice = np.random.default_rng(8)
    starts = np.sort(dice.integers(0, HOURS - LONGEST, count))
    return [(int(start), int(frames)) for start, frames in zip(starts, dice.integers(1, LONGEST, count), strict=True)]


def made(name: str, file: Path) -> beds.Bed:
    return beds.make(f'music:"{file}"' if name == "music" else name, RATE, HOURS)


@pytest.mark.parametrize("name", ALL)
def test_any_span_of_eight_hours_is_as_when_played_up_to(name: str, file: Path, request: pytest.FixtureRequest) -> None:
    everything = request.config.getoption("--long")
    if name not in FEW and not everything:
        pytest.skip("with --long")
    jumping, played = made(name, file), made(name, file)
    asked = spans(1_000 if everything else 12)
    jumped = {asked[place]: jumping.at(*asked[place]) for place in np.random.default_rng(9).permutation(len(asked))}
    reached = 0
    for start, frames in asked:
        first = start // BLOCK
        for number in range(reached, first if everything else 0):
            played.at(number * BLOCK, BLOCK)
        reached = max(reached, first)
        blocks = [played.at(at * BLOCK, BLOCK) for at in range(first, (start + frames - 1) // BLOCK + 1)]
        whole = np.concatenate(blocks)
        np.testing.assert_array_equal(jumped[start, frames], whole[start - first * BLOCK :][:frames])


class Looped:
    """A bed whose first `frames` frames come again and again, at a share of the power, under the bed itself."""

    def __init__(self, bed: beds.Bed, frames: int, share: float) -> None:
        self._bed, self._loop, self._share = bed, bed.at(0, frames), share

    def at(self, start: int, frames: int) -> Samples:
        places: NDArray[np.int64] = np.arange(start, start + frames) % len(self._loop)
        again = np.sqrt(self._share) * self._loop[places]
        mixed: Samples = again + np.sqrt(1 - self._share) * self._bed.at(start + 10**8, frames)
        return mixed


@pytest.mark.parametrize("name", NATURE)
def test_nothing_comes_again_for_ten_minutes(name: str, request: pytest.FixtureRequest) -> None:
    everything = request.config.getoption("--long")
    if name != "ocean" and not everything:
        pytest.skip("with --long")
    rate, minutes = (RATE, 60) if everything else (22_050, 26)
    bed = beds.make(name, rate)
    assert bed.period is not None
    assert bed.period > 600 * RATE
    likeness, seconds = alike(bands(bed, rate, 60 * minutes), 2.0, 600)
    assert likeness < ROLLING.get(name, COMES_AGAIN), f"something comes again after {seconds} s"


def test_a_loop_of_two_minutes_would_be_found() -> None:
    rate = 11_025
    looped = Looped(beds.make("brown", rate), 120 * rate, 0.35)
    likeness, seconds = alike(bands(looped, rate, 26 * 60), 2.0, 600)
    assert likeness > COMES_AGAIN
    assert seconds % 120 in (0, 119.75, 0.25)
