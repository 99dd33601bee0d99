"""Files are exactly as long as they were promised, by ffmpeg and by libsndfile."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).parent))
from excerpts import rendered, written
from meters import decoded

from voiceguide import encoders
from voiceguide.encoders import Tags
from voiceguide.encoders.m4a import FRAME
from voiceguide.model.units import Millis

LENGTHS = (44_099, 65_537, 100_003)
FORMATS = encoders.names()
SLACK = {"m4a": FRAME, "m4b": FRAME}
"""Frames that a file may hold beyond what it was given: AAC's last frame is filled up."""


def by_soundfile(path: Path) -> int:
    """Counted, and not as the header says."""
    with soundfile.SoundFile(path) as file:
        promised = int(file.frames)
        counted = sum(len(block) for block in file.blocks(65_536))
    assert promised == counted
    return counted


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize(("name", "rate"), [(name, rate) for name in FORMATS for rate in encoders.traits(name).rates])
def test_odd_lengths(name: str, rate: int, frames: int, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    sound = (0.1 * np.random.default_rng(frames).standard_normal((frames, 2))).astype(np.float32)
    encoder = encoders.make(name, path, rate, frames, Tags("A"))
    encoder.write(sound)
    encoder.close()
    assert 0 <= len(decoded(path)) - frames <= SLACK.get(name, 0)
    if name not in SLACK:
        assert by_soundfile(path) == frames


@pytest.mark.parametrize("ending", ["mp3", "m4a"])
def test_a_session_of_an_odd_length(ending: str, clips: Path, tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / f"a.{ending}"
    excerpt = rendered(str(tmp_path / "rest.md"), Millis(31_777), path, clips, bed="none")
    rate = excerpt.made.timeline.rate
    assert excerpt.made.timeline.length == round(31.777 * rate)
    assert 0 <= len(decoded(path)) - excerpt.made.timeline.length <= SLACK.get(ending, 0)
