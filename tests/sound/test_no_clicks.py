"""Nothing is heard where sound was joined: blocks, sections, ducks, fades, steps of level, loops and crossfades.

At each of these the decoded file must be no stranger than it is anywhere else, where nothing was joined.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from excerpts import MINUTE, RATE, Excerpt, rendered, written
from meters import decoded
from seams import Lane, at_places, elsewhere, strangeness

from voiceguide import beds, inspector
from voiceguide.audio.clip import Samples
from voiceguide.beds import loops
from voiceguide.mixer import BLOCK, curves

FADE = 4 * RATE  # of music into its own beginning
CHUNK = 5 * RATE  # in which music is read
SONG = 17 * RATE
SESSIONS = [
    # The last: a step that would be found, in full scale. It hides in noise.
    ("talk", "podcast", "drone", "flac", 0.0005),
    ("rest", "sleep", 'music:"song.flac"', "wav", 0.002),
    ("talk", "ebu", "rain + bowl@10s", "flac", 0.01),
]
STRANGE = 5.0
"""Noise reaches 4 among as many samples as lie at joins."""
BEDS = [
    "drone",
    *(pytest.param(name, marks=pytest.mark.long) for name in beds.names() if name not in ("drone", beds.MUSIC, "none")),
]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("texts"))


def middle(samples: Samples) -> Lane:
    return samples.mean(axis=1, dtype=np.float64)


def joins(excerpt: Excerpt) -> dict[str, NDArray[np.int64]]:
    """Frames at which something was joined, or a gain begins or ceases to move."""
    line = excerpt.made.timeline
    says = np.array([(p.start, p.end) for p in line.placements if p.kind == "say"])
    down, up = says[:, 0], says[:, 1]
    ducks = (down - RATE * curves.AHEAD, down - RATE * (curves.AHEAD - curves.FALL), up + RATE * curves.LINGER)
    fades = (RATE * curves.FADE_IN, line.length - RATE * curves.FADE_OUT)
    steps = np.arange(1, curves.FALLS + 1) * line.length / (curves.FALLS + 1)
    found = {
        "blocks": np.arange(BLOCK, line.length, BLOCK),
        "sections": np.array([chapter.start for chapter in line.chapters[1:]]),
        "ducks": np.concatenate((*ducks, up + RATE * (curves.LINGER + curves.RISE))),
        "fades": np.array(fades),
        "steps of level": np.concatenate((steps, steps + RATE * curves.STEP)),
        "rounds of music": np.arange(SONG - FADE, line.length, SONG - FADE),
        "crossfades of music": np.arange(SONG, line.length, SONG - FADE),
        "chunks of music": np.arange(CHUNK, SONG, CHUNK),
    }
    return {name: np.rint(places).astype(np.int64) for name, places in found.items()}


@pytest.fixture(scope="module", params=[0, 1, pytest.param(2, marks=pytest.mark.long)])
def session(
    request: pytest.FixtureRequest, texts: Path, clips: Path, tmp_path_factory: pytest.TempPathFactory
) -> Excerpt:
    text, profile, bed, ending, _ = SESSIONS[request.param]
    bed = bed.replace("song.flac", str(texts / "song.flac"))
    path = tmp_path_factory.mktemp("session") / f"{request.param}.{ending}"
    return rendered(str(texts / f"{text}.md"), MINUTE, path, clips, bed=bed, profile=profile)


@pytest.fixture(scope="module")
def sound(session: Excerpt) -> Samples:
    return decoded(session.path)


def test_no_join_can_be_heard(session: Excerpt, sound: Samples) -> None:
    strange = strangeness(middle(sound))
    there = {name: float(at_places(strange, places).max(initial=0.0)) for name, places in joins(session).items()}
    assert {name: value for name, value in there.items() if value > STRANGE} == {}
    # What is too small to be seen once would show in the mean over all borders of blocks.
    assert all(together(strange, joins(session)["blocks"] + off) < 2 for off in range(-2, 3))


def together(strange: Lane, places: NDArray[np.int64]) -> float:
    """1 where nothing is the matter."""
    return float(np.mean(np.minimum(strange[places], 4) ** 2))


def test_it_begins_and_ends_in_silence(sound: Samples) -> None:
    for end in (sound[:5], sound[-5:]):
        assert np.abs(end).max() < 10 ** (-66 / 20)


def test_the_inspector_finds_no_click(session: Excerpt) -> None:
    assert not [fault for fault in inspector.inspect(session.path).faults if fault.kind == "click"]


def test_a_bad_join_would_be_found(session: Excerpt, sound: Samples) -> None:
    *_, size = SESSIONS[int(session.path.stem)]
    lane = middle(sound)
    quiet = {name: at_rest(session, places) for name, places in joins(session).items()}
    assert sum(len(places) > 0 for places in quiet.values()) >= 4
    for name, places in quiet.items():
        for place in places[:2]:
            around = lane[place - RATE : place + RATE].copy()
            around[RATE:] += size
            assert at_places(strangeness(around), [RATE])[0] > STRANGE, name


def test_a_small_step_at_every_block_would_be_found(session: Excerpt, sound: Samples) -> None:
    *_, size = SESSIONS[int(session.path.stem)]
    borders, lane = joins(session)["blocks"], middle(sound)
    for number, border in enumerate(borders):
        lane[border:] += size / 2 * (-1) ** number
    assert together(strangeness(lane), borders) > 2


def at_rest(session: Excerpt, places: NDArray[np.int64]) -> list[int]:
    """Those of `places` at which nobody speaks."""
    said = [(p.start - 600, p.end + 600) for p in session.made.timeline.placements if p.kind == "say"]
    inside = places[(places > RATE) & (places < session.made.timeline.length - RATE)]
    return [int(place) for place in inside if not any(start < place < end for start, end in said)]


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_has_no_seam(name: str) -> None:
    bed = beds.make(name, RATE)
    around = 2 * RATE
    places = [loops.PERIOD, loops.PERIOD // 160 * 3, loops.PERIOD // 160 * 3 + 2**16, loops.PERIOD // 48]
    places += [loops.PERIOD // 35, loops.POOL, 2 * loops.POOL, 30 * RATE]
    for place in places:
        strange = strangeness(middle(bed.at(place - around, 2 * around)))
        calm = float(elsewhere(strange[RATE:-RATE], 4_000).max())
        assert at_places(strange, [around])[0] < max(STRANGE, calm), place
