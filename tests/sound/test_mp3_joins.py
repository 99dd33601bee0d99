"""Chunks of MP3 join as if one encoder had made them: no noisier round a join than serial encoding.

Serial encodings of the same sound differ too, for the encoder's choices hang on all that it has encoded before. How
much they do is measured here as well, with one that began some seconds earlier.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from excerpts import MINUTE, RATE, rendered, written
from meters import decoded

from voiceguide.audio.clip import Samples
from voiceguide.encoders import Tags, mp3_chunks
from voiceguide.encoders.lame_tag import FRAME
from voiceguide.encoders.mp3 import Mp3Encoder

KEPT = 98
"""Frames of a chunk here, so that a minute has many joins. In a session it is 1,960."""
WINDOW = 16 * FRAME
"""Samples: 418 ms, about what the ear takes as one moment (BS.1770's momentary loudness)."""
MOST = 0.2
"""Decibels that a moment round a join may be noisier."""
EARLIER = 49 * 6 * FRAME


@pytest.fixture(scope="module")
def sound(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """A minute of a session as the encoder is given it."""
    folder = written(tmp_path_factory.mktemp("sound"))
    return rendered(str(folder / "talk.md"), MINUTE, folder / "a.wav", clips, bed="ocean").part()


def encoded(path: Path, samples: Samples, kept: int, quality: str) -> Samples:
    """What is heard of them, encoded in chunks of `kept` frames."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mp3_chunks, "KEPT", kept)
        encoder = Mp3Encoder(path, RATE, len(samples), Tags("A"), 1, quality)
        for start in range(0, len(samples), 46_080):
            encoder.write(samples[start : start + 46_080])
        encoder.close()
    return decoded(path)


def noise(heard: Samples, given: Samples, places: NDArray[np.int64], window: int) -> NDArray[np.float64]:
    """Decibels of the encoder's error in a window round each of `places`."""
    error = np.square(heard.astype(np.float64) - given).sum(axis=1)
    powers = [error[max(0, place - window // 2) : place + window // 2].mean() for place in places]
    return 10 * np.log10(np.array(powers) + 1e-14)


@pytest.mark.parametrize("quality", [pytest.param("64", marks=pytest.mark.long), ""])
def test_no_join_is_noisier_than_serial_encoding(quality: str, sound: Samples, tmp_path: Path) -> None:
    serial = encoded(tmp_path / "serial.mp3", sound, 10**6, quality)
    chunked = encoded(tmp_path / "chunks.mp3", sound, KEPT, quality)
    earlier = encoded(tmp_path / "earlier.mp3", np.concatenate((sound[-EARLIER:], sound)), 10**6, quality)[EARLIER:]
    assert len(chunked) == len(serial) == len(earlier) == len(sound)
    joins = np.arange(KEPT * FRAME, len(sound) - WINDOW, KEPT * FRAME)
    assert len(joins) >= 20
    worse = noise(chunked, sound, joins, WINDOW) - noise(serial, sound, joins, WINDOW)
    assert worse.max() < MOST
    assert abs(worse.mean()) < 0.05
    assert np.median(np.abs(worse)) < 0.01, "most joins are the same as without"
    frames = np.arange(FRAME, len(sound) - FRAME, FRAME)
    by_chance = noise(earlier, sound, frames, FRAME) - noise(serial, sound, frames, FRAME)
    at_joins = noise(chunked, sound, joins, FRAME) - noise(serial, sound, joins, FRAME)
    assert at_joins.max() <= max(MOST, float(np.abs(by_chance).max()))


def test_a_bad_join_would_be_found(sound: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no frames before a chunk for the encoder to settle in."""
    serial = encoded(tmp_path / "serial.mp3", sound, 10**6, "")
    monkeypatch.setattr(mp3_chunks, "BEFORE", 2)
    chunked = encoded(tmp_path / "chunks.mp3", sound, KEPT, "")
    joins = np.arange(KEPT * FRAME, len(sound) - WINDOW, KEPT * FRAME)
    worse = noise(chunked, sound, joins, WINDOW) - noise(serial, sound, joins, WINDOW)
    assert worse.max() > MOST
