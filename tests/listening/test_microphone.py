"""The device's thread, with the null backend, and what is played meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

from voiceguide.errors import OutputFailed
from voiceguide.listening import READY, Listener, Microphone, Played, microphone
from voiceguide.listening.echo import RATE, Signal


def test_what_is_played_is_given_once_at_the_rate_of_the_recogniser() -> None:
    played = Played(48_000)
    tone = np.sin(2 * np.pi * 440 * np.arange(4_800) / 48_000).astype(np.float32)
    for at in range(0, 4_800, 480):
        played.add(np.repeat(tone[at : at + 480, None], 2, axis=1))
    taken = played.take(1_000)
    assert np.max(np.abs(taken)) == pytest.approx(1, abs=0.05)
    played.take(RATE)
    assert not np.any(played.take(100))


def test_what_was_played_too_long_ago_is_let_go() -> None:
    played = Played(16_000)
    played.add(np.ones((RATE * 3, 2), np.float32))
    played.take(1)
    assert np.count_nonzero(played.take(RATE)) <= 0.31 * RATE


def test_a_microphone_hears_and_is_let_go() -> None:
    miniaudio = pytest.importorskip("miniaudio")
    played, told = Played(44_100), list[str]()
    made = threading.Event()

    def listener() -> Listener:
        made.set()
        return Listener(lambda _speech: [])

    ear = Microphone(listener, played, told.append, told.append)
    ear.open(miniaudio.Backend.NULL)
    time.sleep(0.1)
    assert not made.is_set(), "a recogniser is loaded once something is played"
    played.add(np.zeros((441, 2), np.float32))
    assert made.wait(20)
    time.sleep(0.3)
    assert (ear.fault, told) == ("", [])
    ear.close()
    ear.close()


def test_what_goes_wrong_while_it_listens_is_told() -> None:
    miniaudio = pytest.importorskip("miniaudio")
    played, told = Played(44_100), list[str]()

    def broken() -> Listener:
        raise RuntimeError("the model is damaged")

    ear = Microphone(broken, played, told.append, told.append)
    ear.open(miniaudio.Backend.NULL)
    played.add(np.zeros((441, 2), np.float32))
    end = time.monotonic() + 20
    while not told and time.monotonic() < end:
        time.sleep(0.02)
    ear.close()
    assert told == ["listening failed: the model is damaged"] == [ear.fault]


class Device:
    """In the place of miniaudio's: gives noise until it is pulled out, and opens only while it is plugged in."""

    plugged, opened, closed = True, 0, 0

    def __init__(self, *_words: Any, **_more: Any) -> None:
        if not Device.plugged:
            import miniaudio

            raise miniaudio.MiniaudioError("failed to init device", -1)
        Device.opened += 1
        self._over = threading.Event()

    def start(self, frames: Generator[None, bytes, None]) -> None:
        threading.Thread(target=self._run, args=(frames,), daemon=True).start()

    def close(self) -> None:
        Device.closed += 1
        self._over.set()

    def _run(self, frames: Generator[None, bytes, None]) -> None:
        noise = np.random.default_rng(1).integers(-9, 9, RATE // 20, np.int16).tobytes()
        while Device.plugged and not self._over.wait(0.01):
            frames.send(noise)


class Told:
    """A listener that is as it is told to be, and keeps what it is given."""

    ready = unsure = deaf = False
    skipped = 0

    def __init__(self) -> None:
        self.heard: list[Signal] = []

    def listen(self, _played: Signal, heard: Signal) -> list[str]:
        self.heard.append(heard)
        return []

    def skip(self) -> None:
        self.skipped += 1


@pytest.fixture
def pluggable(monkeypatch: pytest.MonkeyPatch) -> type[Device]:
    """A microphone that can be pulled out, watched ten times as impatiently as in earnest."""
    miniaudio = pytest.importorskip("miniaudio")
    monkeypatch.setattr(miniaudio, "CaptureDevice", Device)
    for name in ("PATIENCE", "AT_FIRST", "RETRY", "_TICK"):
        monkeypatch.setattr(microphone, name, getattr(microphone, name) / 10)
    monkeypatch.setattr(Device, "plugged", True)
    monkeypatch.setattr(Device, "opened", 0)
    monkeypatch.setattr(Device, "closed", 0)
    return Device


def opened(listener: Any, told: list[str]) -> Microphone:
    played = Played(44_100)
    ear = Microphone(lambda: listener, played, told.append, told.append)
    ear.open()
    played.add(np.zeros((441, 2), np.float32))
    return ear


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_microphone_that_is_pulled_out_is_told_once_and_heard_again(pluggable: type[Device]) -> None:
    told, listener = list[str](), Told()
    ear = opened(listener, told)
    until(lambda: listener.heard)
    pluggable.plugged = False
    until(lambda: told)
    time.sleep(1.5)
    assert told == [microphone.GONE], "attempts are quiet"
    assert listener.skipped == 0
    before = len(listener.heard)
    pluggable.plugged = True
    until(lambda: len(told) > 1 and len(listener.heard) > before)
    assert told == [microphone.GONE, microphone.BACK]
    assert listener.skipped == 1, "the canceller knows that something is missing"
    assert pluggable.opened == 2
    ear.close()
    assert pluggable.closed == 2
    assert ear.fault == ""


def test_a_device_that_opens_and_gives_nothing_is_tried_again(pluggable: type[Device]) -> None:
    told, listener = list[str](), Told()
    run, Device._run = Device._run, lambda *_: None  # type: ignore[method-assign]
    try:
        ear = opened(listener, told)
        until(lambda: pluggable.opened >= 3)
        assert told == [microphone.GONE]
    finally:
        Device._run = run  # type: ignore[method-assign]
    until(lambda: len(told) > 1)
    assert told == [microphone.GONE, microphone.BACK]
    ear.close()
    assert pluggable.opened == pluggable.closed


def test_a_listener_that_fails_to_take_its_time_is_no_lost_microphone(pluggable: type[Device]) -> None:  # noqa: ARG001
    class Slow(Told):
        def listen(self, played: Signal, heard: Signal) -> list[str]:
            if not self.heard:
                time.sleep(1)
            return super().listen(played, heard)

    told, listener = list[str](), Slow()
    ear = opened(listener, told)
    until(lambda: len(listener.heard) > 50)
    ear.close()
    assert told == []


def test_that_it_listens_or_cannot_is_told_once(pluggable: type[Device]) -> None:  # noqa: ARG001
    told, listener = list[str](), Told()
    ear = opened(listener, told)
    for state, expected in (
        ({"unsure": True}, [microphone.UNSURE]),
        ({"unsure": False, "ready": True}, [microphone.UNSURE, READY]),
        ({"unsure": True, "ready": False}, [microphone.UNSURE, READY]),
    ):
        for name, value in state.items():
            setattr(listener, name, value)
        until(lambda expected=expected: told == expected)
        time.sleep(0.1)
        assert told == expected
    ear.close()


def test_a_muted_microphone_is_told_as_such(pluggable: type[Device]) -> None:  # noqa: ARG001
    told, listener = list[str](), Told()
    listener.unsure = listener.deaf = True
    ear = opened(listener, told)
    until(lambda: told)
    ear.close()
    assert told == [microphone.MUTED]


def test_where_there_is_no_microphone_none_is_made_up(pluggable: type[Device]) -> None:
    pluggable.plugged = False
    with pytest.raises(OutputFailed, match="there is no microphone"):
        opened(Told(), [])


def test_silence_in_place_of_a_sound_system_is_never_chosen() -> None:
    miniaudio = pytest.importorskip("miniaudio")
    assert miniaudio.Backend.NULL not in microphone._real(miniaudio)
