"""A voice that is never as long as estimated, and takes its time: on its own clock, if a test holds one."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from voiceguide.audio.clip import Clip
from voiceguide.engines.tone import ToneEngine
from voiceguide.errors import EngineError, EngineMissing
from voiceguide.model.script import Utterance

PATIENCE = 120.0
"""Seconds for what comes in an instant, on a machine that may let nobody work for a while."""
SPEAKER = "voiceguide-live"
"""The thread that speaks once a session has begun."""
Found = TypeVar("Found")


def until(there: Callable[[], Found]) -> Found:
    """What is there, once it is."""
    end = time.monotonic() + PATIENCE
    while not (found := there()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.001)
    return found


def never_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """For who hears an hour in a second: every plan is made again until it comes in time for that."""
    monkeypatch.setattr("voiceguide.pipeline.live.plan._TRIES", 60)


class Uneven(ToneEngine):
    """Speaks up to a fifth longer or shorter than estimated, and as slowly or badly as a test wants."""

    seconds = 0.0
    """That it takes to speak one second."""
    silent_about: frozenset[str] = frozenset()
    broken = False

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        if any(word in utterance.spoken for word in self.silent_about):
            raise EngineError("not this one")
        if self.broken:
            raise EngineMissing("it is gone", "bring it back")
        share = 0.85 + 0.35 * (len(utterance.spoken) % 11) / 10
        clip = super().speak(replace(utterance, rate=round(utterance.rate / share)), deadline)
        time.sleep(self.seconds * len(clip.samples) / clip.rate)
        return clip


class Clocked(Uneven):
    """Takes `pace` seconds for each second of speech, on a clock that stands from the session's beginning on.

    The listener moves it on; without a `listener` it goes on by itself. With `spread` some sentences take so much less
    or more of it; those that hold a word of `stuck` never end.
    """

    def __init__(self, pace: float, spread: float = 0.0) -> None:
        super().__init__()
        self.pace = pace
        self.spread = spread
        self.stuck: frozenset[str] = frozenset()
        self.now = 0.0
        self.busy_until = 0.0
        self.listener = True
        self.moved = threading.Condition()

    def monotonic(self) -> float:
        return self.now

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        clip = super().speak(utterance, deadline)
        share = 1 + self.spread * (len(utterance.spoken) % 7 / 3 - 1)
        stuck = any(word in utterance.spoken for word in self.stuck)
        with self.moved:
            self.busy_until = self.now + (1e5 if stuck else self.pace * share * len(clip.samples) / clip.rate)
            if not self.listener or threading.current_thread().name != SPEAKER:
                self.now = self.busy_until
            assert self.moved.wait_for(lambda: self.now >= self.busy_until, PATIENCE)
        return clip

    def pass_by(self, seconds: float, all_spoken: Callable[[], bool]) -> None:
        """The clock goes on, and whoever spoke meanwhile has done with it what is to be done."""
        with self.moved:
            self.now += seconds
            self.moved.notify_all()
        until(lambda: self.busy_until > self.now or all_spoken())

    def let_go(self) -> None:
        """Nobody waits for it any more."""
        self.listener = False
        self.pass_by(1e6, lambda: True)
