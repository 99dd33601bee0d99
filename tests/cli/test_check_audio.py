"""`voiceguide check` on audio, as a person or a script meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "inspector"))
from sounds import RATE, pink, write

PROGRAM = [sys.executable, "-m", "voiceguide"]


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGUIDE_")}
    env = {**kept, "XDG_CONFIG_HOME": str(cwd), "XDG_CACHE_HOME": str(cwd), "VOICEGUIDE_ENGINE": "tone"}
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, cwd=cwd, env=env, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a rendered session and its plan beside it."""
    folder = tmp_path_factory.mktemp("check")
    (folder / "mine.md").write_text("## One\nLet go. [pause 2s]\nAnd rest.\n## Two\nGood. [bell]\n## Three\nBye.\n")
    assert run("render", "mine.md", "--length", "30s", "-o", "session.mp3", cwd=folder).returncode == 0
    (folder / "session.json").write_text(run("plan", "mine.md", "--length", "30s", "--json", cwd=folder).stdout)
    return folder


def test_a_session_is_good(place: Path) -> None:
    done = run("check", "session.mp3", "--profile", "podcast", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "session.mp3"
    assert lines[-1] == "session.mp3: good"
    shown = {line.split("  ")[1]: line for line in lines[1:] if line.startswith("  ")}
    assert "0:30.000 (1323000 frames)" in shown["length"]
    assert "MP3 (MPEG_LAYER_III), 44100 Hz, stereo, 128 kbit/s constant" in shown["format"]
    assert "estimate" in shown["speech over bed"]
    assert shown["the plan"].endswith("kept")
    assert shown["faults"].endswith("none")


def test_what_render_says_is_a_plan_too(place: Path) -> None:
    words = ("render", "mine.md", "--length", "30s", "-o", "made.mp3", "--json")
    document = json.loads(run(*words, cwd=place).stdout)
    plan = json.loads((place / "session.json").read_text())
    for name in ("exact", "sections", "cues"):
        assert document[name] == plan[name]
    assert document["exact"] is True
    (place / "made.json").write_text(json.dumps(document))
    assert the_plan(run("check", "made.mp3", cwd=place).stdout) == "kept"
    (place / "made.json").write_text(json.dumps({"schema": 1, "length": 30.0}))
    assert the_plan(run("check", "made.mp3", cwd=place).stdout) == "length kept"
    document["sections"][1]["start"] += 0.5
    (place / "made.json").write_text(json.dumps(document))
    assert the_plan(run("check", "made.mp3", cwd=place).stdout).endswith("differences")


def the_plan(table: str) -> str:
    return next(line.split(maxsplit=2)[2] for line in table.splitlines() if line.startswith("  the plan"))


def test_a_sentence_lost_over_the_bed_is_told(place: Path) -> None:
    words = ("render", "mine.md", "--length", "30s", "-o", "lost.wav", "--bed", "ocean", "--stems", "--json")
    document = json.loads(run(*words, cwd=place).stdout)
    (place / "lost.json").write_text(json.dumps(document))
    assert the_plan(run("check", "lost.wav", cwd=place).stdout) == "kept"
    (cue,) = (cue for cue in document["cues"] if cue["text"] == "And rest.")
    mix, rate = soundfile.read(place / "lost.wav")
    start, end = (round(cue[name] * rate) for name in ("start", "end"))
    mix[start:end] -= soundfile.read(place / "lost.voice.wav", start=start, stop=end)[0]
    write(place / "lost.wav", mix)
    done = run("check", "lost.wav", cwd=place)
    assert done.returncode == 65
    assert the_plan(done.stdout) == "1 differences"
    assert f"where '{cue['text']}' was planned" in done.stderr


@pytest.mark.parametrize(("level", "code"), [("0", 0), ("12", 65)])
def test_a_bed_too_near_to_speech_is_told_by_its_stems(level: str, code: int, place: Path) -> None:
    words = (
        "render",
        "mine.md",
        "--length",
        "30s",
        "-o",
        "near.flac",
        "--bed",
        "rain",
        "--stems",
        "--bed-level",
        level,
    )
    assert run(*words, cwd=place).returncode == 0
    stems = ("--voice-stem", "near.voice.wav", "--bed-stem", "near.bed.wav")
    done = run("check", "near.flac", *stems, cwd=place)
    assert done.returncode == code, done.stderr
    assert ("dB above the bed here" in done.stderr) is (code == 65)
    (row,) = json.loads(run("check", "near.flac", *stems, "--json", cwd=place).stdout)["files"]
    apart = row["audio"]["speech_over_bed"]
    assert (apart["basis"], apart["least_db"] >= 20, apart["near"] == 0) == ("stems", code == 0, code == 0)
    assert [fault["kind"] for fault in row["audio"]["faults"]] == ["distance"] * (code == 65)
    assert run("check", "near.flac", cwd=place).returncode == 0


def test_a_long_night_is_judged_where_somebody_speaks(place: Path) -> None:
    (place / "night.md").write_text("Let go. [pause 3s]\nSink down. [pause 3s]\nAnd sleep. [pause 3m]\n")
    words = ("render", "night.md", "--profile", "sleep", "--bed", "rain", "-o", "night.flac", "--json")
    made = run(*words, cwd=place)
    assert (made.returncode, "warning" in made.stderr) == (0, False)
    check = ("check", "night.flac", "--profile", "sleep")
    assert run(*check, cwd=place).returncode == 0
    (place / "night.json").write_text(made.stdout)
    done = run(*check, cwd=place)
    assert "loudness near speech" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    loud = run("check", "session.mp3", "--profile", "sleep", cwd=place)
    assert (loud.returncode, "loudness near speech" in loud.stderr) == (65, True)


def test_a_file_with_another_behind_it_is_not_good(place: Path) -> None:
    (place / "joined.mp3").write_bytes(((place / "session.mp3").read_bytes() + b"TAG" + bytes(125)) * 2)
    done = run("check", "joined.mp3", cwd=place)
    assert done.returncode == 65
    assert "most players never reach them" in done.stderr


def test_of_a_section_its_own_cues_are_told(place: Path) -> None:
    words = ("render", "mine.md", "--length", "30s", "--section", "Two", "-o", "two.flac", "--json")
    document = json.loads(run(*words, cwd=place).stdout)
    assert [section["title"] for section in document["sections"]] == ["Two"]
    assert document["cues"][0]["start"] == document["sections"][0]["start"] == 0
    assert document["cues"][-1]["end"] == document["length"]


@pytest.mark.parametrize(
    ("seconds", "loudness", "loudest"),
    [(1.0, "LUFS integrated", "too short to say for 3 s, -"), (0.3, "too short to say integrated", "too short to say")],
)
def test_what_is_too_short_to_measure_is_not_called_silent(
    seconds: float, loudness: str, loudest: str, place: Path
) -> None:
    write(place / "short.wav", pink(seconds, 0.2))
    table = run("check", "short.wav", cwd=place).stdout
    assert loudness in table
    assert loudest in table
    assert "silent for 3 s" not in table


def test_the_same_as_json(place: Path) -> None:
    done = run("check", "session.mp3", "mine.md", "--profile", "podcast", "--json", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["schema"] == 1
    row, routine = document["files"]
    assert row["problems"] == routine["problems"] == []
    audio = row["audio"]
    assert (audio["frames"], audio["length"], audio["sample_rate"]) == (30 * RATE, 30.0, RATE)
    assert audio["loudness_lufs"] == pytest.approx(-16, abs=0.3)
    assert [chapter["title"] for chapter in audio["chapters"]] == ["One", "Two", "Three"]
    assert audio["speech_over_bed"]["basis"] == "estimate"
    assert audio["against_plan"] is True
    assert row["profile"]["passed"] is True
    assert {one["requirement"] for one in row["profile"]["requirements"]} == {"loudness", "true peak"}


def test_what_a_profile_refuses_comes_with_the_cure(place: Path) -> None:
    done = run("check", "session.mp3", "--profile", "acx", cwd=place)
    assert done.returncode == 65
    said = done.stderr.splitlines()
    at = said.index("error: session.mp3: bit rate: 128.00 kbit/s, and it must be at least 192 kbit/s")
    assert said[at + 1] == "hint: export it with a constant bit rate of 192 kbit/s"
    assert "not good" in done.stdout
    assert ": good" not in done.stdout
    assert json.loads(run("check", "session.mp3", "--profile", "acx", "--json", cwd=place).stdout)["files"][0][
        "profile"
    ]["passed"] is False  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (("check", "nowhere.mp3"), 66, "'nowhere.mp3' cannot be read", "path"),
        (("check", "words.mp3"), 65, "'words.mp3' is text, not audio", "FLAC"),
        (("check", "cut.mp3"), 65, "is truncated", "again"),
        (("check", "session.mp3", "--profile", "acxx"), 2, "there is no profile called 'acxx'", "'acx'"),
        (("check", "session.mp3", "--plan", "nowhere.json"), 66, "cannot be read", "--json"),
        (("check", "session.mp3", "--plan", "words.mp3"), 65, "is no session", "--json"),
        (("check", "session.mp3", "--voice-stem", "session.mp3"), 2, "one stem", "--bed-stem"),
    ],
)
def test_errors_are_two_lines(words: tuple[str, ...], code: int, error: str, hint: str, place: Path) -> None:
    (place / "words.mp3").write_text("Let go of your shoulders.\n")
    (place / "cut.mp3").write_bytes((place / "session.mp3").read_bytes()[:100_000])
    done = run(*words, cwd=place)
    assert (done.returncode, done.stdout) == (code, "")
    said, cure = done.stderr.splitlines()
    assert said.startswith("error: ")
    assert error in said
    assert cure.startswith("hint: ")
    assert hint in cure


def test_a_fault_is_an_error_without_any_profile(place: Path) -> None:
    samples = pink(6, 0.05)
    samples[2 * RATE : 2 * RATE + 1_323] = 0
    write(place / "torn.flac", samples)
    done = run("check", "torn.flac", "session.mp3", cwd=place)
    assert done.returncode == 65
    assert done.stderr.splitlines()[0] == "error: torn.flac: 0:02.000: the sound drops out for 30 ms"
    assert "1 dropout" in done.stdout
    assert done.stdout.endswith("session.mp3: good\n")


def test_many_faults_are_counted_and_not_listed(place: Path) -> None:
    samples = pink(8, 0.01)
    for number in range(20):
        samples[round((0.5 + 0.3 * number) * RATE)] = 0.5
    write(place / "clicks.wav", samples)
    done = run("check", "clicks.wav", cwd=place)
    assert "20 click" in done.stdout
    assert done.stderr.splitlines()[-1] == "and 8 more: see --json"
    assert len(json.loads(run("check", "clicks.wav", "--json", cwd=place).stdout)["files"][0]["audio"]["faults"]) == 20


def test_sound_under_any_name_is_sound(place: Path) -> None:
    write(place / "odd.wav", pink(2)).rename(place / "odd.md")
    assert "format" in run("check", "odd.md", cwd=place).stdout
