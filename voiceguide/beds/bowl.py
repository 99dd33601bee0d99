"""A singing bowl, struck again and again, now a little softer and now a little harder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.bells import BOWL, struck
from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import clip_powers, gated
from voiceguide.beds import LOUDNESS, Heard, Wish
from voiceguide.beds.loops import heard
from voiceguide.beds.parameters import BETWEEN_STROKES, BOWL_OCTAVES, note
from voiceguide.model.units import to_frames

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
        self._every = to_frames(wish.every if wish.every is not None else BETWEEN_STROKES, rate)
        self._first = round(_FIRST * rate)
        # A hand lies on the bowl before it is struck again: strokes upon strokes would beat against each other.
        stroke = BOWL.lasting(_LONGER, min(_SECONDS, self._every / rate))
        if wish.parameter:
            stroke = stroke.tuned(note(wish.parameter, BOWL_OCTAVES, 3) / stroke.partials[0].frequency)
        self._ring = struck(stroke, rate)[: self._every]
        tenth = max(1, round(rate / 10))
        loudest = heard(self._ring, rate).loudest
        louder = LOUDNESS - gated(self.powers(tenth, self.period // tenth))
        self._ring *= np.float32(10 ** (louder / 20))
        self.heard = Heard(LOUDNESS, loudest + louder)

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

        def until(places: NDArray[np.int64]) -> NDArray[np.float64]:
            """The energy of all strokes up to some places, which lie after the first stroke of a round."""
            strokes, since = np.divmod(places, self._every)
            rounds, stroke = np.divmod(strokes, len(_POWERS))
            before = rounds * _POWERS.sum() + np.concatenate(([0.0], np.cumsum(_POWERS)))[stroke]
            rung: NDArray[np.float64] = before * sums[-1] + _POWERS[stroke] * np.interp(since, nodes, sums)
            return rung

        edges = np.arange(count + 1, dtype=np.int64) * size - self._first
        return np.diff(until(edges)) / size
