"""Whole sessions with the real voice: rendered by the program, decoded by ffmpeg, and held against the plan."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voiceguide import engines
from voiceguide.audio.resample import resampled
from voiceguide.cache import ClipCache
from voiceguide.model.script import Utterance
from voiceguide.narrator import Narrator

sys.path.insert(0, str(Path(__file__).parent))
from hearing import RATE, chapters, decoded, lag, mono, onset, voiceguide

SESSIONS = [
    ("foot-massage", "5:00", 300),
    pytest.param("foot-massage", "7:30", 450, marks=pytest.mark.long),
    pytest.param("foot-massage", "12:00", 720, marks=pytest.mark.long),
    pytest.param("foot-massage", "20:00", 1200, marks=pytest.mark.long),
    pytest.param("foot-massage", "45:00", 2700, marks=pytest.mark.long),
    ("box-breathing", "4:00", 240),
]
LATEST = RATE // 50  # 20 ms


@pytest.mark.parametrize(("routine", "length", "seconds"), SESSIONS)
def test_a_session_is_what_its_plan_says(routine: str, length: str, seconds: int, clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "session.mp3"
    made = voiceguide("render", routine, "--length", length, "-o", str(path), clips=clips, cwd=tmp_path)
    plan = voiceguide("plan", routine, "--length", length, clips=clips, cwd=tmp_path)
    assert plan["exact"] is True
    assert plan["range"]["least"] <= seconds <= plan["range"]["most"]
    sound = decoded(path)
    assert len(sound) == made["frames"] == seconds * RATE
    assert int(np.abs(sound).max()) < 32768 * 10 ** (-1 / 20)
    assert made["loudness_lufs"] == pytest.approx(-16, abs=0.3)
    assert made["true_peak_dbtp"] <= -1
    for (title, start, end), section in zip(chapters(path), plan["sections"], strict=True):
        assert title == section["title"]
        assert start == pytest.approx(section["start"], abs=0.002)
        assert end == pytest.approx(section["end"], abs=0.002)
    check_places(mono(sound), plan, clips)


def check_places(heard: Any, plan: dict[str, Any], clips: Path) -> None:
    """Every sentence is found in the mix, by correlation with its own clip, where the plan has it."""
    spoken = speech(clips)
    says = [cue for cue in plan["cues"] if cue["kind"] == "say"]
    assert says
    for cue in says:
        clip = spoken(cue["text"])
        start = round(cue["start"] * RATE)
        assert abs(round((cue["end"] - cue["start"]) * RATE) - len(clip)) <= 1
        assert abs(lag(heard, clip, start, RATE // 4)) <= LATEST, cue


def speech(clips: Path) -> Any:
    """The clip of a sentence at the session's rate, from the cache that the program filled."""
    from voiceguide.spoken import spoken_form

    narrator = Narrator(engines.make("pyttsx3"), ClipCache(clips))

    def find(text: str) -> Any:
        for rate in (115, 110, 105, 100, 95, 90):
            utterance = Utterance(spoken_form(text, "en"), "en", "", rate)
            if narrator.length(utterance):
                return resampled(narrator.clip(utterance), RATE)
        raise AssertionError(text)

    return find


def test_onsets_without_a_bed(clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "bare.mp3"
    words = ("foot-massage", "--length", "5:00")
    voiceguide("render", *words, "--bed", "none", "-o", str(path), clips=clips, cwd=tmp_path)
    plan = voiceguide("plan", *words, clips=clips, cwd=tmp_path)
    heard = mono(decoded(path))
    checked, rung = 0, -10.0
    for before, cue in zip(plan["cues"], plan["cues"][1:], strict=False):
        rung = before["start"] if before["kind"] == "sound" else rung
        if cue["kind"] == "say" and before["kind"] == "rest" and cue["start"] - rung > 8:
            reach = min(RATE // 4, round((before["end"] - before["start"]) * RATE) - RATE // 50)
            assert abs(onset(heard, round(cue["start"] * RATE), reach)) <= LATEST, cue
            checked += 1
    assert checked > 20


def test_a_second_render_speaks_nothing_and_is_the_same(clips: Path, tmp_path: Path) -> None:
    words = ("render", "foot-massage", "--length", "7:30", "-o")
    voiceguide(*words, "one.flac", clips=clips, cwd=tmp_path)
    again = voiceguide(*words, "two.flac", clips=clips, cwd=tmp_path)
    assert again["synthesised"] == 0
    assert (tmp_path / "one.flac").read_bytes() == (tmp_path / "two.flac").read_bytes()


def test_changing_one_sentence_speaks_one(clips: Path, tmp_path: Path) -> None:
    text = "## One\nLet your hands rest. [pause 2s]\nFeel their warmth.\n## Two\nLet go of {}.\n"
    routine = tmp_path / "mine.md"
    routine.write_text(text.format("the day"), encoding="utf-8")
    first = voiceguide("render", "mine.md", clips=clips, cwd=tmp_path)
    routine.write_text(text.format("the week"), encoding="utf-8")
    second = voiceguide("render", "mine.md", clips=clips, cwd=tmp_path)
    assert (first["synthesised"], second["synthesised"]) == (3, 1)


MARKS = """\
The first words. [PAUSE:5] The second words. [pause:2.5s] The third words. (pause 10 seconds) The fourth words.
<break time="3s"/> The fifth words.
The sixth words;4
The seventh words.
"""


def test_pauses_of_other_tools_are_exact_and_never_spoken(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign.txt").write_text(MARKS, encoding="utf-8")
    voiceguide("render", "foreign.txt", "--bed", "none", "-o", "foreign.wav", clips=clips, cwd=tmp_path)
    plan = voiceguide("plan", "foreign.txt", clips=clips, cwd=tmp_path)
    says = [cue for cue in plan["cues"] if cue["kind"] == "say"]
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
    assert [cue["text"] for cue in says] == [f"The {name} words{'.' * (name != 'sixth')}" for name in names]
    heard = np.abs(mono(decoded(tmp_path / "foreign.wav")))
    loud = np.flatnonzero(heard > float(heard.max()) * 0.01)
    gaps = np.diff(loud)
    quiet = [gap / RATE for gap in gaps if gap > 0.8 * RATE]
    assert quiet == pytest.approx([5, 2.5, 10, 3, 4], abs=0.02)


def test_a_pause_is_exact_to_ten_milliseconds(clips: Path, tmp_path: Path) -> None:
    lines = [
        "Lay your palm here.",
        "Find the heel.",
        "Slide to the toes.",
        "Hold still.",
        "Feel it soften.",
        "Stop there.",
    ]
    (tmp_path / "pauses.md").write_text(" [pause 3s] ".join(lines), encoding="utf-8")
    voiceguide("render", "pauses.md", "--bed", "none", "-o", "pauses.wav", clips=clips, cwd=tmp_path)
    heard = np.abs(mono(decoded(tmp_path / "pauses.wav")))
    loud = np.flatnonzero(heard > float(heard.max()) * 10 ** (-45 / 20))
    quiet = [gap / RATE for gap in np.diff(loud) if gap > RATE]
    assert quiet == pytest.approx([3.0] * 5, abs=0.01)


def test_breaths_fall_on_the_exact_second(clips: Path, tmp_path: Path) -> None:
    plan = voiceguide("plan", "box-breathing", "--length", "4:00", clips=clips, cwd=tmp_path)
    box = next(s for s in plan["sections"] if s["title"] == "Box")
    starts = [c["start"] for c in plan["cues"] if c["kind"] == "say" and c["section"] == "Box"]
    phases = [s for s in starts if abs((s - box["start"]) % 4) < 1e-6]
    assert len(phases) >= 4 * 6
