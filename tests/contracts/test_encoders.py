"""What every format has to keep, for every name in the table."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voiceguide import encoders
from voiceguide.encoders import Mark, Tags
from voiceguide.errors import UsageError
from voiceguide.model.units import Millis

FORMATS = encoders.names()
LENGTHS = (1, 2, 100, 575, 576, 577, 1151, 1152, 1153, 2304, 8820, 44_100, 3 * 44_100 + 77)
PLAIN = Tags("A session")
Samples = NDArray[np.float32]


def sound(frames: int, rate: int = 44_100, seed: int = 1) -> Samples:
    """Two different lanes of soft noise that falls with frequency, as beds and voices do, −20 dBFS loud."""
    white = np.random.default_rng(seed).standard_normal((frames + rate, 2))
    hertz = np.fft.rfftfreq(frames + rate, 1 / rate)[:, None]
    soft = np.fft.irfft(np.fft.rfft(white, axis=0) / (1 + hertz / 100) * (hertz > 20), frames + rate, axis=0)[:frames]
    return (0.1 * soft / np.sqrt(np.mean(soft**2))).clip(-0.9, 0.9).astype(np.float32)


def write(
    name: str, path: Path, samples: Samples, rate: int = 44_100, tags: Tags = PLAIN, step: int = 46_080
) -> encoders.Encoder:
    encoder = encoders.make(name, path, rate, len(samples), tags)
    for start in range(0, len(samples), step):
        encoder.write(samples[start : start + step])
    encoder.close()
    return encoder


def decoded(path: Path) -> Samples:
    samples: Samples = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return samples


def ffmpeg(*arguments: str | Path) -> bytes:
    """What ffmpeg prints; it stops at the first fault of the file, and says nothing when there is none."""
    strict = ("-v", "error", "-xerror", "-err_detect", "explode")
    done = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *strict, *arguments], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout


def lag(heard: Samples, given_samples: Samples) -> int:
    """By how many frames the one lies behind the other."""
    size = 2 * len(heard)
    cross = np.fft.irfft(np.fft.rfft(heard[:, 0], size) * np.fft.rfft(given_samples[:, 0], size).conj(), size)
    best = int(cross.argmax())
    return best if best < size // 2 else best - size


def level(samples: Samples) -> float:
    return 10 * float(np.log10(np.mean(samples.astype(np.float64) ** 2)))


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_exactly_the_frames_it_was_given(name: str, frames: int, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    write(name, path, sound(frames))
    assert len(decoded(path)) == frames
    assert len(ffmpeg("-i", path, "-f", "s16le", "-")) == frames * 4


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.integers(1, 20_000), step=st.integers(1, 5_000))
def test_any_length_in_any_blocks(name: str, rate: int, frames: int, step: int, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    samples = sound(20_000)[:frames]
    write(name, path, samples, rate, step=max(step, frames // 50))
    heard = decoded(path)
    assert heard.shape == samples.shape
    assert np.abs(heard - samples).max() < 0.1


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_is_at_its_place_and_as_loud(name: str, rate: int, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    samples = sound(4 * rate + 123, rate)
    write(name, path, samples, rate)
    heard = decoded(path)
    assert lag(heard, samples) == 0
    assert level(heard) == pytest.approx(level(samples), abs=0.1)
    assert level(heard - samples) < level(samples) - 15
    by_ffmpeg = np.frombuffer(ffmpeg("-i", path, "-f", "f32le", "-"), "<f4").reshape(-1, 2)
    assert lag(by_ffmpeg, samples) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_both_ends_are_whole(name: str, tmp_path: Path) -> None:
    samples = np.zeros((30_011, 2), np.float32)
    tone = (0.5 * np.sin(np.arange(400) / 8)).astype(np.float32)[:, None]
    samples[:400], samples[-400:] = tone, tone
    write(name, tmp_path / "a", samples)
    heard = decoded(tmp_path / "a")
    for part in (slice(0, 400), slice(-400, None)):
        assert level(heard[part] - samples[part]) < level(samples[part]) - 12


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_samples_make_the_same_file_in_any_blocks(name: str, tmp_path: Path) -> None:
    samples = sound(100_000)
    for file, step in (("a", 46_080), ("b", 46_080), ("c", 777)):
        write(name, tmp_path / file, samples, step=step)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    np.testing.assert_array_equal(decoded(tmp_path / "a"), decoded(tmp_path / "c"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_block_is_left_as_it_was(name: str, tmp_path: Path) -> None:
    samples = sound(5_000)
    write(name, tmp_path / "a", samples)
    np.testing.assert_array_equal(samples, sound(5_000))


@pytest.mark.parametrize("name", FORMATS)
def test_full_scale_saturates_and_does_not_wrap(name: str, tmp_path: Path) -> None:
    tone = np.sin(np.arange(44_100) / 30)[:, None].repeat(2, axis=1).astype(np.float32)
    write(name, tmp_path / "a", tone)
    heard = decoded(tmp_path / "a")
    assert np.abs(heard - tone).max() < 0.1


@pytest.mark.parametrize("name", FORMATS)
def test_silence_is_silent(name: str, tmp_path: Path) -> None:
    write(name, tmp_path / "a", np.zeros((50_000, 2), np.float32))
    assert np.abs(decoded(tmp_path / "a")).max() == 0


@pytest.mark.parametrize("name", FORMATS)
def test_the_least_size_is_no_more_than_the_size(name: str, tmp_path: Path) -> None:
    encoder = write(name, tmp_path / "a", sound(200_000))
    assert 0 < encoder.least_bytes() <= (tmp_path / "a").stat().st_size


@pytest.mark.parametrize("name", FORMATS)
def test_abort_lets_go_at_any_time(name: str, tmp_path: Path) -> None:
    encoder = encoders.make(name, tmp_path / "a", 44_100, 5_000, PLAIN)
    encoder.abort()
    encoder = encoders.make(name, tmp_path / "a", 44_100, 5_000, PLAIN)
    encoder.write(sound(2_000))
    encoder.abort()
    encoder.abort()
    encoder = write(name, tmp_path / "a", sound(5_000))
    encoder.abort()
    assert len(decoded(tmp_path / "a")) == 5_000


@pytest.mark.parametrize("name", FORMATS)
def test_a_missing_folder_is_an_oserror(name: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        encoders.make(name, tmp_path / "none" / "a", 44_100, 5_000, PLAIN)


TITLES = ("Welcome", "Ünïcödé", "🦶 Arch rubs", "足のマッサージ", "x" * 900, "", "a\\b;c=d#e", "שלום", "tiny", "👩‍👩‍👧")


def marks(count: int, seconds: int = 1) -> tuple[Mark, ...]:
    """Contiguous chapters whose titles differ in length, so that no order but time's comes out right by chance."""
    return tuple(
        Mark(f"{TITLES[at % len(TITLES)]} {at}", Millis(at * 1000 * seconds), Millis((at + 1) * 1000 * seconds))
        for at in range(count)
    )


@pytest.mark.parametrize("count", [0, 1, 12, 300])
@pytest.mark.parametrize("name", FORMATS)
def test_chapters_come_back_in_order(name: str, count: int, tmp_path: Path) -> None:
    given_marks = marks(count)
    tags = Tags("Session", marks=given_marks)
    encoder = write(name, tmp_path / "a", np.zeros((max(count, 1) * 44_100, 2), np.float32), tags=tags)
    found = encoder.marks()
    assert found is None or found == given_marks


_CHAPTER = re.compile(r"\[CHAPTER\]\nTIMEBASE=1/1000\nSTART=(\d+)\nEND=(\d+)\ntitle=((?:[^\n\\]|\\.)*)", re.DOTALL)


@pytest.mark.parametrize("count", [1, 12, 300])
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "wav"])
def test_an_independent_reader_finds_the_same_chapters(name: str, count: int, tmp_path: Path) -> None:
    tags = Tags("Session", marks=marks(count))
    write(name, tmp_path / "a", np.zeros((count * 44_100, 2), np.float32), tags=tags)
    # Without -copyts ffmpeg moves chapters by the decoder's delay.
    text = ffmpeg("-copyts", "-i", tmp_path / "a", "-f", "ffmetadata", "-").decode()
    found = [
        Mark(re.sub(r"\\(.)", r"\1", title, flags=re.DOTALL), Millis(int(start)), Millis(int(end)))
        for start, end, title in _CHAPTER.findall(text)
    ]
    assert tuple(found) == tags.marks


@pytest.mark.parametrize("name", FORMATS)
def test_texts_are_read_by_others(name: str, tmp_path: Path) -> None:
    tags = Tags("Füße 🦶", "Someone", "Sessions", "de", "Arch rubs\nToe bends")
    write(name, tmp_path / "a", sound(5_000), tags=tags)
    text = ffmpeg("-i", tmp_path / "a", "-f", "ffmetadata", "-").decode().lower()
    assert "title=füße 🦶" in text
    if name != "wav":
        assert "artist=someone" in text
        assert "album=sessions" in text
        assert "arch rubs\\\ntoe bends" in text


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'mp4'"):
        encoders.make("mp4", tmp_path / "a", 44_100, 1, Tags(""))
