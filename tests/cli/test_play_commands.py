"""When it begins, what is asked without keys, and what is told where something cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from voiceguide import outputs
from voiceguide.cli import play as command
from voiceguide.cli import playing, screen, turns
from voiceguide.cli.screen.displays import Lines
from voiceguide.cli.turns import Turns
from voiceguide.errors import EngineError, OutputFailed, StorageError, UsageError
from voiceguide.model.live import Command, Status
from voiceguide.outputs.null import NullOutput

ROUTINE = "---\nbed: none\npauses: written\n---\n## Arrive\nLet go. [pause 0.5s]\nBreathe in. [pause 0.5s]\n"
Play = Callable[..., None]


def kept(folder: Path) -> int:
    return len(list(folder.glob("places/*.json")))


class AnHourAgo(datetime):
    """A clock on which it was asked for: whatever was prepared since took an hour."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) - timedelta(hours=1)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> str:
    """A time of day that comes while it is made ready."""
    monkeypatch.setattr(command, "datetime", AnHourAgo)
    return f"{AnHourAgo.now() + timedelta(minutes=1):%H:%M:%S}"


def test_a_moment_that_comes_while_it_is_made_ready_is_not_tomorrows(
    at: str, play: Play, capfd: pytest.CaptureFixture[str]
) -> None:
    play("--at", at, "--output", "null:fast")
    said = capfd.readouterr().out
    assert "begins at" not in said
    assert "finished" in said


class Flickers(NullOutput):
    """There when it is tried, gone when it is wanted, and there again."""

    openings = 0

    def open(self, rate: int, pull: Any) -> None:
        self.openings += 1
        if self.openings == 2:
            raise OutputFailed("there is no sound device")
        super().open(rate, pull)


def test_a_device_that_is_gone_at_the_moment_is_waited_for(
    at: str, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Flickers()
    monkeypatch.setattr(outputs, "make", lambda _name: device)
    play("--at", at)
    assert device.openings == 3
    assert device.consumed > 44_100


def test_tomorrow_is_today_after_midnight(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    moment, looks = datetime(2026, 3, 1, 7), 0
    clock = iter(moment.timestamp() + seconds for seconds in (-25_200, -25_199, 0))
    monkeypatch.setattr(screen, "time", SimpleNamespace(time=lambda: next(clock)))

    class Clock(datetime):
        @classmethod
        def now(cls, _tz: Any = None) -> datetime:
            nonlocal looks
            looks += 1
            return moment - timedelta(days=looks == 1)

    monkeypatch.setattr(playing, "datetime", Clock)
    terminal: Any = SimpleNamespace(take=lambda: True, events=lambda _seconds: [])
    assert playing._waited(moment, "Rest", Lines(captions=False, times=False, takes_keys=False), terminal) is None
    assert capfd.readouterr().out.splitlines() == [
        "Rest begins at 07:00 tomorrow, in 7:00:00",
        "Rest begins at 07:00 today, in 6:59:59",
    ]


@pytest.mark.parametrize("output", ["null:fast", "wav:a.wav"])
def test_what_never_ends_is_not_written(output: str, play: Play, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--repeat never ends"):
        play("--repeat", "--output", output)
    assert not (tmp_path / "a.wav").exists()


Asked = Callable[[Command], None]


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Asked, Callable[[], Status]]]:
    """What a desktop would press, and what it is told: once it may."""
    there: list[tuple[Asked, Callable[[], Status]]] = []

    @contextmanager
    def keys(press: Asked, status: Callable[[], Status]) -> Iterator[None]:
        there.append((press, status))
        yield

    monkeypatch.setattr(turns, "media_keys", keys)
    return there


class Opened(NullOutput):
    """Counts how often it was taken, and does something once a second was heard."""

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self.openings, self._do = 0, do

    def open(self, rate: int, pull: Any) -> None:
        self.openings += 1

        def heard(frames: int) -> Any:
            if rate <= self.consumed < rate + frames:
                self._do()
            return pull(frames)

        super().open(rate, heard)


@pytest.mark.parametrize(("asked", "goes_on"), [(Command.NEXT, True), (Command.KEEP, False), (Command.QUIT, False)])
def test_a_countdown_hears_the_desktop_and_hands_its_device_over(
    asked: Command,
    goes_on: bool,
    play: Play,
    desktop: list[tuple[Asked, Callable[[], Status]]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    titles: list[str] = []

    def press() -> None:
        titles.append(desktop[0][1]().title)
        desktop[0][0](asked)

    device = Opened(press)
    monkeypatch.setattr(outputs, "make", lambda _name: device)
    play("--start-in", "60s")
    said = capfd.readouterr().out
    assert titles == ["We begin soon"]
    assert ("Breathe in." in said) == goes_on
    assert device.openings == len(desktop) == 1
    assert device._stop.is_set()
    assert kept(tmp_path) == 0


def test_a_countdown_that_fails_is_no_beginning(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    from voiceguide.pipeline.live.lead import Countdown

    def broken(_self: Countdown, *_span: int) -> Any:
        raise EngineError("the bed is broken")

    device = Opened(lambda: monkeypatch.setattr(Countdown, "sound", broken))
    monkeypatch.setattr(outputs, "make", lambda _name: device)
    with pytest.raises(EngineError, match="the bed is broken"):
        play("--start-in", "60s")
    assert device._stop.is_set()


class Player:
    def __init__(self) -> None:
        self.pressed: list[Command] = []

    def press(self, asked: Command) -> None:
        self.pressed.append(asked)


def test_what_is_asked_goes_to_whose_turn_it_is() -> None:
    lead, session = Player(), Player()
    row: Any = Turns.__new__(Turns)
    row.session, row.players, row.now, row.left = session, (lead, session), lead, False
    for asked in (Command.HOLD, Command.GO_ON, Command.NEXT, Command.LOUDER):
        row.press(asked)
    assert (lead.pressed, row.left) == ([Command.HOLD, Command.GO_ON, Command.QUIT, Command.LOUDER], False)
    row.press(Command.KEEP)
    assert row.left
    row.now, row.left = session, False
    row.press(Command.NEXT)
    row.press(Command.KEEP)
    assert (session.pressed, row.left) == ([Command.NEXT, Command.KEEP], False)


def test_who_speaks_is_told_what_to_say() -> None:
    from voiceguide.listening.words import changes, command_in

    ears: Any = object()
    word = command_in([(turns._aloud(ears).strip('"'), -0.1)])
    assert changes(word) == (Command.GO_ON,)
    assert turns._aloud(None) == ""


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    """A folder that nobody can make, not even root."""
    (tmp_path / "file").write_text("")
    return str(tmp_path / "file" / "places")


def test_a_place_that_cannot_be_kept_is_told_before_it_is_wanted(
    nowhere: str, play: Play, capfd: pytest.CaptureFixture[str]
) -> None:
    play("--places-dir", nowhere, "--output", "null:fast")
    said = capfd.readouterr().out
    assert "warning: the place cannot be kept" in said
    assert "--places-dir" in said
    play("--output", "null:fast")
    assert "warning" not in capfd.readouterr().out


class Broken(Exception):
    pass


def test_a_place_that_is_lost_is_told_whatever_ends_it(
    nowhere: str, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.md").write_text(f"{ROUTINE}\n[pause 1m]\n")
    tell = Lines.tell

    def told(self: Lines, text: str) -> None:
        if "Breathe in" in text:
            time.sleep(0.2)
            raise Broken
        tell(self, text)

    monkeypatch.setattr(Lines, "tell", told)
    with pytest.raises(Broken):
        play("--places-dir", nowhere)
    assert "error: the place cannot be kept, 0:0" in capfd.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes a stream")
def test_a_closed_output_is_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(ROUTINE)
    words = "play mine.md --engine tone --output null:fast --plain --cache clips --places-dir places"
    done = subprocess.run(
        f"{sys.executable} -m voiceguide {words} >&- </dev/null",
        shell=True,
        cwd=tmp_path,
        env=os.environ,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("error", [StorageError("the disk is full", "make room"), EngineError("not this", "or that")])
def test_a_file_ends_with_the_error_itself(
    error: StorageError | EngineError, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voiceguide.pipeline.live.speaking import Voice

    speak = Voice.speak

    def failing(self: Voice, say: Any) -> None:
        if "Breathe" in say.text:
            self.failed[say.utterance] = error
        else:
            speak(self, say)

    monkeypatch.setattr(Voice, "speak", failing)
    with pytest.raises(type(error)) as raised:
        play("--output", "null:fast")
    assert (raised.value.message, raised.value.hint) == (error.message, error.hint)
