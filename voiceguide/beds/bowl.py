"""A singing bowl, struck again and again, now a little softer and now a little harder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.bells import BOWL, struck
from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import clip_powers
from voiceguide.beds import LOUDNESS, Heard, Wish
from voiceguide.beds.loops import heard
from voiceguide.beds.parameters import BOWL_OCTAVES, note
from voiceguide.model.units import Millis, to_frames

_EVERY = Millis(30_000)
_LONGER = 3.0  # times as long as the bowl among the bells rings: it has the time
_SECONDS = 28.0
_STROKES = (0.0, -2.0, -0.7, -2.8, -1.2, -0.3, -2.4)
"""Decibels, one stroke after the other."""
_POWERS = 10 ** (np.array(_STROKES) / 10)
_FIRST = 2.0  # seconds after the beginning of a session


class Bowl:
    """The bowl at a rate in Hz."""

    def __init__(self, rate: int, wish: Wish | None = None) -> None:
        wish = wish or Wish()
        self._rate = rate
        self._every = to_frames(wish.every if wish.every is not None else _EVERY, rate)
        self._first = round(_FIRST * rate)
        stroke = BOWL.lasting(_LONGER, _SECONDS)
        if wish.parameter:
            stroke = stroke.tuned(note(wish.parameter, BOWL_OCTAVES, 3) / stroke.partials[0].frequency)
        self._ring = struck(stroke, rate)
        self._ring *= _gain(heard(self.at(self._first, min(self._every, len(self._ring))), rate).loudness)
        whole = heard(self.at(self._first, min(len(_STROKES) * self._every, 120 * rate)), rate)
        self.heard = Heard(LOUDNESS, whole.loudest + LOUDNESS - whole.loudness)
        self._ring *= _gain(whole.loudness)

    @property
    def period(self) -> int:
        """Frames from a stroke to the next that is just as hard."""
        return len(_STROKES) * self._every

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`. It has been ringing for ever."""
        block = np.zeros((frames, 2), np.float32)
        earliest = (start - self._first - len(self._ring)) // self._every
        latest = (start + frames - self._first) // self._every
        for stroke in range(earliest, latest + 1):
            begin = self._first + stroke * self._every - start
            first, last = max(0, begin), min(frames, begin + len(self._ring))
            if first < last:
                level = np.float32(10 ** (_STROKES[stroke % len(_STROKES)] / 20))
                block[first:last] += self._ring[first - begin : last - begin] * level
        return block

    def powers(self, size: int, count: int) -> NDArray[np.float64]:
        """The mean K-weighted power of each of its first `count` stretches of `size` frames."""
        own = clip_powers(self._ring, self._rate)
        nodes = np.linspace(0, len(self._ring), len(own) + 1)
        sums = np.concatenate(([0.0], np.cumsum(own))) * (len(self._ring) / len(own))
        edges = np.arange(count + 1, dtype=np.int64) * size - self._first
        whole = np.zeros(count)
        for back in range(-(-len(self._ring) // self._every) + 1):
            stroke = edges // self._every - back
            # A stretch belongs to the stroke before its beginning; one that a stroke falls into is nearly right.
            since = edges[:-1] - stroke[:-1] * self._every
            levels = _POWERS[stroke[:-1] % len(_POWERS)]
            whole += levels * (np.interp(since + size, nodes, sums) - np.interp(since, nodes, sums)) / size
        return whole


def _gain(loudness: float) -> np.float32:
    return np.float32(10 ** ((LOUDNESS - loudness) / 20))
