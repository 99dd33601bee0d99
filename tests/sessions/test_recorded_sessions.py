"""Sessions with somebody's own voice: rendered by the program, and every recording found where the plan has it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceguide import engines
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.audio.resample import resampled
from voiceguide.cache import ClipCache
from voiceguide.library import Library
from voiceguide.library.recordings import line_name
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narrator
from voiceguide.pipeline import render
from voiceguide.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))
from hearing import FFMPEG, RATE, decoded, lag, mono, voiceguide

TEXTS = (
    "Breathe in through your nose.",
    "And breathe out again, slowly.",
    "Feel the weight of your heels.",
    "Let your shoulders drop.",
)
ROUTINE = """\
## One
[recording takes/in.wav "Breathe in through your nose."] [recording takes/out.flac "And breathe out again, slowly."]
[pause 2s]
The ground is holding you.
[recording takes/heels.wav "Feel the weight of your heels."]
And so is the chair.
## Two
[recording takes/drop.mp3 "Let your shoulders drop."]
[pause 1s-10s]
You are done, and you may stay as long as you like.
"""


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clip]:
    """Another voice than the one that is used for the rest, at the session's rate."""
    engine = engines.make("pyttsx3")
    narrator = Narrator(engine, ClipCache(tmp_path_factory.mktemp("takes")))
    lines = [Say(text, Utterance(text, voice="en-gb", rate=100)) for text in TEXTS]
    narrator.speak(lines)
    engine.close()
    return {s.text: Clip(resampled(narrator.clip(s.utterance), RATE), RATE) for s in lines}


def at_home(samples: Samples, around: float, noise: float, current: float = 0.0) -> Samples:
    """As somebody records it: with time before and after, in a room, perhaps with direct current."""
    padded = np.pad(samples, round(around * RATE))
    hiss = np.random.default_rng(1).normal(size=len(padded)) * 10 ** (noise / 20) * np.sqrt(np.mean(samples**2))
    return (padded + hiss + current).astype(np.float32)


@pytest.fixture
def mine(tmp_path: Path, takes: dict[str, Clip]) -> Path:
    """The routine with its recordings: mono WAV, soft FLAC with direct current, stereo at 48 kHz, MP3."""
    (tmp_path / "takes").mkdir()
    breath, out, heels, drop = (takes[text].samples for text in TEXTS)
    soundfile.write(tmp_path / "takes/in.wav", at_home(breath, 0, -80), RATE)
    soundfile.write(tmp_path / "takes/out.flac", at_home(out * 0.1, 3, -45, 0.05), RATE)
    high = resampled(Clip(at_home(heels * 1.5, 0.5, -50), RATE), 48_000)
    soundfile.write(tmp_path / "takes/heels.wav", np.stack([high, high * 0.5], axis=1), 48_000)
    soundfile.write(tmp_path / "takes/drop.mp3", at_home(drop, 8, -35), RATE)
    (tmp_path / "mine.md").write_text(ROUTINE, encoding="utf-8")
    return tmp_path


def heard(cue: dict[str, Any], sound: Samples) -> Samples:
    return sound[round(cue["start"] * RATE) : round(cue["end"] * RATE)]


def test_recordings_are_heard_where_the_plan_has_them_as_loud_as_their_neighbours(
    mine: Path, takes: dict[str, Clip], clips: Path
) -> None:
    words = ("mine.md", "--length", "40s")
    made = voiceguide("render", *words, "--bed", "none", "-o", "session.flac", clips=clips, cwd=mine)
    plan = plan_of(words, clips, mine)
    assert made["recorded"] == 4
    assert made["synthesised"] + made["cached"] == 3
    assert plan["exact"] is True
    sound = mono(decoded(mine / "session.flac"))
    says = [cue for cue in plan["cues"] if cue["kind"] == "say"]
    assert len(says) == 7
    levels = []
    for cue in says:
        levels.append(clip_loudness(clip_powers(heard(cue, sound), RATE)))
        if cue["text"] in takes:
            off = lag(sound, takes[cue["text"]].samples, round(cue["start"] * RATE), RATE // 2)
            assert abs(off) <= RATE // 50, cue
    assert max(levels) - min(levels) < 0.5, levels


@pytest.mark.parametrize("quality", [("-q:a", "2"), ("-b:a", "128k")], ids=["variable", "constant"])
def test_a_recording_that_was_streamed_is_heard_to_its_last_word(
    tmp_path: Path, takes: dict[str, Clip], clips: Path, quality: tuple[str, str]
) -> None:
    spoken = np.concatenate([np.pad(takes[text].samples, RATE // 8) for text in TEXTS])
    soft = np.pad(spoken, (RATE // 2, RATE)) * np.float32(0.5)
    command = [
        FFMPEG,
        "-v",
        "error",
        "-f",
        "f32le",
        "-ar",
        str(RATE),
        "-ac",
        "1",
        "-i",
        "-",
        *quality,
        "-f",
        "mp3",
        "-",
    ]
    data = subprocess.run(command, input=soft.tobytes(), capture_output=True, check=True).stdout
    (tmp_path / "line.mp3").write_bytes(data)
    text = " ".join(TEXTS)
    (tmp_path / "mine.md").write_text(f'## One\n[recording line.mp3 "{text}"]\n[pause 2s]\n', encoding="utf-8")
    assert soundfile.info(tmp_path / "line.mp3").frames != len(soft)
    voiceguide("render", "mine.md", "--bed", "none", "-o", "x.flac", clips=clips, cwd=tmp_path)
    (cue,) = (cue for cue in plan_of(("mine.md",), clips, tmp_path)["cues"] if cue["kind"] == "say")
    assert cue["end"] - cue["start"] == pytest.approx(len(spoken) / RATE, abs=0.5)
    sound = mono(decoded(tmp_path / "x.flac"))
    begin = round(cue["start"] * RATE) + lag(sound, spoken, round(cue["start"] * RATE), RATE // 2)
    for at in range(0, len(spoken) - RATE, 2 * RATE):
        assert abs(lag(sound, spoken[at:], begin + at, RATE // 4)) <= RATE // 50, at / RATE


def plan_of(words: tuple[str, ...], clips: Path, cwd: Path) -> dict[str, Any]:
    return voiceguide("plan", *words, clips=clips, cwd=cwd)


def test_the_plan_measures_recordings_before_anything_is_rendered(mine: Path, tmp_path: Path) -> None:
    before = plan_of(("mine.md", "--length", "40s"), tmp_path / "empty", mine)
    voiceguide("render", "mine.md", "--length", "40s", "-o", "x.flac", clips=tmp_path / "empty", cwd=mine)
    after = plan_of(("mine.md", "--length", "40s"), tmp_path / "empty", mine)

    def lengths(plan: dict[str, Any]) -> dict[str, float]:
        said = (cue for cue in plan["cues"] if cue["kind"] == "say" and cue["text"] in TEXTS)
        return {cue["text"]: round(cue["end"] - cue["start"], 6) for cue in said}

    assert lengths(before) == lengths(after)


def test_a_printed_plan_keeps_its_recordings(mine: Path, clips: Path) -> None:
    command = [sys.executable, "-m", "voiceguide", "plan", "mine.md", "--cache", str(clips)]
    printed = subprocess.run(command, capture_output=True, text=True, cwd=mine, check=True).stdout
    assert '[recording takes/out.flac "And breathe out again, slowly."]' in printed
    (mine / "again.md").write_text(printed, encoding="utf-8")
    assert voiceguide("render", "again.md", "-o", "again.flac", clips=clips, cwd=mine)["recorded"] == 4


def test_editing_one_recording_reads_that_one_again(mine: Path, takes: dict[str, Clip], tmp_path: Path) -> None:
    cache = tmp_path / "own"
    first = voiceguide("render", "mine.md", "-o", "x.flac", clips=cache, cwd=mine)
    kept = set(cache.rglob("*.flac"))
    soundfile.write(mine / "takes/in.wav", at_home(takes[TEXTS[0]].samples, 0.2, -70), RATE)
    second = voiceguide("render", "mine.md", "-o", "y.flac", clips=cache, cwd=mine)
    assert (first["synthesised"], second["synthesised"], second["cached"]) == (3, 0, 3)
    assert len(set(cache.rglob("*.flac")) - kept) == 1
    assert len(kept) == 7


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    own = {name: str(cwd / "own") for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **own, "VOICEGUIDE_ENGINE": "tone"}
    command = [sys.executable, "-m", "voiceguide", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=120, check=False)


def whole(folder: Path, takes: dict[str, Clip], texts: tuple[str, ...] = TEXTS) -> None:
    """A folder with a recording of each line."""
    folder.mkdir(exist_ok=True)
    for text in texts:
        soundfile.write(folder / f"{line_name(text)}.flac", at_home(takes[text].samples, 0.4, -50), RATE)


LINES = "## One\n{}\n[pause 2s]\n{} {}\n## Two\n{}\n".format(*TEXTS)


def test_a_folder_of_recordings_speaks_a_whole_session_and_no_engine_is_started(
    tmp_path: Path, takes: dict[str, Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.md").write_text(LINES, encoding="utf-8")
    whole(tmp_path / "lines", takes)

    def refuse(*_words: object, **_more: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    settings = Settings(engine="pyttsx3", cache=tmp_path / "cache", recordings=tmp_path / "lines", format="flac")
    target = tmp_path / "session.flac"
    made = render(Library([]), str(tmp_path / "mine.md"), None, Wishes(), settings, target)
    monkeypatch.undo()
    assert (made.recorded, made.synthesised, made.cached) == (4, 0, 0)
    sound = mono(decoded(target))
    for placement in made.timeline.placements:
        if placement.kind == "say":
            assert abs(lag(sound, takes[placement.text].samples, placement.start, RATE // 2)) <= RATE // 50


def test_the_folder_may_be_the_routines_own(tmp_path: Path, takes: dict[str, Clip]) -> None:
    (tmp_path / "mine.md").write_text(f"---\nrecordings: lines\n---\n{LINES}", encoding="utf-8")
    whole(tmp_path / "lines", takes)
    done = run("render", "mine.md", "-o", "x.flac", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["recorded"] == 4
    assert run("check", "mine.md", cwd=tmp_path).stdout == "mine.md: good\n"


def test_lines_that_are_missing_are_never_spoken_unasked(tmp_path: Path, takes: dict[str, Clip]) -> None:
    (tmp_path / "mine.md").write_text(LINES, encoding="utf-8")
    whole(tmp_path / "lines", takes, TEXTS[:1])
    done = run("render", "mine.md", "--recordings", "lines", "-o", "x.flac", cwd=tmp_path)
    error, hint = done.stderr.splitlines()[-2:]
    assert done.returncode == 66
    assert error.startswith("error: 3 lines have no recording in lines: and-breathe-out-again-slowly.wav, feel-the-")
    assert "'voiceguide check mine.md --recordings lines' lists them; --fill" in hint
    assert not (tmp_path / "x.flac").exists()
    filled = run("render", "mine.md", "--recordings", "lines", "--fill", "-o", "x.flac", "--json", cwd=tmp_path)
    made = json.loads(filled.stdout)
    assert (made["recorded"], made["synthesised"]) == (1, 3)
    assert run("plan", "mine.md", "--recordings", "lines", cwd=tmp_path).returncode == 0
    assert run("render", "mine.md", "--recordings", "liens", "-o", "x.flac", cwd=tmp_path).returncode == 66


def test_check_lists_what_is_still_to_be_recorded(tmp_path: Path, takes: dict[str, Clip]) -> None:
    optional = "title: Mine\nsections:\n- title: One\n  text: '{}'\n- title: Two\n  priority: 5\n  text: |\n    {}\n"
    more = "    [pause 30s]\n- title: Three\n  text: '{} {}'\n"
    (tmp_path / "mine.yaml").write_text((optional + more).format(*TEXTS), encoding="utf-8")
    whole(tmp_path / "lines", takes, TEXTS[:1])
    (tmp_path / "lines" / "let-your-shoulder-drop.wav").write_bytes(b"misspelled")
    (tmp_path / "lines" / "something-else.wav").write_bytes(b"of another routine")
    words = ("check", "mine.yaml", "--recordings", "lines")
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 66
    head, *rows = done.stdout.splitlines()
    assert head == "mine.yaml: 3 of 4 lines are still to be recorded"
    assert [row.split(maxsplit=1) for row in rows] == [[line_name(text), text] for text in TEXTS[1:]]
    assert "let-your-shoulder-drop.wav belongs to no line; did you mean 'let-your-shoulders-drop'?" in done.stderr
    assert "something-else.wav belongs to no line\n" in done.stderr
    found = json.loads(run(*words, "--length", "20s", "--json", cwd=tmp_path).stdout)["files"][0]["recordings"]
    assert found["lines"] == 4
    assert [(line["text"], line["needed"]) for line in found["missing"]] == [
        (TEXTS[1], False),
        (TEXTS[2], True),
        (TEXTS[3], True),
    ]
    assert found["missing"][0]["name"] == line_name(TEXTS[1])
    assert found["missing"][0]["source"] == "mine.yaml:8"


def test_check_judges_every_recording(tmp_path: Path, takes: dict[str, Clip]) -> None:
    (tmp_path / "mine.md").write_text(LINES, encoding="utf-8")
    whole(tmp_path / "lines", takes)
    bad, double = (tmp_path / "lines" / f"{line_name(text)}.flac" for text in TEXTS[1:3])
    bad.write_text("not a sound")
    double.with_suffix(".wav").write_bytes(double.read_bytes())
    done = run("check", "mine.md", "--recordings", "lines", "--length", "20s", cwd=tmp_path)
    assert "mine.md:4:1: the recording and-breathe-out-again-slowly.flac of" in done.stderr
    assert "there are two recordings, feel-the-weight-of-your-heels.flac and" in done.stderr
    assert (done.returncode, done.stdout) == (65, "")
    double.with_suffix(".wav").unlink()
    assert run("check", "mine.md", "--recordings", "lines", cwd=tmp_path).returncode == 65
    assert run("render", "mine.md", "--recordings", "lines", "-o", "x.flac", cwd=tmp_path).returncode == 65
    soundfile.write(bad, at_home(takes[TEXTS[1]].samples, 0.5, -25), RATE)
    done = run("check", "mine.md", "--recordings", "lines", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "mine.md: good\n")
    assert "dB below the voice" in done.stderr


def test_check_judges_the_recordings_that_a_text_names(tmp_path: Path) -> None:
    (tmp_path / "in.wav").write_text("not a sound")
    (tmp_path / "mine.md").write_text('Hi. [recording in.wav "Breathe in."]\n', encoding="utf-8")
    done = run("check", "mine.md", cwd=tmp_path)
    assert done.returncode == 65
    assert "mine.md:1:5: the recording in.wav of 'Breathe in.' cannot be played: it is text" in done.stderr
    assert run("plan", "mine.md", cwd=tmp_path).returncode == 65
