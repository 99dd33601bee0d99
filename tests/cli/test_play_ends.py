"""However a session ends, its place is kept; and nobody is waited for who cannot answer."""

import io
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from voiceguide import outputs
from voiceguide.cli import playing
from voiceguide.cli.screen import Left
from voiceguide.cli.screen.displays import FullScreen, Lines
from voiceguide.cli.screen.terminal import Terminal
from voiceguide.errors import OutputFailed, StorageError
from voiceguide.outputs.null import NullOutput
from voiceguide.outputs.wav import WavOutput
from voiceguide.settings import Settings

ROUTINE = "---\nbed: none\npauses: written\n---\nLet go. [pause 1m]\nBreathe in. [pause 1m]\nBreathe out. [pause 1m]\n"
LONG = 60.0
"""Seconds for what comes in an instant, on a machine that may let nobody work for a while."""


def kept(folder: Path) -> int:
    return len(list(folder.glob("places/*.json")))


class Broken(Exception):
    pass


def raises_while_it_is_heard(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told the first sentence fails, but not before something of it was heard."""
    output = NullOutput()

    def tell(self: Lines, text: str) -> None:  # noqa: ARG001
        if "Let go" in text:
            end = time.monotonic() + LONG
            while not output.consumed and time.monotonic() < end:
                time.sleep(0.01)
            raise error

    monkeypatch.setattr(outputs, "make", lambda _name: output)
    monkeypatch.setattr(Lines, "tell", tell)


@pytest.mark.parametrize("error", [BrokenPipeError(), Broken(), SystemExit(143)], ids=["pipe", "bug", "second signal"])
def test_whatever_is_raised_while_it_plays_the_place_is_kept(
    error: BaseException, play: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raises_while_it_is_heard(error, monkeypatch)
    with pytest.raises(type(error)):
        play()
    assert kept(tmp_path) == 1


def test_ctrl_c_twice_keeps_nothing(play: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raises_while_it_is_heard(SystemExit(130), monkeypatch)
    with pytest.raises(SystemExit):
        play()
    assert kept(tmp_path) == 0


def test_a_file_that_cannot_be_finished_keeps_the_place(
    play: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = WavOutput._write

    def full(self: WavOutput, file: Any, rate: int, pull: Any, stop: Any) -> None:
        def until_full(frames: int) -> Any:
            if self.consumed > 5 * rate:
                raise OSError(28, "No space left on device")
            return pull(frames)

        write(self, file, rate, until_full, stop)

    monkeypatch.setattr(WavOutput, "_write", full)
    with pytest.raises(StorageError):
        play("--output", "wav:heard.wav")
    assert kept(tmp_path) == 1
    assert not (tmp_path / "heard.wav").exists()


@pytest.mark.parametrize(("number", "keeps"), [(signal.SIGTERM, 1), (signal.SIGINT, 0), (0, 0)])
def test_an_accident_keeps_the_place_though_the_player_is_too_busy_to_hear_of_it(number: int, keeps: int) -> None:
    places: list[int] = []
    session = SimpleNamespace(
        keep=lambda _timeline, at: places.append(at) or at, again=lambda: ["voiceguide"], forget=lambda: None
    )
    busy = SimpleNamespace(outcome=SimpleNamespace(kept=False, fault=None, position=500, sentence=400))
    display = Lines(captions=False, times=False, takes_keys=False, silent=True)
    timeline = SimpleNamespace(length=1000, rate=100)
    playing._settle(session, busy, timeline, Left(number), display)  # type: ignore[arg-type]
    assert places == [400] * keeps


def test_twice_quiet_says_nothing(play: Callable[..., None], capfd: pytest.CaptureFixture[str]) -> None:
    play("--output", "null:fast", "-qq")
    assert capfd.readouterr() == ("", "")


class Mute(NullOutput):
    """A device that does not answer before it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def open(self, rate: int, pull: Any) -> None:  # noqa: ARG002
        self.may.wait(LONG)


@pytest.mark.parametrize("words", [(), ("--at", "0:00")])
def test_a_device_that_does_not_answer_ends_it(
    words: tuple[str, ...], play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceguide.player.taking.ANSWER", 0.1)
    device = Mute()
    monkeypatch.setattr(outputs, "make", lambda _name: device)
    with pytest.raises(OutputFailed, match="the sound device does not answer") as raised:
        play(*words)
    device.may.set()
    assert raised.value.exit_code == 69
    assert "voiceguide render mine.md" in raised.value.hint


class Screen(io.StringIO):
    def __init__(self, there: bool) -> None:
        super().__init__()
        self._there = there

    def isatty(self) -> bool:
        return self._there


@pytest.mark.parametrize(("keyboard", "screen"), [(True, True), (False, True), (True, False)])
def test_the_whole_screen_is_for_somebody_who_sits_at_it(
    keyboard: bool, screen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdin", Screen(keyboard))
    monkeypatch.setattr(sys, "stdout", Screen(screen))
    display = playing.display(Settings(), None, plain=False)
    assert isinstance(display, FullScreen) == (keyboard and screen)
    assert playing._has_keys(display) == (keyboard and screen)


def test_who_cannot_press_a_key_is_not_asked(play: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bool] = []

    class Asked(NullOutput):
        def __init__(self) -> None:
            super().__init__("fast")

    from voiceguide import player

    class Watched(player.Player):
        def __init__(self, *words: Any, **more: Any) -> None:
            answers.append(more["answers"])
            super().__init__(*words, **more)

    monkeypatch.setattr(player, "Player", Watched)
    monkeypatch.setattr(outputs, "make", lambda _name: Asked())
    play("--plain")
    assert answers == [False]


def test_a_second_signal_is_decisive_though_nobody_has_taken_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("voiceguide.cli.screen.terminal.time.monotonic", lambda: now)
    terminal = Terminal(keys=False)
    terminal._heard(signal.SIGTSTP, None)
    terminal._heard(signal.SIGTERM, None)
    terminal._heard(signal.SIGTERM, None)  # of one terminal that closes
    now += 1
    terminal._heard(signal.SIGTSTP, None)
    with pytest.raises(SystemExit) as left:
        terminal._heard(signal.SIGINT, None)
    assert left.value.code == 130
