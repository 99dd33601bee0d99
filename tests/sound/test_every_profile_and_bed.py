"""Every profile on every bed in every format: as loud as promised, never too high, the voice always clear.

Here are excerpts with every bed, every profile and every format, in pairs that lie well apart. All on three routines:

    pytest tests/sound/test_every_profile_and_bed.py --long

`tests/bench/matrix.py` prints the same as a table.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).parent))
from excerpts import HALF, MINUTE, RATE, Excerpt, rendered, written
from judged import judged
from meters import apart, decoded, loudness

from voiceguide import beds, encoders
from voiceguide.audio.clip import Samples
from voiceguide.model.units import Millis
from voiceguide.pipeline.output import levels
from voiceguide.settings import Settings

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from matrix import BEDS, LENGTH, PROFILES, ROUTINES, format_of

FEW = [
    ("talk", MINUTE, "sleep", "ocean:-3 + bowl@20s + drone:A2", "mp3"),
    ("rest", MINUTE, "podcast", 'music:"song.flac"', "m4a"),
    ("short", HALF, "podcast", "drone", "mp3"),
    ("short", HALF, "aes", "bowl@10s", "wav"),
    ("short", HALF, "ebu", "rain", "ogg"),
    ("short", HALF, "acx", "none", "mp3"),
    ("short", HALF, "none", "wind", "m4b"),
    ("short", HALF, "aes", "night", "opus"),
    ("short", HALF, "sleep", "ocean", "flac"),
    ("short", HALF, "ebu", "stream", "m4a"),
    ("short", HALF, "acx", "white", "flac"),
    ("short", HALF, "podcast", "pink", "opus"),
    ("short", HALF, "none", "brown", "ogg"),
    ("short", HALF, "aes", "binaural", "mp3"),
    ("short", HALF, "ebu", "isochronic", "m4b"),
    ("short", HALF, "sleep", "pad", "opus"),
]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("texts"))


def faults(excerpt: Excerpt, profile: str) -> list[str]:
    ending = excerpt.path.suffix[1:]
    return judged(excerpt, profile, levels(Settings(profile=profile, format=ending)).ceiling).faults()


def test_nothing_is_left_out() -> None:
    """Whatever is added to a table needs an excerpt of its own."""
    played = {piece.name for row in FEW for piece in beds.parse(row[3])}
    assert played == set(beds.BUILTIN)
    assert {row[2] for row in FEW} == set(PROFILES)
    assert {row[4] for row in FEW} == set(encoders.BUILTIN)


@pytest.mark.parametrize(("text", "length", "profile", "bed", "ending"), FEW)
def test_an_excerpt(
    text: str, length: Millis, profile: str, bed: str, ending: str, texts: Path, clips: Path, tmp_path: Path
) -> None:
    bed = bed.replace("song.flac", str(texts / "song.flac"))
    excerpt = rendered(str(texts / f"{text}.md"), length, tmp_path / f"a.{ending}", clips, bed=bed, profile=profile)
    assert faults(excerpt, profile) == []
    if profile == "sleep" and length == MINUTE:
        assert 3.5 < fallen(excerpt) < 6.5


def fallen(excerpt: Excerpt) -> float:
    """LU from the first utterance down to the last; the steps before the one and after the other are not heard."""
    voice = excerpt.part("voice")
    spans = [slice(p.start, p.end) for p in excerpt.made.timeline.placements if p.kind == "say"]
    return loudness(voice[spans[0]], RATE) - loudness(voice[spans[-1]], RATE)


@pytest.mark.parametrize("name", ["voice", "sounds", "bed"])
def test_stems_add_up_to_the_mix_and_the_mix_to_the_file(name: str, stems: dict[str, Samples]) -> None:
    assert np.abs(stems[name]).max() > 0.001
    assert apart((stems["voice"], stems["sounds"], stems["bed"]), stems["mix"]) < -120
    assert apart((stems["mix"],), stems["file"]) < -84  # two steps of 16 bits: dither and rounding


@pytest.fixture(scope="module")
def stems(texts: Path, clips: Path) -> dict[str, Samples]:
    """The files that `--stems` writes, and the session."""
    excerpt = rendered(str(texts / "talk.md"), MINUTE, texts / "stems.flac", clips, bed="pad", stems=True)
    files = {name: texts / f"stems.{name}.wav" for name in ("voice", "sounds", "bed", "mix")}
    assert all(soundfile.info(file).subtype == "FLOAT" for file in files.values())
    return {name: soundfile.read(file, dtype="float32")[0] for name, file in files.items()} | {
        "file": decoded(excerpt.path)
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All of the matrix where it is asked for, which takes half an hour."""
    if "number" in metafunc.fixturenames:
        metafunc.parametrize("number", range(len(EVERYTHING)) if metafunc.config.getoption("--long") else [])


EVERYTHING = list(product(BEDS, ROUTINES, PROFILES))


def test_the_whole_matrix(number: int, texts: Path, clips: Path, tmp_path: Path) -> None:
    bed, routine, profile = EVERYTHING[number]
    bed = bed.replace("song.flac", str(texts / "song.flac"))
    path = tmp_path / f"a.{format_of(number)}"
    assert faults(rendered(routine, LENGTH, path, clips, bed=bed, profile=profile), profile) == []
