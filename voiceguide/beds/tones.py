"""Binaural and isochronic tones: a carrier, and a beat that may change over the session.

A beat that stays is a whole number of turns in a period, so it repeats exactly. One that changes goes from its first
value to its last on a straight line, and stays there when the session is longer than was said.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import clip_powers
from voiceguide.beds import LOUDNESS, Heard, Wish
from voiceguide.beds.loops import heard, period
from voiceguide.beds.parameters import DEFAULTS, Beat, beat

Places = NDArray[np.int64]
"""Frames from the beginning."""
_SECONDS = 900.0
"""Over which a beat changes when nobody knows how long the session is."""
_MEASURED = 10  # seconds
_PULSE_POWER = 3 / 8  # of a raised cosine
_PARTS = 16  # places at which a stretch of a pulse is looked at
_WIDE = 0.6  # radians between the ears of an isochronic tone, so that it does not sit inside the head


class _Tones:
    """What both have in common: exact phases, and a level."""

    def __init__(self, rate: int, wish: Wish | None = None) -> None:
        wish = wish or Wish()
        self._beat: Beat = beat(wish.parameter or DEFAULTS["binaural"])
        self._rate = rate
        self._length = wish.length or round(_SECONDS * rate)
        self._gain = np.float32(1.0)
        sample = self.at(0, _MEASURED * rate)
        found = heard(sample, rate)
        self._gain = np.float32(10 ** ((LOUDNESS - found.loudness) / 20))
        self.heard = Heard(LOUDNESS, found.loudest + LOUDNESS - found.loudness + 0.5)
        self._power = float(clip_powers(sample, rate).mean() * self._gain**2)

    @property
    def period(self) -> int | None:
        """That of all beds when the beat stays as it is."""
        return period(self._rate) if self._beat.first == self._beat.last else None

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        raise NotImplementedError

    def powers(self, size: int, count: int) -> NDArray[np.float64]:  # noqa: ARG002
        """The mean K-weighted power of each of its first `count` stretches of `size` frames."""
        return np.full(count, self._power)

    def _carrier(self, at: Places) -> NDArray[np.float64]:
        return _turns(self._beat.carrier, self._rate, at)

    def _beats(self, at: Places) -> NDArray[np.float64]:
        """The beat's phase in turns: of a whole number of them is only the rest left."""
        if self.period:
            return _turns(self._beat.first, self._rate, at)
        on_the_way = np.minimum(at, self._length).astype(np.float64)
        slope = (self._beat.last - self._beat.first) / (2 * self._length)
        turns = (self._beat.first + slope * on_the_way) * on_the_way + self._beat.last * (at - on_the_way)
        return turns / self._rate % 1.0


class Binaural(_Tones):
    """The carrier on the left, and on the right the carrier and the beat. It needs headphones."""

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        at = np.arange(start, start + frames, dtype=np.int64)
        carrier = self._carrier(at)
        lanes = np.empty((frames, 2), np.float32)
        lanes[:, 0] = _sine(carrier)
        lanes[:, 1] = _sine(carrier + self._beats(at))
        lanes *= self._gain
        return lanes


class Isochronic(_Tones):
    """The carrier, rising and falling with the beat."""

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        at = np.arange(start, start + frames, dtype=np.int64)
        carrier, pulse = self._carrier(at), self._pulse(at).astype(np.float32)
        lanes = np.empty((frames, 2), np.float32)
        for ear, phase in enumerate((0.0, _WIDE / (2 * np.pi))):
            lanes[:, ear] = _sine(carrier + phase) * pulse
        lanes *= self._gain
        return lanes

    def powers(self, size: int, count: int) -> NDArray[np.float64]:
        """The mean K-weighted power of each of its first `count` stretches of `size` frames."""
        parts = np.arange(count * _PARTS, dtype=np.int64) * size // _PARTS + size // (2 * _PARTS)
        pulses = self._pulse(parts).reshape(count, _PARTS)
        own: NDArray[np.float64] = np.mean(pulses**2, axis=1) * (self._power / _PULSE_POWER)
        return own

    def _pulse(self, at: Places) -> NDArray[np.float64]:
        risen: NDArray[np.float64] = 0.5 - 0.5 * np.cos(2 * np.pi * self._beats(at))
        return risen


def _turns(hertz: float, rate: int, at: Places) -> NDArray[np.float64]:
    """The phase of a steady tone in turns below 1, by whole numbers: it never drifts."""
    whole = period(rate)
    in_a_period = round(hertz * whole / rate)
    turns: NDArray[np.float64] = at % whole * in_a_period % whole / whole
    return turns


def _sine(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = np.sin(2 * np.pi * turns)
    return wave
