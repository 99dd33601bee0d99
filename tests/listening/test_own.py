"""The session is found again in what is heard of it, and nobody else is taken for it."""

from __future__ import annotations

import numpy as np
import pytest

from voiceguide.listening.echo import RATE, Signal
from voiceguide.listening.own import LATEST, is_own


def voice(seed: int, seconds: float) -> Signal:
    """Syllables of noise, louder below 1 kHz, as a voice is."""
    chance, moments = np.random.default_rng(seed), np.arange(round(seconds * RATE)) / RATE
    spectrum = np.fft.rfft(chance.standard_normal(len(moments)))
    spectrum /= 1 + np.fft.rfftfreq(len(moments), 1 / RATE) / 500
    return np.fft.irfft(spectrum, len(moments)) * np.abs(np.sin(2 * np.pi * 2 * moments + seed))


def in_a_room(signal: Signal, late: float) -> Signal:
    """A direct sound, and an echo with four times its power."""
    chance = np.random.default_rng(9)
    tail = chance.standard_normal(4000) * 10 ** (-3 * np.arange(4000) / 4000)
    tail *= 2 / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    size = 1 << (len(signal) + len(tail)).bit_length()
    heard = np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(tail, size), size)
    return np.pad(heard, (round(late * RATE), 0))[: len(signal)]


@pytest.mark.parametrize("late", [0.0, 0.15, 0.6, 2.0])
@pytest.mark.parametrize("sign", [1, -1], ids=["heard", "subtracted in vain"])
def test_the_session_is_found_however_late_it_is_heard(late: float, sign: int) -> None:
    played = voice(1, LATEST + 1.5)
    heard = sign * in_a_room(played, late)[round(LATEST * RATE) :]
    assert is_own(heard, played)


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.8])
def test_somebody_else_is_not_the_session(seconds: float) -> None:
    for seed in range(2, 8):
        assert not is_own(voice(seed, seconds), voice(1, LATEST + seconds))


def test_somebody_over_what_is_left_of_the_session_is_not_the_session() -> None:
    played = voice(1, LATEST + 1)
    left = in_a_room(played, 0.15)[round(LATEST * RATE) :]
    assert not is_own(voice(2, 1) + 0.05 * left, played)


def test_a_hum_in_both_is_no_voice() -> None:
    hum = np.sin(2 * np.pi * 220 * np.arange(round((LATEST + 1) * RATE)) / RATE)
    played, heard = voice(1, LATEST + 1) + hum, voice(2, 1) + hum[-RATE:]
    assert not is_own(heard, played)


def test_nothing_is_found_where_nothing_was_played() -> None:
    assert not is_own(voice(1, 1), np.zeros(3 * RATE))
    assert not is_own(voice(1, 1), np.zeros(0))
