"""The device's thread, with the null backend, and what is played meanwhile."""

from __future__ import annotations

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
    microphone = Microphone(Listener(lambda _speech: []), Played(44_100), lambda _word: None)
    microphone.open(miniaudio.Backend.NULL)
    time.sleep(0.3)
    assert microphone.fault == ""
    microphone.close()
    microphone.close()
