"""Decoding: what comes back, and what is said of files that are not what they claim."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide.audio.decode import decode
from voiceguide.errors import EngineError

RATE = 22_050
TONE = (0.5 * np.sin(np.linspace(0, 400, RATE))).astype(np.float32)


def written(path: Path, samples: np.ndarray = TONE, **how: str) -> Path:
    soundfile.write(path, samples, RATE, **how)
    return path


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac"])
def test_sixteen_bits_come_back_exactly(tmp_path: Path, suffix: str) -> None:
    steps = (TONE * 32767).astype(np.int16)
    clip = decode(written(tmp_path / f"clip.{suffix}", steps))
    assert clip.rate == RATE
    assert clip.samples.dtype == np.float32
    assert np.array_equal(clip.samples * 32768, steps)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = written(tmp_path / "clip.aiff").rename(tmp_path / "clip.wav")
    assert len(decode(path).samples) == RATE


def test_channels_are_averaged(tmp_path: Path) -> None:
    clip = decode(written(tmp_path / "clip.wav", np.stack([TONE, np.zeros_like(TONE)], axis=1), subtype="FLOAT"))
    assert clip.samples == pytest.approx(TONE / 2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no file clip\.wav"):
        decode(tmp_path / "clip.wav")


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"[PAUSE:5]\n" * 100, "not sound"), (b"RIFF\x00", "not sound")]
)
def test_what_is_no_sound_is_said_to_be_none(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "clip.wav").write_bytes(content)
    with pytest.raises(EngineError, match=reason):
        decode(tmp_path / "clip.wav")


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac"])
@pytest.mark.parametrize("kept", [0.999, 0.5, 0.1])
def test_every_truncation_is_noticed(tmp_path: Path, suffix: str, kept: float) -> None:
    path = written(tmp_path / f"clip.{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(EngineError, match=r"truncated|not sound"):
        decode(path)


def test_a_header_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no sound"):
        decode(written(tmp_path / "clip.wav", TONE[:0]))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    samples = TONE.copy()
    samples[1000] = value
    with pytest.raises(EngineError, match="no numbers"):
        decode(written(tmp_path / "clip.wav", samples, subtype="FLOAT"))
