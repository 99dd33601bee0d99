"""When the voice fails, at every sentence and in every way: the line is named, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "voiceguide"]
ROUTINE = "## One\nLet your hands rest.\nFeel their warmth. [pause 2s]\n\nNow breathe out.\n## Two\nLet it all go.\n"
LINES = [2, 3, 5, 7]
FAULTY = '''
import os
from pathlib import Path
from voiceguide.audio.clip import Clip
from voiceguide.engines.process import Worker
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.errors import EngineError

KIND, NUMBER, TIMES = os.environ["FAULT"].split(":")


class Faulty(Pyttsx3Engine):
    """The real voice, but for one sentence."""

    name = "faulty"
    copies = 1
    heard: list[str] = []
    failed = 0

    def speak(self, utterance, deadline):
        if utterance.spoken not in self.heard:
            self.heard.append(utterance.spoken)
        clip = super().speak(utterance, deadline)
        if self.heard.index(utterance.spoken) != int(NUMBER) or self.failed >= int(TIMES):
            return clip
        self.failed += 1
        return damaged(clip)


def damaged(clip):
    if KIND == "no file":
        raise EngineError("it wrote no file")
    if KIND == "empty":
        return Clip(clip.samples[:0], clip.rate)
    if KIND == "truncated":
        return Clip(clip.samples[: len(clip.samples) // 3], clip.rate)
    if KIND == "silent":
        return Clip(clip.samples * 0, clip.rate)
    worker = Worker("faulty_worker")
    try:
        worker.ask({"do": KIND}, 0.5)
    finally:
        worker.close()
'''
WORKER = """
import os, sys, time
for line in sys.stdin:
    if "hangs" in line:
        time.sleep(600)
    os._exit(9)
"""
KINDS = ("no file", "empty", "truncated", "silent", "hangs", "dies")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a routine, and an installed package that brings a faulty engine."""
    package = tmp_path / "site"
    info = package / "faulty-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[voiceguide.engines]\nfaulty = faulty_engine:Faulty\n")
    (package / "faulty_engine.py").write_text(FAULTY)
    (package / "faulty_worker.py").write_text(WORKER)
    (tmp_path / "work").mkdir()
    (tmp_path / "work/mine.md").write_text(ROUTINE)
    return tmp_path


def render(place: Path, fault: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(place / "site"), "FAULT": fault, "TMPDIR": str(place / "tmp")}
    (place / "tmp").mkdir(exist_ok=True)
    words = ["render", "mine.md", "--engine", "faulty", "--cache", str(place / fault), "-q"]
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, env=env, cwd=place / "work", timeout=60, check=False
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_voice_that_fails_for_good_is_reported_with_the_line(kind: str, place: Path) -> None:
    for number, line in enumerate(LINES):
        done = render(place, f"{kind}:{number}:99")
        assert done.returncode == 69, done.stderr
        assert done.stdout == ""
        error, hint = done.stderr.splitlines()
        assert error.startswith(f"error: mine.md:{line}: ")
        assert hint.startswith("hint: ")
        assert sorted(path.name for path in (place / "work").rglob("*")) == ["mine.md"]
        assert not list((place / "tmp").iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_voice_that_fails_once_loses_no_word(kind: str, place: Path) -> None:
    done = render(place, f"{kind}:2:1")
    assert done.returncode == 0, done.stderr
    assert [path.suffix for path in (place / "work/output").iterdir()] == [".mp3"]


@pytest.mark.parametrize(
    ("moment", "sent", "code"),
    [
        ("speaking 1", signal.SIGINT, 130),
        ("speaking 1", signal.SIGTERM, 143),
        ("mixing 0", signal.SIGINT, 130),
        ("mixing 0", signal.SIGTERM, 143),
        ("mixing 0", signal.SIGHUP, 129),
        ("verifying 0", signal.SIGTERM, 143),
    ],
)
def test_a_render_that_is_stopped_leaves_nothing(moment: str, sent: signal.Signals, code: int, tmp_path: Path) -> None:
    words = ["render", "foot-massage", "--length", "12m", "--cache", str(tmp_path / "cache"), "-v"]
    if moment == "verifying 0":
        words += ["--format", "flac"]  # MP3 is verified while it is written

    def heed() -> None:
        signal.signal(sent, signal.SIG_DFL)  # what runs behind nohup or `&` would ignore it

    with subprocess.Popen(
        [*PROGRAM, *words], stderr=subprocess.PIPE, text=True, cwd=tmp_path, preexec_fn=heed
    ) as process:
        assert process.stderr is not None
        while moment not in process.stderr.readline():
            pass
        time.sleep(0.1)
        process.send_signal(sent)
        process.stderr.read()
        assert process.wait(30) == code
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "output").rglob("*"))
