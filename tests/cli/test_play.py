"""`voiceguide play` as a person meets it: on a real terminal, with real keys, through an output that nobody hears."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from voiceguide import outputs
from voiceguide.cli import program
from voiceguide.errors import VoiceguideError

termios = pytest.importorskip("termios")

PROGRAM = [sys.executable, "-m", "voiceguide"]
ROUTINE = """---
title: Short rest
bed: none
pauses: written
---
## Arrive
Sit down softly. [pause 3s]
Let your shoulders drop. [pause 9s]
## Breathe
Breathe in. [pause 4s]
Breathe out slowly. [pause 4s]
Once more, breathe in. [pause 4s]
And out. [pause 20s]
## Close
Open your eyes. [pause 40s]
Good.
"""
SHELL = """
import fcntl, os, signal, sys, termios

orders, reports = int(sys.argv[1]), int(sys.argv[2])
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
ignored = (signal.SIGTTOU, signal.SIGHUP, signal.SIGTSTP, signal.SIGINT)
for number in ignored:
    signal.signal(number, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    os.execv(sys.argv[3], sys.argv[3:])
os.write(reports, b"%d\\n" % job)
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    try:
        os.tcsetpgrp(0, os.getpgrp())
    except OSError:
        pass
    if not os.WIFSTOPPED(status):
        code = os.waitstatus_to_exitcode(status)
        os.write(reports, b"%d\\n" % code)
        break
    os.write(reports, b"stopped\\n")
    if os.read(orders, 1) == b"f":
        os.tcsetpgrp(0, job)
    os.kill(-job, signal.SIGCONT)
"""
"""A shell, as far as it is needed: it gives its terminal to one job, takes it back, and brings the job to the front."""


class Sitting:
    """`voiceguide play` in the foreground of a terminal of its own."""

    def __init__(self, folder: Path, env: dict[str, str], *words: str, size: tuple[int, int] = (100, 24)) -> None:
        self._master, self.terminal = os.openpty()
        self.resize(*size)
        self.before = self.settings()
        orders, self._orders = os.pipe()
        self._reports, reports = os.pipe()
        self._shell = subprocess.Popen(
            [sys.executable, "-c", SHELL, str(orders), str(reports), *PROGRAM, "play", *words],
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            start_new_session=True,
            pass_fds=(orders, reports),
            cwd=folder,
            env=env,
        )
        for end in (orders, reports):
            os.close(end)
        self.written = ""
        self.job = int(self.report())

    def settings(self) -> list[Any]:
        found: list[Any] = termios.tcgetattr(self.terminal)
        return found

    def resize(self, columns: int, rows: int) -> None:
        termios.tcsetwinsize(self.terminal, (rows, columns))

    def report(self) -> str:
        """What the shell says of its job next: `stopped`, or how it ended."""
        said = b""
        while not said.endswith(b"\n"):
            self._read(0.05)
            if select.select([self._reports], [], [], 0)[0]:
                said += os.read(self._reports, 1)
        return said.decode().strip()

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def send(self, number: signal.Signals) -> None:
        os.kill(self.job, number)

    def fg(self) -> None:
        os.write(self._orders, b"f")

    def bg(self) -> None:
        os.write(self._orders, b"b")

    def hang_up(self) -> None:
        for end in (self.terminal, self._master):
            os.close(end)

    def until(self, *texts: str) -> str:
        """The screen, once all of `texts` are on it."""
        end = time.monotonic() + 30
        while not all(text in self.screen() for text in texts):
            self._read(0.05)
            assert time.monotonic() < end, f"{texts} never came:\n{self.written[-3000:]}"
        return self.screen()

    def ended(self) -> int:
        """Its exit code, once it is over and all is read."""
        code = int(self.report())
        self._read(0.05)
        return code

    def screen(self) -> str:
        """What was drawn last."""
        return plain(self.written.rpartition("\x1b[H")[2])

    def _read(self, timeout: float) -> None:
        while select.select([self._master], [], [], timeout)[0]:
            self.written += os.read(self._master, 65536).decode("utf-8", "replace")
            timeout = 0

    def close(self) -> None:
        if self._shell.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.job, signal.SIGKILL)
        self._shell.wait(10)
        for end in (self._master, self.terminal, self._orders, self._reports):
            with contextlib.suppress(OSError):
                os.close(end)


def plain(written: str) -> str:
    """Without colours and other steering."""
    return re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\].*?\x07|.)", "", written)


@pytest.fixture
def env(tmp_path: Path, clips: Path) -> dict[str, str]:
    own = {
        name: str(tmp_path / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "HOME")
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGUIDE_")}
    settled = {"VOICEGUIDE_ENGINE": "tone", "VOICEGUIDE_CACHE": str(clips), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    return {**kept, **own, **settled}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.md").write_text(ROUTINE)
    return tmp_path


Sit = Callable[..., Sitting]


@pytest.fixture
def sit(folder: Path, env: dict[str, str]) -> Iterator[Sit]:
    sittings: list[Sitting] = []

    def begin(*words: str, size: tuple[int, int] = (100, 24), **more: str) -> Sitting:
        words = ("mine.md", "--output", "null", *words)
        sittings.append(Sitting(folder, {**env, **more}, *words, size=size))
        return sittings[-1]

    yield begin
    for sitting in sittings:
        sitting.close()


def left_as_found(sitting: Sitting) -> bool:
    """Settings, cursor and screen."""
    written = sitting.written
    return (
        sitting.settings() == sitting.before
        and written.count("\x1b[?1049h") == written.count("\x1b[?1049l")
        and written.rfind("\x1b[?25h") >= written.rfind("\x1b[?25l")
    )


def kept(folder: Path) -> list[Path]:
    return list(folder.glob("xdg_state_home/voiceguide/places/*.json"))


def test_every_key_is_seen_and_the_terminal_is_left_as_it_was_found(sit: Sit, folder: Path) -> None:
    here = sit()
    here.until("Short rest", "Sit down softly.", "technique 1 of 3", "playing", "space pause")
    assert here.settings() != here.before
    here.press(" ")
    here.until("paused")
    for keys, seen in {
        "n": "technique 2 of 3",
        "\x1b[6~": "technique 3 of 3",
        "\x1b[5~": "technique 2 of 3",
        "p": "technique 1 of 3",
        "\x1b[C\x1bOC": "0:10 of 1:",
        "\x1b[D": "0:05 of 1:",
        "\x1b[A": "1:05 of 1:",
        "\x1b[B": "0:05 of 1:",
        "0": "volume +1.5 dB",
        "9": "volume 0 dB",
        "b": "bed -1.5 dB",
        "B": "bed 0 dB",
        "m": "bed off",
        "[": "110 words",
        "]": "115 words",
        "+": "a minute longer, 2:",
        "-": "a minute shorter, 1:",
        "o": "Arrive, technique 1 of 3: ",
        "c": "words off",
        "x": "? shows the keys",
        "?": "this technique again",
        "\x1b": "paused",
        "r": "0:00",
    }.items():
        here.press(keys)
        here.until(seen)
    here.press("c")
    here.until("words on")
    here.resize(40, 8)
    small = here.until("space pause   ? all keys   q quit")
    assert max(map(len, small.splitlines())) == 40
    assert len(small.splitlines()) == 8
    here.press("?")
    here.until("five seconds back")
    here.press("??")
    here.press(" ")
    here.until("playing")
    here.press("q")
    assert here.ended() == 0
    assert left_as_found(here)
    assert not kept(folder)


@pytest.mark.parametrize(
    ("way", "code", "keeps"),
    [("Q", 0, True), ("\x03", 130, False), (signal.SIGTERM, 143, True), (signal.SIGHUP, 129, True)],
    ids=["Q", "Ctrl-C", "SIGTERM", "SIGHUP"],
)
def test_every_way_out_leaves_the_terminal_as_it_was_found(
    way: str | signal.Signals, code: int, keeps: bool, sit: Sit, folder: Path
) -> None:
    here = sit()
    here.until("Let your shoulders drop.")
    if isinstance(way, signal.Signals):
        here.send(way)
    else:
        here.press(way)
    assert here.ended() == code
    assert left_as_found(here)
    assert len(kept(folder)) == keeps
    assert ("kept at 0:0" in here.written) == keeps


BAD_OUTPUT = """
from voiceguide.errors import OutputFailed

class Bad:
    name, patient, consumed, fault = "bad", False, 0, ""

    def __init__(self, parameter=""):
        self.error = OutputFailed("there is no sound", "buy one") if parameter == "gone" else RuntimeError("on fire")

    def open(self, rate, pull):
        raise self.error

    def close(self):
        pass
"""


def test_an_output_that_raises_leaves_the_terminal_as_it_was_found(sit: Sit, tmp_path: Path) -> None:
    info = tmp_path / "site" / "bad-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[voiceguide.outputs]\nbad = bad_output:Bad\n")
    (tmp_path / "site" / "bad_output.py").write_text(BAD_OUTPUT)
    here = sit("--output", "bad", PYTHONPATH=str(tmp_path / "site"))
    assert here.ended() == 1
    assert "RuntimeError: on fire" in plain(here.written)
    assert left_as_found(here)


def test_a_terminal_that_is_closed_ends_it_and_the_place_is_kept(sit: Sit, folder: Path) -> None:
    here = sit()
    here.until("Sit down softly.")
    here.hang_up()
    end = time.monotonic() + 20
    while not kept(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(kept(folder)) == 1


def test_it_is_stopped_and_goes_on_in_front(sit: Sit) -> None:
    here = sit(NO_COLOR="1")
    here.until("Sit down softly.")
    assert "\x1b[36m" not in here.written
    held = here.settings()
    here.press("\x1a")
    assert here.report() == "stopped"
    assert left_as_found(here)
    here.written = ""
    here.fg()
    here.until("playing", "Arrive")
    assert here.settings() == held
    here.press("\x1a")
    assert here.report() == "stopped"
    here.written = ""
    here.bg()
    time.sleep(0.5)
    assert here.settings() == here.before
    here.send(signal.SIGTSTP)
    assert here.report() == "stopped"
    assert not here.written
    here.fg()
    here.until("playing", "Arrive")
    assert here.settings() == held
    here.press("q")
    assert here.ended() == 0
    assert left_as_found(here)


def run(folder: Path, env: dict[str, str], *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Without any terminal."""
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, env=env, cwd=folder, timeout=seconds, check=False
    )


def test_without_a_terminal_it_tells_plain_lines(folder: Path, env: dict[str, str]) -> None:
    (folder / "short.md").write_text(
        "---\ntitle: Two words\nbed: none\npauses: written\n---\n"
        "## One\nLet go. [pause 0.5s]\n## Two\nLet go. [pause 0.5s]\nGood.\n"
    )
    done = run(folder, env, "play", "short.md", "--output", "null")
    assert done.returncode == 0, done.stderr
    assert re.sub(r"\d:\d\d", "0:00", done.stdout).splitlines() == [
        "Two words, 0:00",
        " 0:00  One, technique 1 of 2",
        " 0:00  Let go.",
        " 0:00  Two, technique 2 of 2",
        " 0:00  Let go.",
        " 0:00  Good.",
        " 0:00  finished",
    ]
    assert "\x1b" not in done.stdout + done.stderr


def test_for_a_screen_reader_nothing_is_drawn_and_the_keys_work(sit: Sit) -> None:
    here = sit("--screen-reader")
    here.until("Arrive, technique 1 of 3")
    here.press("0")
    here.until("volume +1.5 dB")
    here.press("o")
    here.until("Arrive, technique 1 of 3: 0:0")
    here.press("n")
    here.until("Breathe, technique 2 of 3")
    here.press("c")
    here.until("words on", "Breathe in.")
    here.press("?")
    here.until("space: pause, or go on", "Q: quit and keep the place")
    here.press("q")
    assert here.ended() == 0
    assert "\x1b" not in here.written
    assert here.written.isascii()
    assert "Sit down softly." not in here.written
    assert here.settings() == here.before


def samples(path: Path) -> Any:
    import soundfile

    found, _ = soundfile.read(path, dtype="float32")
    return found


def test_a_session_goes_on_with_the_sentence_that_was_cut(sit: Sit, folder: Path, env: dict[str, str]) -> None:
    import numpy as np

    words = ("play", "mine.md", "--cache", env["VOICEGUIDE_CACHE"])
    whole = run(folder, env, *words, "--output", "wav:whole.wav")
    assert whole.returncode == 0, whole.stderr
    session = samples(folder / "whole.wav")
    sentence = "Once more, breathe in."
    here = sit()
    here.until("Sit down softly.")
    here.press("n\x1b[C\x1b[C\x1b[C")
    here.until(f"  {sentence}")
    here.press("Q")
    assert here.ended() == 0
    place = json.loads(kept(folder)[0].read_text())["place"]
    assert place["sentence"] == sentence
    goes_on = run(folder, env, *words, "--resume", "--output", "wav:rest.wav")
    assert goes_on.returncode == 0, goes_on.stderr
    rest = samples(folder / "rest.wav")
    heard = np.flatnonzero(np.abs(rest).max(axis=1) > 1e-3)[0]
    assert heard < 4410
    again = session[len(session) - len(rest) :]
    assert np.corrcoef(rest[4410:40_000, 0], again[4410:40_000, 0])[0, 1] > 0.999
    assert not kept(folder)


def test_a_routine_that_has_changed_says_so(sit: Sit, folder: Path, env: dict[str, str]) -> None:
    here = sit()
    here.until("Sit down softly.")
    here.press("n")
    here.until("Breathe in.")
    here.press("Q")
    assert here.ended() == 0
    (folder / "mine.md").write_text(ROUTINE.replace("Breathe in.", "Breathe in slowly.").replace("20s", "1s"))
    done = run(folder, env, "play", "mine.md", "--resume", "--output", "null:fast")
    assert done.returncode == 0, done.stderr
    assert "the words are others now: goes on at 0:1" in done.stdout
    assert "the beginning of Breathe" in done.stdout


def test_it_begins_at_a_time_of_day(sit: Sit) -> None:
    soon = time.localtime(time.time() + 15)  # a busy machine may take some of them to start
    here = sit("--at", time.strftime("%H:%M:%S", soon))
    here.until("Short rest", f"begins at {time.strftime('%H:%M:%S', soon)} to", "q quit")
    here.until("Sit down softly.")
    here.press("q")
    assert here.ended() == 0
    assert left_as_found(here)


def test_it_counts_down_aloud_and_that_can_be_skipped(sit: Sit) -> None:
    here = sit("--start-in", "40s", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    here.until("We begin soon", "We begin in 40 seconds.", "===" if sys.platform == "linux" else "")
    here.press("n")
    here.until("Short rest", "Sit down softly.", "technique 1 of 3")
    here.press("q")
    assert here.ended() == 0
    assert left_as_found(here)


def test_one_can_leave_while_it_waits(sit: Sit, folder: Path) -> None:
    for key, code in (("q", 0), ("\x03", 130)):
        here = sit("--at", time.strftime("%H:%M", time.localtime(time.time() - 120)))
        here.until("begins at", "tomorrow" if time.localtime().tm_hour else "begins", "23:5")
        here.press(key)
        assert here.ended() == code
        assert left_as_found(here)
    assert not kept(folder)


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["--resume"], 66, "no place is kept for 'mine.md'", "leave --resume out"),
        (["--output", "nul"], 2, "no output called 'nul'", "did you mean 'null'?"),
        (["--at", "25:00"], 2, "'25:00' is not a time of day", ""),
        (["--start-in", "5s", "--at", "22:00"], 2, "both say when it begins", "let one of them go"),
        (["--length", "23h"], 2, "'mine' cannot last 23h", "or less"),
        (
            ["--output", "bad:gone"],
            69,
            "there is no sound",
            "write it to a file: voiceguide render mine.md --length 20s",
        ),
        (["--output", "bad:gone", "--at", "0:00", "--rate", "99"], 69, "there is no sound", "--length 20s --rate 99"),
    ],
)
def test_what_cannot_be_played_says_why(
    words: list[str],
    code: int,
    error: str,
    hint: str,
    folder: Path,
    env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    (folder / "bad_output.py").write_text(BAD_OUTPUT)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setitem(outputs.BUILTIN, "bad", "bad_output:Bad")
    monkeypatch.chdir(folder)
    (folder / "mine.md").write_text("Let go. [pause 1s-3m]\n")
    with pytest.raises((VoiceguideError, click.ClickException)) as raised:
        program.main(["play", "mine.md", "--output", "null:fast", "--length", "20s", *words], standalone_mode=False)
    assert raised.value.exit_code == code
    assert error in raised.value.message
    assert hint in getattr(raised.value, "hint", "")


def test_help_loads_nothing_heavy(env: dict[str, str]) -> None:
    code = "import sys; from voiceguide.cli import program; program(['play', '--help'], standalone_mode=False)"
    listed = "; print(sorted({'numpy', 'rich', 'yaml', 'miniaudio', 'voiceguide.pipeline'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code + listed], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.endswith("[]\n")
    assert "--start-in" in done.stdout
