"""What every format has to keep, for every name in the table."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voiceguide import encoders
from voiceguide.encoders import Mark, Tags
from voiceguide.errors import UsageError
from voiceguide.model.units import Millis

FORMATS = encoders.names()
NO_CHAPTERS = ("wav",)
FAR = {"m4a": 0.06, "m4b": 0.06}
"""How far noise of 0.1 RMS may be off in the mean, however short it is; 0.04 elsewhere."""
LENGTHS = (1, 2, 100, 575, 576, 577, 1151, 1152, 1153, 2304, 8820, 44_100, 3 * 44_100 + 77)
PLAIN = Tags("A session")
Samples = NDArray[np.float32]


def sound(frames: int, rate: int = 44_100, seed: int = 1) -> Samples:
    """Two different lanes of soft noise that falls with frequency, as beds and voices do, −20 dBFS loud."""
    white = np.random.default_rng(seed).standard_normal((frames + rate, 2))
    hertz = np.fft.rfftfreq(frames + rate, 1 / rate)[:, None]
    soft = np.fft.irfft(np.fft.rfft(white, axis=0) / (1 + hertz / 100) * (hertz > 20), frames + rate, axis=0)[:frames]
    return (0.1 * soft / np.sqrt(np.mean(soft**2))).clip(-0.9, 0.9).astype(np.float32)


def usual(name: str) -> int:
    return encoders.traits(name).rates[0]


def write(
    name: str, path: Path, samples: Samples, rate: int = 0, tags: Tags = PLAIN, step: int = 46_080, quality: str = ""
) -> encoders.Encoder:
    encoder = encoders.make(name, path, rate or usual(name), len(samples), tags, quality=quality)
    for start in range(0, len(samples), step):
        encoder.write(samples[start : start + step])
    encoder.close()
    return encoder


def decoded(encoder: encoders.Encoder) -> Samples:
    """What the format itself reads back."""
    return np.concatenate([np.zeros((0, 2), np.float32), *encoder.heard()])


def elsewhere(path: Path) -> Samples:
    """What others hear."""
    return np.frombuffer(ffmpeg("-i", path, "-f", "f32le", "-"), "<f4").reshape(-1, 2)


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
    encoder = write(name, path, sound(frames))
    assert len(decoded(encoder)) == frames
    # ffmpeg does not know the end of a Vorbis stream that fits into one page of its container (0.2 s).
    assert abs(len(elsewhere(path)) - frames) < (1024 if name == "ogg" and frames < 20_000 else 1)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("name", FORMATS)
def test_any_length_in_any_blocks(name: str, rate: int, tmp_path: Path) -> None:
    if rate not in encoders.traits(name).rates:
        pytest.skip(f"{name} knows no {rate} Hz")

    @settings(deadline=None, max_examples=20)
    @given(frames=st.integers(1, 20_000), step=st.integers(1, 5_000))
    def check(frames: int, step: int) -> None:
        samples = sound(20_000)[:frames]
        heard = decoded(write(name, tmp_path / f"a.{name}", samples, rate, step=max(step, frames // 50)))
        assert heard.shape == samples.shape
        assert np.sqrt(np.mean((heard - samples) ** 2)) < FAR.get(name, 0.04)

    check()


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_is_at_its_place_and_as_loud(name: str, rate: int, tmp_path: Path) -> None:
    if rate not in encoders.traits(name).rates:
        pytest.skip(f"{name} knows no {rate} Hz")
    path = tmp_path / f"a.{name}"
    samples = sound(4 * rate + 123, rate)
    heard = decoded(write(name, path, samples, rate))
    assert lag(heard, samples) == 0
    assert level(heard) == pytest.approx(level(samples), abs=0.25)
    assert level(heard - samples) < level(samples) - 13
    assert lag(elsewhere(path), samples) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_both_ends_are_whole(name: str, tmp_path: Path) -> None:
    samples = np.zeros((30_011, 2), np.float32)
    tone = (0.5 * np.sin(np.arange(400) / 8)).astype(np.float32)[:, None]
    samples[:400], samples[-400:] = tone, tone
    heard = decoded(write(name, tmp_path / "a", samples))
    for part in (slice(0, 400), slice(-400, None)):
        assert level(heard[part] - samples[part]) < level(samples[part]) - 12


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_samples_make_the_same_file_in_any_blocks(name: str, tmp_path: Path) -> None:
    samples = sound(100_000)
    made = [
        write(name, tmp_path / file, samples, step=step) for file, step in (("a", 46_080), ("b", 46_080), ("c", 777))
    ]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    np.testing.assert_array_equal(decoded(made[0]), decoded(made[2]))


@pytest.mark.parametrize("name", FORMATS)
def test_a_block_is_left_as_it_was(name: str, tmp_path: Path) -> None:
    samples = sound(5_000)
    write(name, tmp_path / "a", samples)
    np.testing.assert_array_equal(samples, sound(5_000))


@pytest.mark.parametrize("name", FORMATS)
def test_a_minute_in_one_block(name: str, tmp_path: Path) -> None:
    samples = np.tile(sound(2 * usual(name)), (30, 1))
    assert len(decoded(write(name, tmp_path / "a", samples, step=len(samples)))) == len(samples)


@pytest.mark.parametrize("name", FORMATS)
def test_full_scale_saturates_and_does_not_wrap(name: str, tmp_path: Path) -> None:
    tone = np.sin(np.arange(44_100) / 30)[:, None].repeat(2, axis=1).astype(np.float32)
    heard = decoded(write(name, tmp_path / "a", tone))
    assert np.abs(heard - tone)[2000:-2000].max() < 0.5  # a wrapped sample is off by 2


@pytest.mark.parametrize("name", FORMATS)
def test_silence_is_silent(name: str, tmp_path: Path) -> None:
    heard = decoded(write(name, tmp_path / "a", np.zeros((50_000, 2), np.float32)))
    assert np.abs(heard).max() < 1e-5


@pytest.mark.parametrize("name", FORMATS)
def test_the_least_size_is_no_more_than_the_size(name: str, tmp_path: Path) -> None:
    encoder = write(name, tmp_path / "a", sound(200_000))
    assert 0 < encoder.least_bytes() <= (tmp_path / "a").stat().st_size


@pytest.mark.parametrize("name", FORMATS)
def test_abort_lets_go_at_any_time(name: str, tmp_path: Path) -> None:
    encoder = encoders.make(name, tmp_path / "a", usual(name), 5_000, PLAIN)
    encoder.abort()
    encoder = encoders.make(name, tmp_path / "a", usual(name), 5_000, PLAIN)
    encoder.write(sound(2_000))
    encoder.abort()
    encoder.abort()
    encoder = write(name, tmp_path / "a", sound(5_000))
    encoder.abort()
    assert len(decoded(encoder)) == 5_000


@pytest.mark.parametrize("name", FORMATS)
def test_a_missing_folder_is_an_oserror(name: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        encoders.make(name, tmp_path / "none" / "a", usual(name), 5_000, PLAIN)


@pytest.mark.parametrize("name", FORMATS)
def test_an_unknown_quality_is_named_and_makes_nothing(name: str, tmp_path: Path) -> None:
    for ask in (lambda: encoders.traits(name, "best"), lambda: write(name, tmp_path / "a", sound(1), quality="best")):
        with pytest.raises(UsageError, match="'best'") as caught:
            ask()
        assert caught.value.hint
    assert not list(tmp_path.iterdir())


TITLES = ("Welcome", "Ünïcödé", "🦶 Arch rubs", "足のマッサージ", "x" * 900, "", "a\\b;c=d#e", "שלום", "tiny", "👩‍👩‍👧")


def marks(count: int, each: int = 1000) -> tuple[Mark, ...]:
    """Contiguous chapters of `each` ms. Titles differ in length, so that no order but time's comes out by chance."""
    return tuple(
        Mark(f"{TITLES[at % len(TITLES)]} {at}", Millis(at * each), Millis((at + 1) * each)) for at in range(count)
    )


EACH = {300: 200}
"""Milliseconds of a chapter where there are many."""


def silence(name: str, marks: Sequence[Mark]) -> Samples:
    """As long as its chapters, or a second."""
    return np.zeros(((marks[-1].end if marks else 1000) * usual(name) // 1000, 2), np.float32)


@pytest.mark.parametrize("count", [0, 1, 12, 300])
@pytest.mark.parametrize("name", FORMATS)
def test_chapters_come_back_in_order(name: str, count: int, tmp_path: Path) -> None:
    given_marks = marks(count, EACH.get(count, 1000))
    tags = Tags("Session", marks=given_marks)
    encoder = write(name, tmp_path / "a", silence(name, given_marks), tags=tags)
    found = encoder.marks()
    assert found is None or found == given_marks


_CHAPTER = re.compile(r"\[CHAPTER\]\nTIMEBASE=1/(\d+)\nSTART=(\d+)\nEND=(\d+)\ntitle=((?:[^\n\\]|\\.)*)", re.DOTALL)


@pytest.mark.parametrize("count", [1, 12, 300])
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in NO_CHAPTERS])
def test_an_independent_reader_finds_the_same_chapters(name: str, count: int, tmp_path: Path) -> None:
    tags = Tags("Session", marks=marks(count, EACH.get(count, 1000)))
    write(name, tmp_path / "a", silence(name, tags.marks), tags=tags)
    # Without -copyts ffmpeg moves chapters by the decoder's delay.
    text = ffmpeg("-copyts", "-i", tmp_path / "a", "-f", "ffmetadata", "-").decode()
    found = [
        Mark(
            re.sub(r"\\(.)", r"\1", title, flags=re.DOTALL),
            *(Millis(int(at) * 1000 // int(base)) for at in (start, end)),
        )
        for base, start, end, title in _CHAPTER.findall(text)
    ]
    if name == "opus":  # which begins with 6.5 ms that nobody hears
        found[-1] = replace(found[-1], end=tags.marks[-1].end)
    assert tuple(found) == tags.marks


@pytest.mark.parametrize("name", FORMATS)
def test_texts_are_read_by_others(name: str, tmp_path: Path) -> None:
    tags = Tags("Füße 🦶", "Someone", "Sessions", "de", "Arch rubs\nToe bends")
    write(name, tmp_path / "a", sound(5_000), tags=tags)
    place = "0:s:0" if name in ("ogg", "opus") else "0"
    text = ffmpeg("-i", tmp_path / "a", "-map_metadata", place, "-f", "ffmetadata", "-").decode().lower()
    assert "title=füße 🦶" in text
    if name not in NO_CHAPTERS:
        assert "artist=someone" in text
        assert "album=sessions" in text
        assert "arch rubs\\\ntoe bends" in text


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'mp4'"):
        encoders.make("mp4", tmp_path / "a", 44_100, 1, Tags(""))
