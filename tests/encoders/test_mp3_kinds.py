"""MP3 at a varying rate, and in one channel."""

from __future__ import annotations

from pathlib import Path

import mutagen.mp3
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voiceguide.encoders import Tags
from voiceguide.encoders.mp3 import Mp3Encoder

Samples = NDArray[np.float32]


def uneven(rate: int, seconds: int = 20) -> Samples:
    """Silence, then noise: frames of very different sizes."""
    noise = 0.1 * np.random.default_rng(1).standard_normal((seconds * rate // 2, 2))
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(len(noise)) / rate)
    return np.concatenate((np.zeros_like(noise), noise + tone[:, None])).astype(np.float32)


def written(path: Path, samples: Samples, quality: str, rate: int = 44_100) -> Mp3Encoder:
    encoder = Mp3Encoder(path, rate, len(samples), Tags("T"), 1, quality)
    for start in range(0, len(samples), 46_080):
        encoder.write(samples[start : start + 46_080])
    encoder.close()
    return encoder


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("quality", ["v0", "v2", "v4", "v9", "64-mono", "128-mono", "192"])
def test_exact_and_as_loud(quality: str, rate: int, tmp_path: Path) -> None:
    samples = uneven(rate)[: -rate // 3]
    encoder = written(tmp_path / "a", samples, quality, rate)
    heard = np.concatenate(list(encoder.heard()))
    assert heard.shape == samples.shape
    tone = np.sin(2 * np.pi * 440 * (np.arange(rate) + len(samples) - 2 * rate - len(uneven(rate)) // 2) / rate)
    given, found = ((part[-2 * rate : -rate].mean(axis=1) * tone).sum() for part in (samples, heard))
    assert 20 * np.log10(found / given) == pytest.approx(0, abs=0.25)
    info = mutagen.mp3.MP3(tmp_path / "a").info
    assert info.length * rate == pytest.approx(len(samples), abs=0.5)
    assert info.channels == (1 if "mono" in quality else 2)
    wanted = mutagen.mp3.BitrateMode.VBR if quality.startswith("v") else mutagen.mp3.BitrateMode.CBR
    assert (info.bitrate_mode, info.sketchy) == (wanted, False)


def test_the_seek_table_of_a_varying_rate_finds_its_way(tmp_path: Path) -> None:
    samples = uneven(44_100)
    written(tmp_path / "a", samples, "v2")
    data = (tmp_path / "a").read_bytes()
    at = data.index(b"Xing")
    frames, size = int.from_bytes(data[at + 8 : at + 12]), int.from_bytes(data[at + 12 : at + 16])
    table = data[at + 16 : at + 116]
    assert abs(frames - len(samples) / 1152) < 3
    assert size == len(data) - (at - 36)
    assert list(table) == sorted(table)
    # The silent half takes next to nothing.
    assert table[49] / 256 < 0.3
    assert table[75] / 256 == pytest.approx((table[51] / 256 + 1) / 2, abs=0.05)


def test_one_channel_is_the_mean_of_two(tmp_path: Path) -> None:
    tone = (0.3 * np.sin(np.arange(44_100) / 20)).astype(np.float32)
    written(tmp_path / "a", np.stack((tone, np.zeros_like(tone)), axis=1), "64-mono")
    heard = soundfile.read(tmp_path / "a")[0]
    assert heard.ndim == 1
    assert heard.std() == pytest.approx(tone.std() / 2, rel=0.02)


def test_one_channel_takes_half(tmp_path: Path) -> None:
    sizes = []
    for quality in ("128", "64-mono"):
        written(tmp_path / "a", uneven(44_100), quality)
        sizes.append((tmp_path / "a").stat().st_size)
    assert sizes[1] == pytest.approx(sizes[0] / 2, rel=0.02)
