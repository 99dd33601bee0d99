"""Formats, profiles, rates and stems of whole sessions, judged by ffmpeg."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voiceguide import encoders, exporter, inspector, pipeline
from voiceguide.errors import CannotCreate, EncoderError, UsageError
from voiceguide.inspector import profiles as judges
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis
from voiceguide.pipeline.output import session_rate, stems
from voiceguide.pipeline.profiles import PROFILES
from voiceguide.settings import Settings

ROUTINE = """---
title: A small session
---
## One
Breathe in slowly, and let your shoulders fall. Feel how the floor carries you.
[pause 2s-9s]
[bell]
## Two
Now breathe out. Your hands grow warm and heavy. Stay here for a moment, and listen.
[pause 2s-9s]
Open your eyes.
"""
LENGTH = Millis(37_300)


@pytest.fixture
def routine(tmp_path: Path) -> str:
    (tmp_path / "small.md").write_text(ROUTINE)
    return str(tmp_path / "small.md")


@pytest.fixture
def settings(clips: Path) -> Settings:
    return Settings(engine="tone", cache=clips)


def rendered(routine: str, target: Path, settings: Settings) -> exporter.Report:
    settings = replace(settings, format=target.suffix[1:])
    return pipeline.render(Library(shelves()), routine, LENGTH, Wishes(), settings, target).report


def ffmpeg(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", *words]
    return subprocess.run(command, capture_output=True, check=True)


def decoded(path: Path) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = np.frombuffer(ffmpeg("-i", path, "-f", "f32le", "-ac", "2", "-").stdout, "<f4")
    return samples.reshape(-1, 2)


def measured(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, as ffmpeg's meter has them."""
    summary = (
        ffmpeg("-i", path, "-filter:a", "ebur128=peak=true", "-f", "null", "-").stderr.decode().split("Summary:")[1]
    )
    loudness, peak = (re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak"))
    assert loudness
    assert peak
    return float(loudness[1]), float(peak[1])


@pytest.mark.parametrize(
    ("name", "profile", "bed", "asked"),
    [
        ("a.mp3", "podcast", "drone", {}),
        ("a.mp3", "ebu", "rain", {"bitrate": "v2", "sample_rate": 48_000}),
        ("a.mp3", "aes", "bowl", {"bitrate": "64"}),
        ("a.m4a", "podcast", "ocean", {"sample_rate": 48_000}),
        ("a.m4b", "aes", "none", {"bitrate": "96"}),
        ("a.opus", "podcast", "drone", {}),
        ("a.opus", "ebu", "white", {"bitrate": "56"}),
        ("a.ogg", "aes", "rain", {}),
        ("a.ogg", "podcast", "none", {"bitrate": "q1", "sample_rate": 48_000}),
        ("a.flac", "podcast", "none", {"sample_rate": 48_000}),
        ("a.wav", "sleep", "ocean", {}),
    ],
)
def test_length_loudness_and_peak(
    name: str, profile: str, bed: str, asked: dict[str, object], routine: str, settings: Settings, tmp_path: Path
) -> None:
    wanted = replace(settings, profile=profile, bed=bed, **asked)  # type: ignore[arg-type]  # as in a table
    report = rendered(routine, tmp_path / name, wanted)
    rate = wanted.sample_rate or (48_000 if name.endswith(".opus") else 44_100)
    assert (report.rate, report.frames) == (rate, LENGTH * rate // 1000)
    assert len(decoded(tmp_path / name)) == report.frames
    loudness, peak = measured(tmp_path / name)
    assert loudness == pytest.approx(PROFILES[profile].loudness, abs=0.3)
    assert peak <= PROFILES[profile].peak
    assert report.chapters == (0 if name.endswith(".wav") else 2)


def test_an_audiobook_passes_its_publisher_s_rules(routine: str, settings: Settings, tmp_path: Path) -> None:
    rendered(routine, tmp_path / "a.mp3", replace(settings, profile="acx"))
    verdicts = judges.judge("acx", inspector.inspect(tmp_path / "a.mp3"))
    assert [verdict for verdict in verdicts if not verdict.passed] == []


def test_an_audiobook_has_a_bed_where_somebody_asks(routine: str, settings: Settings, tmp_path: Path) -> None:
    rendered(routine, tmp_path / "a.flac", replace(settings, profile="acx", bed="drone"))
    quiet = decoded(tmp_path / "a.flac")[-6 * 44_100 : -5 * 44_100]
    assert quiet.std() > 1e-4


def test_sleep_becomes_softer_in_steps(routine: str, settings: Settings, tmp_path: Path) -> None:
    for profile in ("sleep", "aes"):
        rendered(routine, tmp_path / f"{profile}.wav", replace(settings, profile=profile, bed="brown", stems=True))
    falling, level = (soundfile.read(tmp_path / f"{profile}.bed.wav")[0] for profile in ("sleep", "aes"))
    seconds = [slice(at * 44_100, (at + 1) * 44_100) for at in range(4, 30)]
    fall = [20 * np.log10(falling[one].std() / level[one].std()) for one in seconds]
    assert np.diff(fall).max() < 0.01
    assert 3.5 < fall[0] - fall[-1] <= 6.05


def test_stems_add_up_to_the_mix(routine: str, settings: Settings, tmp_path: Path) -> None:
    rendered(routine, tmp_path / "a.flac", replace(settings, stems=True))
    names = ["a.bed.wav", "a.flac", "a.mix.wav", "a.sounds.wav", "a.voice.wav"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names, "small.md"]
    parts = [soundfile.read(tmp_path / f"a.{part}.wav", dtype="float32")[0] for part in ("voice", "sounds", "bed")]
    mix = soundfile.read(tmp_path / "a.mix.wav", dtype="float32")[0]
    assert all(np.abs(part).max() > 0.001 for part in parts)
    assert np.abs(sum(parts) - mix).max() < 1e-6  # -120 dB
    whole = soundfile.read(tmp_path / "a.flac", dtype="int16")[0]
    assert np.abs(np.float64(whole) - 32768 * np.float64(sum(parts))).max() <= 2


def test_stems_are_all_there_or_none(
    routine: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(tmp_path.iterdir())

    def fail(*_: object) -> None:
        raise EncoderError("boom")

    monkeypatch.setattr("voiceguide.encoders.flac.FlacEncoder.close", fail)
    with pytest.raises(EncoderError, match="boom"):
        rendered(routine, tmp_path / "a.flac", replace(settings, stems=True))
    assert sorted(tmp_path.iterdir()) == before


def test_a_stem_that_cannot_be_is_known_before_the_work(routine: str, settings: Settings, tmp_path: Path) -> None:
    (stem,) = (path for parts, path in stems(tmp_path / "a.mp3").items() if parts == {"bed"})
    stem.mkdir()
    with pytest.raises(CannotCreate):
        rendered(routine, tmp_path / "a.mp3", replace(settings, stems=True))
    assert not (tmp_path / "a.mp3").exists()


@pytest.mark.parametrize(("profile", "bed"), [("podcast", "none"), ("sleep", "ocean"), ("acx", "none")])
def test_one_channel_is_judged_as_it_was_rendered(
    profile: str, bed: str, routine: str, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "a.mp3"
    report = rendered(routine, path, replace(settings, bitrate="64-mono", bed=bed, profile=profile))
    assert soundfile.info(path).channels == 1
    assert path.stat().st_size < LENGTH * 64 / 8 * 1.05
    loudness, peak = measured(path)
    assert report.loudness_lufs == pytest.approx(loudness, abs=0.1)
    assert peak <= PROFILES[profile].peak
    verdicts = judges.judge(profile, inspector.inspect(path))
    assert [one.name for one in verdicts if not one.passed and one.name != "bit rate"] == []
    if profile != "acx":
        assert loudness == pytest.approx(PROFILES[profile].loudness, abs=0.3)


def test_a_section_begins_and_ends_without_a_step(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "three.md").write_text("## One\nHi. [pause 9s]\n## Two\n[pause 9s]\n## Three\nHo. [pause 9s]\n")
    wanted, target = replace(settings, format="wav", bed="brown"), tmp_path / "a.wav"
    pipeline.render(Library(shelves()), str(tmp_path / "three.md"), None, Wishes(), wanted, target, section="Two")
    lane = np.abs(soundfile.read(target)[0]).max(axis=1)
    middle = lane[len(lane) // 2 - 4_410 : len(lane) // 2 + 4_410].max()
    assert max(lane[:100].max(), lane[-100:].max()) < middle / 50
    assert lane[4_410:8_820].max() > middle / 3


@pytest.mark.parametrize("name", encoders.names())
def test_a_rate_that_is_not_one_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(UsageError, match="47000"):
        session_rate(replace(settings, format=name, sample_rate=47_000))


def test_an_unknown_profile_is_named(routine: str, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'podcst'"):
        rendered(routine, tmp_path / "a.mp3", replace(settings, profile="podcst"))
