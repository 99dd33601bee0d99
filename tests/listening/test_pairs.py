"""What is played and what is heard stay side by side, however long nobody takes them."""

from __future__ import annotations

import threading
import time

import numpy as np

from voiceguide.listening.echo import RATE
from voiceguide.listening.pairs import LEAD, OLDEST, Pairs, Played

PIECE = 800


def heard_and_played(seconds: float) -> tuple[Pairs, Played]:
    """A row to which a sound was added that a microphone hears at once; each sample tells its own place."""
    played = Played(RATE)
    pairs = Pairs(played)
    places = np.arange(1, round(seconds * RATE) + 1, dtype=np.float64)
    for at in range(0, len(places), PIECE):
        played._kept = np.concatenate((played._kept, places[at : at + PIECE]))
        pairs.add(places[at : at + PIECE])
    return pairs, played


def test_a_recogniser_that_is_slow_finds_the_last_seconds_still_side_by_side() -> None:
    pairs, _ = heard_and_played(OLDEST + 7)
    taken = []
    while (pair := pairs.take(0)) is not None:
        taken.append(pair)
    assert sum(len(pair.heard) for pair in taken) <= OLDEST * RATE
    assert taken[-1].played[-1] == (OLDEST + 7) * RATE
    for pair in taken:
        assert np.all(pair.played - pair.heard == round(LEAD * RATE))
    assert [pair.goes_on for pair in taken] == [False] + [True] * (len(taken) - 1)


def test_a_recogniser_that_keeps_up_loses_nothing() -> None:
    played = Played(RATE)
    pairs = Pairs(played)
    for _ in range(round(3 * OLDEST * RATE / PIECE)):
        pairs.add(np.zeros(PIECE))
        pair = pairs.take(0)
        assert pair is not None
        assert pair.goes_on
    assert pairs.take(0) is None


def test_another_device_does_not_go_on_where_the_last_one_ended() -> None:
    pairs, _ = heard_and_played(0.05)
    pairs.begin()
    pairs.add(np.ones(PIECE))
    pairs.add(np.ones(PIECE))
    taken = [pairs.take(0) for _ in range(3)]
    assert [pair.goes_on for pair in taken if pair] == [True, False, True]
    assert taken[1] is not None
    assert not taken[1].heard.any(), "what the lost device heard last is not put before it"


def test_what_is_taken_is_waited_for() -> None:
    pairs = Pairs(Played(RATE))
    began = time.monotonic()
    assert pairs.take(0.05) is None
    assert time.monotonic() - began > 0.04
    threading.Timer(0.05, lambda: pairs.add(np.ones(PIECE))).start()
    assert pairs.take(20) is not None
