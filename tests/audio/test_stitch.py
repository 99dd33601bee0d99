"""Joining clips: nothing between them, nothing lost."""

import subprocess
import sys

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.audio.stitch import from_steps, join, to_steps


def test_sixteen_bit_steps_survive_the_round_trip() -> None:
    steps = np.arange(-32768, 32768).astype(np.int16)
    assert np.array_equal(to_steps(from_steps(steps)), steps)
    assert to_steps(np.array([1.0, 2.0, -2.0], np.float32)).tolist() == [32767, 32767, -32768]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_clips_follow_each_other_without_gap_or_crossfade(count: int) -> None:
    clips = [Clip(from_steps(np.full(1001 + n, 100 * n, np.int16)), 22_050) for n in range(count)]
    joined = join(clips)
    assert joined.rate == 22_050
    assert np.array_equal(joined.samples, np.concatenate([clip.samples for clip in clips]))


def test_different_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="2 different rates"):
        join([Clip(np.zeros(10, np.float32), 22_050), Clip(np.zeros(10, np.float32), 24_000)])
    with pytest.raises(ValueError, match="0 different rates"):
        join([])


def test_joining_warns_of_nothing_where_there_is_no_ffmpeg() -> None:
    code = """
import numpy as np
from voiceguide.audio.clip import Clip
from voiceguide.audio.stitch import join
join([Clip(np.zeros(10, np.float32), 22_050)] * 2)
"""
    command = [sys.executable, "-W", "error", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"]
    subprocess.run(command, env={"PATH": ""}, check=True)
