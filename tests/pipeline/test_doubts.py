"""What is said of a session that will not be what its profile or its listener wants, before it is made and after."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voiceguide import inspector, pipeline
from voiceguide.encoders.sound_file import SoundFile
from voiceguide.exporter import Report
from voiceguide.inspector import profiles as judges
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis
from voiceguide.pipeline.doubts import doubts, missed, too_soft
from voiceguide.progress import Event, Warn
from voiceguide.settings import Settings

ACX = Settings(profile="acx")


@pytest.fixture
def settings(clips: Path) -> Settings:
    return Settings(engine="tone", cache=clips)


def warned(text: str, target: Path, settings: Settings, length: Millis | None = None) -> list[str]:
    """What is said while a text is rendered."""
    events: list[Event] = []
    routine, settings = target.with_suffix(".md"), replace(settings, format=target.suffix[1:])
    routine.write_text(text)
    pipeline.render(Library(shelves()), str(routine), length, Wishes(), settings, target, listener=events.append)
    return [event.message for event in events if isinstance(event, Warn)]


@pytest.mark.parametrize(
    ("asked", "told"),
    [({}, True), ({"bed": "ocean:-12"}, True), ({"bed_level": 3.0}, False), ({"profile": "sleep"}, False)],
)
def test_a_background_that_is_hardly_heard_is_told(
    asked: dict[str, object], told: bool, settings: Settings, tmp_path: Path
) -> None:
    wanted = replace(settings, **asked)  # type: ignore[arg-type]  # as in a table
    said = warned("Let go. [pause 3m]\nGood night.\n", tmp_path / "a.wav", wanted)
    assert any("--profile sleep" in one for one in said) is told


def test_a_background_that_is_wanted_soft_is_not_told(settings: Settings, tmp_path: Path) -> None:
    text = "Let your shoulders drop, and let out a long breath. [pause 3s]\n" * 6
    assert warned(text, tmp_path / "a.wav", replace(settings, bed="rain:-14")) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"bed_level": 6.0}, r"will have (-[\d.]+) LUFS in place of -16: the background is so loud"),
        ({"profile": "acx"}, r"will have (-[\d.]+) dBFS RMS in place of -20.5: too little is said"),
    ],
)
def test_a_loudness_that_cannot_be_met_is_told_with_its_cause(
    asked: dict[str, object], said: str, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "sparse.md").write_text("Let your shoulders drop. [pause 40s]\nThank you.\n")
    events: list[Event] = []
    wanted = replace(settings, format="flac", **asked)  # type: ignore[arg-type]  # as in a table
    target = tmp_path / "a.flac"
    pipeline.render(
        Library(shelves()), str(tmp_path / "sparse.md"), None, Wishes(), wanted, target, listener=events.append
    )
    found = next(filter(None, (re.search(said, one.message) for one in events if isinstance(one, Warn))))
    sound = inspector.inspect(target).sound
    assert float(found[1]) == pytest.approx(sound.rms_dbfs if "RMS" in said else sound.integrated_lufs, abs=1.0)


@pytest.mark.parametrize(
    ("settings", "foretold", "said"),
    [
        (Settings(), -16.2, ""),
        (Settings(), -17.9, "-17.9 LUFS in place of -16: too little is said"),
        (Settings(bed_level=6.0), -17.9, "-17.9 LUFS in place of -16: the background"),
        (Settings(bitrate="64-mono"), -13.1, ""),
        (Settings(bitrate="64-mono"), -16.0, "-19.0 LUFS in place of -16"),
        (Settings(profile="none"), -40.0, ""),
        (Settings(profile="acx"), -19.0, ""),
        (Settings(profile="acx"), -21.2, "-23.5 dBFS RMS in place of -20.5"),
        (Settings(), float("-inf"), ""),
    ],
)
def test_what_is_said_of_a_session_that_is_too_soft(settings: Settings, foretold: float, said: str) -> None:
    assert said in (found := too_soft(foretold, ["drone", "none"], settings))
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("asked", "beds", "said"),
    [
        ({}, ["none"], []),
        ({"bitrate": "256"}, ["none"], []),
        ({"bitrate": "192-mono"}, ["none"], []),
        ({"format": "m4a"}, ["none"], ["and this is M4A at 44100 Hz"]),
        ({"format": "opus"}, ["none"], ["and this is OPUS at 48000 Hz"]),
        ({"bitrate": "128"}, ["none"], ["and this is MP3 of 128 kbit/s at 44100 Hz"]),
        ({"bitrate": "v0"}, ["none"], ["and this is MP3 of a bit rate that varies at 44100 Hz"]),
        ({"sample_rate": 48_000}, ["none"], ["and this is MP3 of 192 kbit/s at 48000 Hz"]),
        ({"bitrate": "64-mono"}, ["rain"], ["and this is MP3 of 64 kbit/s at 44100 Hz"]),
    ],
)
def test_what_a_publisher_will_refuse_is_said(asked: dict[str, Any], beds: list[str], said: list[str]) -> None:
    found = list(doubts(beds, None, replace(ACX, **asked)))
    assert [one in text for one, text in zip(said, found, strict=True)] == [True] * len(said)
    assert all(text.startswith("acx will refuse it: it takes ") for text in found)
    assert not list(doubts(beds, None, replace(Settings(), **asked)))


def test_a_session_that_is_too_long_for_a_publisher() -> None:
    assert not list(doubts(["none"], Millis(7_200_000), ACX))
    (said,) = doubts(["none"], Millis(9_000_000), ACX)
    assert said == "acx will refuse it: it takes 2h at most, and this lasts 2h30m"


def test_what_was_said_is_what_is_refused(settings: Settings, tmp_path: Path) -> None:
    text = "## One\n" + "Let your shoulders drop, and breathe out slowly, and rest your hands.\n\n" * 6
    asked = replace(settings, profile="acx", sample_rate=48_000, bitrate="128", bed="rain")
    said = warned(text, tmp_path / "a.mp3", asked)
    assert ["MP3 of 128 kbit/s at 48000 Hz" in text for text in said] == [True]
    verdicts = judges.judge("acx", inspector.inspect(tmp_path / "a.mp3"))
    refused = {verdict.name for verdict in verdicts if not verdict.passed}
    assert {"bit rate", "sample rate"} <= refused
    assert warned(text, tmp_path / "b.mp3", replace(settings, profile="acx")) == []


@pytest.mark.parametrize("bed", ["binaural", "rain + binaural:200/10-4:-6"])
def test_binaural_tones_in_one_channel_are_told(bed: str) -> None:
    (said,) = doubts(["none", bed], None, Settings(bitrate="64-mono"))
    assert "their beat is lost" in said
    assert not list(doubts([bed], None, Settings(bitrate="64")))
    assert not list(doubts(["isochronic"], None, Settings(bitrate="64-mono")))


@pytest.mark.parametrize(
    ("asked", "foretold", "aimed", "measured", "said"),
    [
        ({}, -16.0, -16.0, -16.25, ""),
        ({"format": "opus"}, -16.0, -16.0, -16.6, "-16.6 LUFS in place of -16: opus keeps less than was mixed"),
        ({"bed": "music:songs"}, -16.0, -16.0, -15.5, "-15.5 LUFS in place of -16: the music is softer or louder"),
        ({"format": "flac"}, -16.0, -16.0, -17.0, "-17.0 LUFS in place of -16: it was not foretold so"),
        ({"bitrate": "64-mono"}, -13.0, -13.0, -16.0, ""),
        ({"bitrate": "64-mono"}, -13.0, -13.0, -17.0, "-17.0 LUFS in place of -16"),
        ({"profile": "sleep"}, -26.0, -20.0, -26.1, ""),
        ({"profile": "sleep"}, -26.0, -20.0, -26.6, "-20.6 LUFS in place of -20"),
        ({"profile": "acx"}, -20.0, -18.2, -20.5, ""),
        ({"profile": "none"}, -20.0, -20.0, -40.0, ""),
        ({}, float("-inf"), float("-inf"), float("-inf"), ""),
    ],
)
def test_what_is_said_of_a_file_that_misses_its_loudness(
    asked: dict[str, Any], foretold: float, aimed: float, measured: float, said: str
) -> None:
    mix: Any = SimpleNamespace(predicted_lufs=foretold, aimed_lufs=aimed)
    report = Report(Path("a"), "mp3", 44_100, 44_100, measured, -1.0, 0)
    found = missed(report, mix, [str(asked.get("bed", "rain"))], replace(Settings(), **asked))
    assert said in found
    assert bool(found) is bool(said)


def test_a_file_that_misses_its_loudness_is_told_when_it_was_measured(settings: Settings, tmp_path: Path) -> None:
    """An encoder that loses half a decibel, as Opus does of noise at few bits."""
    text = "## One\nLet your shoulders drop.\n[pause 5s]\nRest your hands. Let everything become still.\n"
    write = SoundFile.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SoundFile, "write", lambda file, block: write(file, block * np.float32(0.944)))
        (said,) = warned(text, tmp_path / "a.opus", replace(settings, bed="white"))
    assert said.startswith("the file has -16.5 LUFS in place of -16: opus keeps less than was mixed")
    assert inspector.inspect(tmp_path / "a.opus").sound.integrated_lufs == pytest.approx(-16.5, abs=0.1)
    assert warned(text, tmp_path / "b.opus", replace(settings, bed="white", bitrate="56")) == []
