"""`voiceguide play` as a person meets it: on a real terminal, with real keys, through an output that nobody hears."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from voiceguide import outputs
from voiceguide.cli import program
from voiceguide.cli.screen.displays import Lines
from voiceguide.errors import VoiceguideError
from voiceguide.outputs import Pull
from voiceguide.outputs.null import NullOutput

termios = pytest.importorskip("termios")

PROGRAM = [sys.executable, "-m", "voiceguide"]
LONG = 90.0
"""Seconds for what comes in an instant, on a machine that may let nobody work for a while."""
HOME = "\x1b[H"
"""With this every screen begins."""
ROUTINE = """---
title: Short rest
bed: none
pauses: written
---
## Arrive
Sit down softly. [pause 60s]
Let your shoulders drop. [pause 9s]
## Breathe
Breathe in. [pause 60s]
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
        self.forget()
        self.job = int(self.report())

    def forget(self) -> None:
        """What was written so far."""
        self.written = ""
        self._found = 0

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
        self.terminal = self._master = -1

    def until(self, *texts: str) -> str:
        """The first screen with all of `texts`, from the one that was found last on."""
        return self.first(lambda screen: all(text in screen for text in texts), f"{texts} never came")

    def first(self, fits: Callable[[str], object], otherwise: str) -> str:
        """The first screen that fits, from the one that was found last on: it may be gone by now."""
        end = time.monotonic() + LONG
        while True:
            screens = [plain(screen) for screen in self.written.split(HOME)[self._found :]]
            for number, screen in enumerate(screens, self._found):
                if fits(screen):
                    self._found = number
                    return screen
            assert time.monotonic() < end, f"{otherwise}:\n{self.written[-3000:]}"
            self._read(0.05)

    def ended(self) -> int:
        """Its exit code, once it is over and all is read."""
        code = int(self.report())
        self._read(0.05)
        return code

    def _read(self, timeout: float) -> None:
        while select.select([self._master], [], [], timeout)[0]:
            self.written += os.read(self._master, 65536).decode("utf-8", "replace")
            timeout = 0

    def close(self) -> None:
        if self._shell.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.job, signal.SIGKILL)
        self._shell.wait(LONG)
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


def at(clock: str) -> str:
    """How a place is seen in the whole session."""
    return rf"whole +\S+ +{clock} "


def sizes(screen: str) -> tuple[int, int]:
    """Columns and rows."""
    return max(map(len, screen.splitlines()), default=0), len(screen.splitlines())


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
        "\x1b[C\x1bOC": at("0:10"),
        "\x1b[D": at("0:05"),
        "\x1b[A": at("1:05"),
        "\x1b[B": at("0:05"),
        "0": "volume +1.5 dB",
        "9": "volume 0 dB",
        "b": "bed -1.5 dB",
        "B": "bed 0 dB",
        "m": "bed off",
        "[": "110 words",
        "]": "115 words",
        "+": "a minute longer, 4:",
        "-": "a minute shorter, 3:",
        "o": "Arrive, technique 1 of 3: ",
        "c": "words off",
        "x": "? shows the keys",
        "?": "this technique again",
        "\x1b": "paused",
        "r": at("0:00"),
    }.items():
        here.press(keys)
        here.first(partial(re.search, seen if seen.startswith("whole") else re.escape(seen)), f"{seen} never came")
    assert re.search(r"^  \d:\d\d of 3:\d\d, \d:\d\d left", plain(here.written), re.MULTILINE)  # so a seek is told
    here.press("c")
    here.until("words on")
    here.resize(40, 8)
    keys = "space pause   ? all keys   q quit"
    here.first(lambda screen: keys in screen and sizes(screen) == (40, 8), "it never became small")
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
    here.until("Sit down softly.")
    if isinstance(way, signal.Signals):
        here.send(way)
    else:
        here.press(way)
    assert here.ended() == code
    assert left_as_found(here)
    assert len(kept(folder)) == keeps
    assert bool(re.search(r"kept at \d:\d\d", here.written)) == keeps


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
    end = time.monotonic() + LONG
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
    here.forget()
    here.fg()
    here.until("playing", "Arrive")
    assert here.settings() == held
    here.press("\x1a")
    assert here.report() == "stopped"
    here.forget()
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


def run(folder: Path, env: dict[str, str], *words: str, seconds: float = 3 * LONG) -> subprocess.CompletedProcess[str]:
    """Without any terminal."""
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, env=env, cwd=folder, timeout=seconds, check=False
    )


class Followed(NullOutput):
    """Goes on for a tenth of a second when somebody has looked: a machine may be as busy as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = threading.Event()

    def _in_real_time(self, rate: int, pull: Pull, stop: threading.Event) -> None:
        while not stop.is_set():
            if self.looked.wait(0.1):
                self.looked.clear()
                pull(rate // 10)
                self.consumed += rate // 10


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sound goes on as quickly as lines are told of it, and nobody takes it for lost meanwhile."""
    output, show = Followed(), Lines.show

    def shown(self: Lines, *what: Any) -> None:
        show(self, *what)
        output.looked.set()

    monkeypatch.setattr(Lines, "show", shown)
    monkeypatch.setattr(outputs, "make", lambda _name: output)
    monkeypatch.setattr("voiceguide.cli.screen.TICK", 0.01)
    for name in ("AT_FIRST", "PATIENCE"):
        monkeypatch.setattr(f"voiceguide.player.watch.{name}", 3600.0)


@pytest.mark.usefixtures("followed")
def test_without_a_terminal_it_tells_plain_lines(
    folder: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "short.md").write_text(
        "---\ntitle: Two words\nbed: none\npauses: written\n---\n"
        "## One\nLet go. [pause 0.5s]\n## Two\nLet go. [pause 0.5s]\nGood.\n"
    )
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(program, ["play", "short.md"], env=env, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert re.sub(r"\d:\d\d", "0:00", done.stdout).splitlines() == [
        "Two words, 0:00",
        " 0:00  One, technique 1 of 2",
        " 0:00  Let go.",
        " 0:00  Two, technique 2 of 2",
        " 0:00  Let go.",
        " 0:00  Good.",
        " 0:00  finished",
    ]
    assert "\x1b" not in done.output


def test_a_program_of_its_own_tells_plain_lines_where_there_is_no_terminal(folder: Path, env: dict[str, str]) -> None:
    done = run(folder, env, "play", "mine.md", "--output", "null:fast")
    assert done.returncode == 0, done.stderr
    lines = re.sub(r"\d:\d\d", "0:00", done.stdout).splitlines()
    assert (lines[0], lines[-1]) == ("Short rest, 0:00", " 0:00  finished")
    assert "\x1b" not in done.stdout + done.stderr


def test_for_a_screen_reader_nothing_is_drawn_and_the_keys_work(sit: Sit) -> None:
    here = sit("--screen-reader")
    here.until("Arrive, technique 1 of 3")
    here.press("0")
    here.until("volume +1.5 dB")
    here.press("o")
    here.until("Arrive, technique 1 of 3: ")
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

    sentence = "Once more, breathe in, as slowly and as deeply as you like, and feel how wide it makes you."
    (folder / "mine.md").write_text(ROUTINE.replace("Once more, breathe in.", sentence))
    words = ("play", "mine.md", "--cache", env["VOICEGUIDE_CACHE"])
    whole = run(folder, env, *words, "--output", "wav:whole.wav")
    assert whole.returncode == 0, whole.stderr
    session = samples(folder / "whole.wav")
    here = sit()
    here.until("Sit down softly.")
    here.press(" ")
    here.until("paused")
    here.press("n\x1b[A\x1b[C\x1b[C")
    here.until(f"  {sentence}")
    here.press("Q")
    assert here.ended() == 0
    place = json.loads(kept(folder)[0].read_text())["place"]
    assert place["sentence"] == sentence
    goes_on = run(folder, env, *words, "--resume", "--output", "wav:rest.wav")
    assert goes_on.returncode == 0, goes_on.stderr
    rest = samples(folder / "rest.wav")
    heard = np.flatnonzero(np.abs(rest).max(axis=1) > 1e-3)[0]
    assert 0.35 < heard / 44_100 < 0.45
    again = session[len(session) - len(rest) :]
    assert np.corrcoef(rest[heard:60_000, 0], again[heard:60_000, 0])[0, 1] > 0.9999
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
    assert "the words are others now: goes on at 1:1" in done.stdout
    assert "the beginning of Breathe" in done.stdout


def noon() -> tuple[str, float]:
    """A time zone in which it is noon, so that no day ends soon, and the local time there in seconds."""
    hours = time.gmtime().tm_hour - 12
    return f"NOON{hours:+d}", time.time() - 3600 * hours


def test_it_begins_at_a_time_of_day(sit: Sit) -> None:
    for seconds in (5, 20, 60):  # whatever a busy machine takes to start
        zone, now = noon()
        moment = time.time() + seconds
        clock = time.strftime("%H:%M:%S", time.gmtime(now + seconds))
        here = sit("--at", clock, TZ=zone)
        screen = here.first(lambda shown: re.search("begins at|Sit down softly", shown), "it never began")
        if f"begins at {clock.removesuffix(':00')} today" in screen:
            break
        here.press("q")
        assert here.ended() == 0
    else:
        pytest.fail("it takes a minute to start")
    assert "Short rest" in screen
    here.until("Sit down softly.")
    assert time.time() > moment - 1  # which seconds are cut off
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
        zone, now = noon()
        here = sit("--at", time.strftime("%H:%M", time.gmtime(now - 120)), TZ=zone)
        here.until("begins at", "tomorrow", "23:5", "q quit")
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
