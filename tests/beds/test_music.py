"""Somebody's own music, in the formats that people have."""

import os
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide import beds
from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import clip_powers, lufs
from voiceguide.beds.music import files
from voiceguide.errors import InputMissing

RATE = 44_100
KINDS = {
    "mp3": {"format": "MP3"},
    "flac": {"format": "FLAC"},
    "ogg": {"format": "OGG", "subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "wav": {"format": "WAV", "subtype": "PCM_16"},
    "aiff": {"format": "AIFF", "subtype": "PCM_24"},
}


def song(rate: int, seconds: float, channels: int = 2, pitch: float = 220.0) -> Samples:
    """Two voices and some breath, swelling."""
    at = np.arange(round(rate * seconds)) / rate
    breath = 0.02 * np.random.default_rng(1).standard_normal(len(at))
    tones = 0.2 * np.sin(2 * np.pi * pitch * at) + 0.1 * np.sin(2 * np.pi * 1.51 * pitch * at)
    whole = (tones + breath) * (0.7 + 0.3 * np.sin(at))
    return np.stack([np.roll(whole, 9 * channel) for channel in range(channels)], axis=1).astype(np.float32)


def saved(path: Path, samples: Samples, rate: int) -> Path:
    soundfile.write(path, samples, rate, **KINDS[path.suffix[1:]])
    return path


def made(path: Path) -> beds.Bed:
    return beds.make(f'music:"{path}"', RATE)


@pytest.mark.parametrize(
    ("kind", "rate", "channels"),
    [
        ("mp3", 44_100, 2),
        ("mp3", 22_050, 1),
        ("mp3", 8_000, 1),
        ("ogg", 48_000, 2),
        ("opus", 48_000, 2),
        ("flac", 96_000, 2),
        ("flac", 48_000, 6),
        ("wav", 8_000, 1),
        ("aiff", 32_000, 4),
    ],
)
def test_any_place_is_as_when_played_up_to(kind: str, rate: int, channels: int, tmp_path: Path) -> None:
    path = saved(tmp_path / f"song.{kind}", song(rate, 14, channels), rate)
    played = made(path)
    whole = np.concatenate([played.at(at, 46_080) for at in range(0, 20 * 46_080, 46_080)])
    jumped = made(path)
    for start in np.random.default_rng(2).integers(0, len(whole) - 9_000, 25):
        np.testing.assert_array_equal(jumped.at(int(start), 9_000), whole[start : start + 9_000])
    assert played.heard is not None
    assert lufs(float(clip_powers(whole, RATE).mean())) == pytest.approx(beds.LOUDNESS, abs=1.0)


@pytest.mark.parametrize("rate", [44_100, 48_000, 8_000])
def test_no_chunk_and_no_round_can_be_heard(rate: int, tmp_path: Path) -> None:
    at = np.arange(16 * rate) / rate
    tone = np.sin(2 * np.pi * 300 * at)  # a whole number of turns: its end agrees with its beginning
    bed = made(saved(tmp_path / "tone.flac", np.stack((tone, tone), axis=1) * 0.5, rate))
    samples = bed.at(RATE, 40 * RATE)[:, 0].astype(np.float64)
    # What a pure tone cannot do: x[n+1] + x[n-1] - 2 cos(w) x[n] is nothing but noise.
    strange = samples[2:] + samples[:-2] - 2 * np.cos(2 * np.pi * 300 / RATE) * samples[1:-1]
    assert np.abs(strange).max() < 3e-4 * np.abs(samples).max()


def test_one_file_fades_into_itself_at_equal_power(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).standard_normal((20 * RATE, 2)).astype(np.float32) * 0.1
    bed = made(saved(tmp_path / "noise.wav", noise, RATE))
    assert bed.period == 16 * RATE
    levels = 10 * np.log10(clip_powers(bed.at(0, 60 * RATE), RATE)[5:])
    smooth = np.convolve(levels, np.full(25, 1 / 25), "valid")
    assert smooth.max() - smooth.min() < 1.0
    np.testing.assert_array_equal(bed.at(17 * RATE, 100_000), bed.at(33 * RATE, 100_000))


def test_a_folder_is_played_as_people_count_at_one_loudness(tmp_path: Path) -> None:
    for name, pitch, level in (("10 last.flac", 880, 0.02), ("2 next.flac", 440, 1.0), ("1 first.flac", 220, 0.2)):
        saved(tmp_path / name, song(32_000, 12, 2, pitch) * np.float32(level), 32_000)
    (tmp_path / "cover.txt").write_text("not music")
    assert [path.name[:2].strip() for path in files(tmp_path)] == ["1", "2", "10"]
    bed = made(tmp_path)
    assert bed.period == 3 * 8 * RATE
    for number, pitch in enumerate((220, 440, 880, 220)):
        part = bed.at((8 * number + 5) * RATE, 2 * RATE)
        spectrum = np.abs(np.fft.rfft(part[:, 0]))
        assert abs(spectrum.argmax() / 2 - pitch) < 2
        assert lufs(float(clip_powers(part, RATE).mean())) == pytest.approx(beds.LOUDNESS, abs=2.0)


def test_a_second_of_sound_will_do(tmp_path: Path) -> None:
    bed = made(saved(tmp_path / "short.wav", song(RATE, 1.0), RATE))
    assert np.isfinite(bed.at(0, 10 * RATE)).all()
    assert bed.at(5 * RATE, RATE).any()


def test_a_long_file_is_not_held(tmp_path: Path) -> None:
    block = (song(16_000, 60, 1) * 32_767).astype(np.int16)
    with soundfile.SoundFile(tmp_path / "long.wav", "w", 16_000, 1, "PCM_16") as file:
        for _ in range(90):
            file.write(block)
    tracemalloc.start()
    start = time.process_time()
    bed = made(tmp_path / "long.wav")
    for at in (0, 30, 89):
        bed.at(at * 60 * RATE, 10 * RATE)
    spent, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6
    assert spent < 5


def spoilt(path: Path, kind: str) -> None:
    if kind == "text":
        path.write_text("this is no music at all\n" * 100)
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "half":
        whole = path.with_suffix(".flac")
        saved(whole, song(RATE, 8), RATE)
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        whole.unlink()
    elif kind == "half wav":
        whole = path.with_suffix(".wav")
        saved(whole, song(RATE, 8), RATE)
        os.truncate(whole, 400_000)
        whole.rename(path)
    elif kind == "silent":
        soundfile.write(path, np.zeros((3 * RATE, 2), np.float32), RATE, format="FLAC")
    elif kind == "nan":
        soundfile.write(path, np.full((3 * RATE, 2), np.nan, np.float32), RATE, format="WAV", subtype="FLOAT")
    elif kind == "moment":
        soundfile.write(path, song(RATE, 0.2), RATE, format="FLAC")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", "not music"),
        ("empty", "not music"),
        ("half", "truncated|cannot be read"),
        ("half wav", "truncated"),
        ("silent", "silent"),
        ("nan", "no numbers"),
        ("moment", "half a second"),
    ],
)
def test_a_bad_file_is_named_with_the_cure(kind: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    spoilt(path, kind)
    with pytest.raises(InputMissing, match=said) as caught:
        made(path)
    assert "song.mp3" in caught.value.message
    assert "FLAC" in caught.value.hint


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="no music in the folder"):
        made(tmp_path)
