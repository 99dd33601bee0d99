"""The device's thread, with the null backend, and what is played meanwhile."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from voiceguide.listening import Listener, Microphone, Played
from voiceguide.listening.echo import RATE


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

    microphone = Microphone(listener, played, told.append, told.append)
    microphone.open(miniaudio.Backend.NULL)
    time.sleep(0.1)
    assert not made.is_set(), "a recogniser is loaded once something is played"
    played.add(np.zeros((441, 2), np.float32))
    assert made.wait(20)
    time.sleep(0.3)
    assert (microphone.fault, told) == ("", [])
    microphone.close()
    microphone.close()


def test_what_goes_wrong_while_it_listens_is_told() -> None:
    miniaudio = pytest.importorskip("miniaudio")
    played, told = Played(44_100), list[str]()

    def broken() -> Listener:
        raise RuntimeError("the model is damaged")

    microphone = Microphone(broken, played, told.append, told.append)
    microphone.open(miniaudio.Backend.NULL)
    played.add(np.zeros((441, 2), np.float32))
    end = time.monotonic() + 20
    while not told and time.monotonic() < end:
        time.sleep(0.02)
    microphone.close()
    assert told == ["listening failed: the model is damaged"] == [microphone.fault]
