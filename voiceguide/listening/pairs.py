"""What is played and what is heard of it, side by side, from the threads of the devices to the listener's."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from threading import Condition, Event, Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceguide.listening.echo import RATE, Signal

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples

LEAD = 0.1
"""Seconds by which what is heard is held back: what was played must never come after its own echo."""
AHEAD = 0.3
"""Seconds by which what was played may run before what is heard: twice what the devices hold. More is let go."""
OLDEST = 5.0
"""Seconds of sound that wait for a recogniser that takes its time. A command that is older comes too late."""


class Played:
    """What the loudspeaker is given, as mono at 16 kHz. Written on the device's thread, read on the microphone's."""

    def __init__(self, rate: int) -> None:
        import soxr

        self._mono: Any = soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        self._kept = np.zeros(0)
        self._lock = Lock()
        self.begun = Event()
        """Set with the first sound."""

    def add(self, samples: Samples) -> None:
        """float32 of shape (frames, 2), at the session's rate."""
        mono = self._mono.resample_chunk(np.ascontiguousarray(samples.mean(axis=1)))
        with self._lock:
            self._kept = np.concatenate((self._kept, mono))[-round(2 * AHEAD * RATE) :]
        self.begun.set()

    def take(self, samples: int) -> Signal:
        """The next `samples`; silence where nothing was played."""
        with self._lock:
            taken, self._kept = self._kept[:samples], self._kept[samples:]
            excess = len(self._kept) - round(AHEAD * RATE)
            self._kept = self._kept[max(0, excess) :]
        return np.pad(taken, (0, samples - len(taken)))


@dataclass(frozen=True, slots=True)
class Pair:
    """As much of what was played as of what was heard, mono at 16 kHz."""

    played: Signal
    heard: Signal
    goes_on: bool
    """Whether nothing is missing between the pair before and this one."""


class Pairs:
    """A row of pairs that holds the last `OLDEST` seconds: older ones leave it together, so they never part."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self._row: deque[Pair] = deque()
        self._samples = 0
        self._goes_on = True
        self._held_back = np.zeros(round(LEAD * RATE))
        self._added = Condition()

    def begin(self) -> None:
        """What will be heard does not go on from what was heard last: another device."""
        self._held_back = np.zeros(round(LEAD * RATE))
        self._goes_on = False

    def add(self, heard: Signal) -> None:
        """The next piece that was heard."""
        both = np.concatenate((self._held_back, heard))
        heard, self._held_back = both[: len(heard)], both[len(heard) :]
        pair = Pair(self._played.take(len(heard)), heard, self._goes_on)
        self._goes_on = True
        with self._added:
            self._row.append(pair)
            self._samples += len(heard)
            while self._samples > OLDEST * RATE and len(self._row) > 1:
                self._samples -= len(self._row.popleft().heard)
                self._row[0] = replace(self._row[0], goes_on=False)
            self._added.notify()

    def take(self, seconds: float) -> Pair | None:
        """The oldest pair, waited for no longer than `seconds`."""
        with self._added:
            if not self._added.wait_for(lambda: self._row, seconds):
                return None
            pair = self._row.popleft()
            self._samples -= len(pair.heard)
            return pair
