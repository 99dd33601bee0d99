"""Takes what a session plays out of what a microphone hears.

A partitioned-block frequency-domain adaptive filter with overlap-save and constrained gradient: Soo and Pang,
"Multidelay block frequency domain adaptive filter", IEEE Trans. ASSP 38 (1990), with a normalised step.

Somebody who speaks disturbs such a filter. It therefore learns a second late, from the blocks around which nobody
turned out to speak (from all, until it knows the room for the first time). After five seconds without such a block it
learns all the same, since then the room has changed.

With headphones there is no echo, and nothing to learn. Where enough was played and no echo was found, the microphone
is apart, and is heard as it is.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
Spectra = NDArray[np.complex128]

RATE = 16_000
"""Hz of both signals: what recognisers take."""
BLOCK = 256
"""Samples in a block: 16 ms."""
PARTS = 40
"""Blocks that the filter spans: 0.64 s, for the way through the device and the room."""
STEP, FIRST_STEP = 0.25, 0.8
"""Of the normalised adaptation, when the room is learnt and before: 0.6 would leave 4 dB more of the echo for good."""
ABOVE = 6.0
"""Times the power that is expected of the echo's rest and the room's noise: more is somebody speaking."""
LEARNT, LOST = 0.15, 0.3
"""Shares of the echo's power that may be left when recognition begins, and at which it ends."""
AUDIBLE = 1e-5
"""The power of a block in which something is played: softer than any background that can be heard."""
APART = 15.0
"""Seconds of sound without an echo, after which there is none."""
UNSURE = 40.0
"""Seconds of sound in which a room should be known."""
_ENOUGH = round(APART * RATE / BLOCK)
_FOUND = 3  # blocks without an echo that one with an echo outweighs
_TRIED = round(5.0 * RATE / BLOCK)  # blocks that a room is learnt from anew: its voice after its background
_LATE = round(1.0 * RATE / BLOCK)
_GUARD = round(0.3 * RATE / BLOCK)  # blocks before and after speech that are not learnt from
_PATIENCE = round(5.0 * RATE / BLOCK)
_TINY = 1e-12


class EchoCanceller:
    """One microphone and one loudspeaker."""

    def __init__(self) -> None:
        self._filter: Spectra = np.zeros((PARTS, BLOCK + 1), np.complex128)
        self._now, self._then = _Delayed(), _Delayed()
        self._late: deque[tuple[Signal, Signal, bool]] = deque()
        self._noise = np.zeros(BLOCK + 1)
        self._envelope, self._floor = 0.0, 1.0
        self._unheard, self._waited = _GUARD, 0
        self._first, self._learnt, self._apart = True, False, False
        self._silent = self._astray = PARTS
        self._deaf = True
        self._judged, self._without, self._unknown = _TRIED, 0, 0
        self.leak = 1.0
        """Share of the echo's power that is left."""

    @property
    def learnt(self) -> bool:
        """Whether it knows the room."""
        return self._learnt

    @property
    def apart(self) -> bool:
        """Whether nothing of what is played reaches the microphone, as with headphones."""
        return self._apart and not self._learnt

    @property
    def clear(self) -> bool:
        """Whether what is left can be recognised: it knows the room, nothing reaches it, or nothing is played in it."""
        return self._learnt or self._apart or self._silent >= PARTS

    @property
    def unsure(self) -> bool:
        """Whether much was played, and the room is not known all the same."""
        return self._unknown * BLOCK >= UNSURE * RATE

    @property
    def deaf(self) -> bool:
        """Whether nothing was ever heard, not even noise: the microphone is muted."""
        return self._deaf

    def block(self, played: Signal, heard: Signal) -> tuple[Signal, bool]:
        """What is left of `heard`, BLOCK samples, without `played`; and whether somebody speaks there."""
        echo = self._now.through(self._filter, played)
        self._silent = self._silent + 1 if not played.any() else 0
        self._deaf = self._deaf and not heard.any()
        if self._astray < PARTS:
            self._astray += 1
            self._then.through(self._filter, played)
            return np.zeros(BLOCK), False
        left = heard if self.apart else heard - echo
        power, echoed = _power(left), _power(echo)
        self._envelope = max(echoed, 0.8 * self._envelope)
        self._floor = self._floor * 1.002 if power > self._floor else max(0.9 * self._floor + 0.1 * power, _TINY)
        speaks = power > ABOVE * (self.leak * self._envelope + 2 * self._floor)
        self._late.append((played, heard, speaks))
        if len(self._late) > _LATE:
            self._look_back(*self._late.popleft())
        return left, speaks

    def skip(self) -> None:
        """Something was not heard: what was played before the next block is not known."""
        self._late.clear()
        self._astray = 0

    def mistaken(self) -> None:
        """What was played was found in what is left: the room is not what it seemed to be."""
        if self._learnt or self._apart:
            self.leak, self._first, self._judged = 1.0, True, 0
        self._learnt = self._apart = False
        self._without = 0

    def _look_back(self, played: Signal, heard: Signal, spoke: bool) -> None:
        left = heard - self._then.through(self._filter, played)
        self._unheard = 0 if spoke else self._unheard + 1
        soon = any(speaks for _, _, speaks in list(self._late)[:_GUARD])
        echoed = _power(heard - left)
        self._look_for_echo(_power(played) > AUDIBLE, _power(heard), _power(left), echoed)
        if self._first or (not soon and self._unheard >= _GUARD):
            self._waited = 0
        elif self._waited < _PATIENCE:
            self._waited += 1
            return
        self._judge(_power(left), echoed)
        self._learn(left)

    def _look_for_echo(self, audible: bool, heard: float, left: float, echoed: float) -> None:
        """Counts blocks with sound: without an echo, and in which the room was not known. Takes powers."""
        self._unknown = 0 if self._learnt or self._apart else self._unknown + audible
        if self._learnt:
            self._apart, self._without = False, 0
        elif echoed <= 2 * ABOVE * self._floor:
            self._without = min(self._without + (audible and not self._deaf), _ENOUGH)
            self._apart = self._apart or self._without == _ENOUGH
            self._first = self._first and not self._apart
        elif left < 0.5 * heard:  # what is foretold is really there
            self._without = max(0, self._without - _FOUND)
            self._apart = self._apart and self._without > 0

    def _judge(self, power: float, echoed: float) -> None:
        if echoed > 4 * self._floor:
            share = min(power / (echoed + _TINY), 1.0)
            self.leak += (0.02 if share < self.leak else 0.01) * (share - self.leak)
            self._judged += 1
            self._learnt = self._judged > _TRIED and self.leak < (LOST if self._learnt else LEARNT)

    def _learn(self, left: Signal) -> None:
        error = np.fft.rfft(np.concatenate((np.zeros(BLOCK), left)))
        self._noise = 0.9 * self._noise + 0.1 * np.abs(error) ** 2
        spectra = self._then.spectra
        power = np.sum(np.abs(spectra) ** 2, axis=0) + self._noise + 1e-6
        step = FIRST_STEP if self._first else STEP
        self._first = self._first and not self.learnt
        gradient = np.fft.irfft(step * np.conj(spectra) * error / power, axis=1)
        gradient[:, BLOCK:] = 0
        self._filter += np.fft.rfft(gradient, axis=1)


class _Delayed:
    """The spectra of what was played last, the newest first."""

    def __init__(self) -> None:
        self.spectra: Spectra = np.zeros((PARTS, BLOCK + 1), np.complex128)
        self._before = np.zeros(BLOCK)

    def through(self, response: Spectra, played: Signal) -> Signal:
        """The echo of one block more."""
        self.spectra[1:] = self.spectra[:-1]
        self.spectra[0] = np.fft.rfft(np.concatenate((self._before, played)))
        self._before = played
        return np.fft.irfft(np.sum(response * self.spectra, axis=0))[BLOCK:]


def _power(signal: Signal) -> float:
    return float(signal @ signal) / len(signal)
