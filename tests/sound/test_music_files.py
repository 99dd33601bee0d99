"""Music of all kinds through the installed program, and everything that is no music: refused, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).parent))
from excerpts import RATE, rendered, song
from meters import FFMPEG, decoded, loudness, rms

from voiceguide import beds
from voiceguide.model.units import Millis

ROUTINE = "## One\n[pause 2s]\nLet your shoulders drop.\n[pause 1s-60s]\n"
LENGTH = Millis(20_000)
KINDS = [
    ("m4a", 44_100, 2, 12),
    ("flac", 96_000, 6, 8),
    ("wav", 8_000, 1, 1),
]
MORE_KINDS = [
    ("mp3", 44_100, 2, 12),
    ("ogg", 48_000, 1, 12),
    ("wav", 44_100, 2, 1),
    ("mp3", 8_000, 1, 12),
    ("mp3", 48_000, 2, 1),
    ("m4a", 8_000, 1, 12),
    ("m4a", 96_000, 2, 12),
    ("m4a", 48_000, 6, 12),
    ("m4a", 22_050, 1, 1),
    ("ogg", 8_000, 2, 12),
    ("ogg", 96_000, 2, 12),
    ("ogg", 48_000, 6, 12),
    ("ogg", 44_100, 2, 1),
    ("flac", 11_025, 1, 12),
    ("flac", 44_100, 4, 1),
    ("wav", 96_000, 6, 12),
    ("wav", 32_000, 3, 12),
]
HOURS = [("flac", 8_000, 3.0), ("wav", 8_000, 3.0), ("ogg", 8_000, 3.0), ("mp3", 16_000, 3.0), ("m4a", 16_000, 3.0)]


def music(path: Path, rate: int, channels: int, seconds: float) -> Path:
    """A song in the format of the path's ending."""
    wave = song(path.with_suffix(".orig.wav"), seconds, rate, channels)
    if path.suffix == ".wav":
        return wave.rename(path)
    if path.suffix == ".m4a":
        ffmpeg("-i", wave, "-c:a", "aac", path)
    else:
        soundfile.write(path, *soundfile.read(wave, dtype="float32"))
    wave.unlink()
    return path


def ffmpeg(*words: object) -> None:
    subprocess.run([FFMPEG, "-v", "error", "-y", *map(str, words)], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("kind", "rate", "channels", "seconds"),
    [*KINDS, *(pytest.param(*kind, marks=pytest.mark.long) for kind in MORE_KINDS)],
)
def test_it_is_heard_at_its_level_and_goes_round(
    kind: str, rate: int, channels: int, seconds: int, clips: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.md").write_text(ROUTINE)
    bed = f'music:"{music(tmp_path / f"song.{kind}", rate, channels, seconds)}"'
    excerpt = rendered(str(tmp_path / "mine.md"), LENGTH, tmp_path / "a.flac", clips, bed=bed)
    behind = excerpt.part("bed")
    said = next(p for p in excerpt.made.timeline.placements if p.kind == "say")
    for start in (said.end + 3 * RATE, said.end + 8 * RATE):
        assert rms(behind[start : start + 2 * RATE]) > -60
    assert -50 < loudness(behind[said.end + 3 * RATE : -7 * RATE], RATE) < -22
    assert len(decoded(excerpt.path)) == 20 * RATE
    left, right = behind[said.end + 3 * RATE :].T
    assert 0.5 < float(np.sqrt(np.mean(left**2) / np.mean(right**2))) < 2


@pytest.mark.long
@pytest.mark.parametrize(("kind", "rate", "hours"), HOURS)
def test_hours_of_it(kind: str, rate: int, hours: float, tmp_path: Path) -> None:
    path = tmp_path / f"long.{kind}"
    ffmpeg("-f", "lavfi", "-i", f"anoisesrc=c=pink:r={rate}:a=0.2:d=60:s=1", tmp_path / "minute.wav")
    ffmpeg("-stream_loop", round(hours * 60) - 1, "-i", tmp_path / "minute.wav", path)
    bed = beds.make(f'music:"{path}"', RATE)
    assert bed.period == pytest.approx(hours * 3600 * RATE - 4 * RATE, rel=1e-4)
    for start in (0, RATE * 3600, round((hours * 3600 - 10) * RATE), 8 * 3600 * RATE):
        assert rms(bed.at(start, 2 * RATE)) == pytest.approx(rms(bed.at(0, 2 * RATE)), abs=3)
    np.testing.assert_array_equal(bed.at(RATE * 3600, RATE)[1000:2000], bed.at(RATE * 3600 + 1000, 1000))


def spoilt(folder: Path, kind: str) -> Path:
    """A file that is not what its name says."""
    path = folder / f"song.{kind.partition(' ')[0]}"
    fault = kind.partition(" ")[2]
    if fault == "playlist":
        path.write_text("#EXTM3U\n#EXTINF:12,Song\nreal.wav\n")
        music(folder / "real.wav", RATE, 2, 2)
    elif fault == "ffconcat":
        path.write_text("ffconcat version 1.0\nfile real.wav\n")
        music(folder / "real.wav", RATE, 2, 2)
    elif fault == "text":
        path.write_text("This is no music at all, but a letter.\n" * 100)
    elif fault == "truncated":
        music(path, RATE, 2, 12)
        os.truncate(path, path.stat().st_size * 3 // 5)
    elif fault == "cut":  # its index is in front, and whole
        music(folder / "whole.m4a", RATE, 2, 12)
        ffmpeg("-i", folder / "whole.m4a", "-c", "copy", "-movflags", "+faststart", path)
        os.truncate(path, path.stat().st_size * 3 // 5)
    elif fault == "empty":
        path.touch()
    return path


REFUSED = ["m3u playlist", "mp3 playlist", "wav ffconcat", "m4a ffconcat", "mp3 text", "m4a text", "flac empty"]
REFUSED += [f"{kind} truncated" for kind in ("mp3", "flac", "ogg", "wav", "m4a")]
REFUSED += ["flac missing", "m4a missing"]


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_music_is_refused_in_two_lines_and_nothing_is_written(
    kind: str, clips: Path, tmp_path: Path
) -> None:
    path = spoilt(tmp_path, kind)
    (tmp_path / "mine.md").write_text(ROUTINE)
    before = sorted(tmp_path.iterdir())
    words = ["render", "mine.md", "--bed", f"./{path.name}", "-o", "session.flac", "--engine", "tone"]
    command = [sys.executable, "-m", "voiceguide", *words, "--cache", str(clips), "-q"]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "none")}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 66, done.stderr
    error, hint = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert path.name in error
    assert hint.startswith("hint: ")
    assert done.stdout == ""
    assert sorted(tmp_path.iterdir()) == before
