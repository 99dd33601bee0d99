"""Gains as functions of time: how the bed makes room for the voice, and how it comes and goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples

Spans = NDArray[np.int64]
"""Where somebody speaks: first frame and the one after the last, shape (spans, 2), in order."""
Levels = NDArray[np.float64]
"""Decibels."""

HOLD = 4.0
"""Seconds: over a shorter gap the bed stays down, for going up and down again would be heard as pumping."""
RISE = 2.5
"""Seconds in which the bed comes back."""
AHEAD = 0.45
"""Seconds before the first word at which the bed begins to go down."""
FALL = 0.4
"""Seconds in which it is down: before the word."""
LINGER = 0.1
"""Seconds that it stays down after the last word."""
FADE_IN = 3.0
FADE_OUT = 6.0
STEP = 10.0
"""Seconds that a session takes to become softer by a step: nobody hears it move."""
FALLS = 4
"""Steps from the beginning of a session to its end. Between two of them a bed that repeats is made but once."""
_STEPS = 24  # straight pieces in one bend


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Linear gain by straight lines between `frames`, which only grow; flat beyond both ends."""

    frames: NDArray[np.int64]
    gains: NDArray[np.float64]

    def over(self, start: int, frames: int) -> np.float32 | Samples:
        """The gain for `frames` frames from `start`: one number where it does not move, else shape (frames, 1)."""
        first = max(0, int(np.searchsorted(self.frames, start, "right")) - 1)
        last = int(np.searchsorted(self.frames, start + frames - 1)) + 1
        xs, gains = self.frames[first:last], self.gains[first:last]
        if (gains == gains[0]).all():
            return np.float32(gains[0])
        line: Samples = np.interp(np.arange(start, start + frames), xs, gains).astype(np.float32)
        return line[:, None]

    def times(self, gain: float) -> Curve:
        """The same curve, louder by a linear gain."""
        return Curve(self.frames, self.gains * gain)

    def at(self, places: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        """The gain at any places."""
        return np.interp(places, self.frames, self.gains)


def bed_curve(
    spans: Spans, length: int, rate: int, rest: float, floor: float | Levels, presence: Curve | None = None
) -> Curve:
    """The bed of a session of `length` frames: `rest` dB in silence, `floor` dB under speech, faded at both ends.

    A floor of its own for each of the spans that `held` gives is as good as one for all. Where the bed plays in a part
    of the session alone, `presence` says so.
    """
    there = presence or Curve(np.array([0]), np.ones(1))
    fade_in, fade_out = _fades(length, rate)
    bends = [*_bends(spans, length, rate), steps(0, fade_in), steps(length - fade_out, length), there.frames]
    frames = np.unique(np.clip(np.concatenate(bends), 0, length))
    level = _level(frames, held(spans, rate), rate, rest, np.asarray(floor))
    fade = _bent(frames / fade_in) * _bent((length - frames) / fade_out)
    return Curve(frames, 10 ** (level / 20) * fade * there.at(frames))


def tail_curve(spans: Spans, length: int, rate: int, strike: int, floor: float) -> Curve:
    """A sound struck at frame `strike`: full until somebody speaks, from then on `floor` dB, and nothing at the end."""
    after = np.searchsorted(spans[:, 0], strike)
    onset = int(spans[after, 0]) if after < len(spans) else 2 * length
    down = max(strike, onset - round(AHEAD * rate))
    close = min(length, rate)
    frames = np.unique(np.concatenate((steps(down, down + round(FALL * rate)), steps(length - close, length))))
    level = floor * _bent((frames - down) / (FALL * rate))
    return Curve(frames, 10 ** (level / 20) * _bent((length - frames) / close))


def fall_curve(length: int, rate: int, fall: float) -> Curve:
    """A session of `length` frames that becomes `fall` dB softer in `FALLS` equal steps, spread evenly."""
    if not fall:
        return Curve(np.array([0]), np.ones(1))
    glide = max(1, min(round(STEP * rate), length // (2 * FALLS)))
    places = [round(length * step / (FALLS + 1)) for step in range(1, FALLS + 1)]
    frames = np.concatenate([steps(place, place + glide) for place in places])
    levels = np.sum([_bent((frames - place) / glide) for place in places], axis=0)
    return Curve(frames, 10 ** (-fall / FALLS * levels / 20))


def _fades(length: int, rate: int) -> tuple[int, int]:
    return max(1, min(round(FADE_IN * rate), length // 4)), max(1, min(round(FADE_OUT * rate), length // 3))


def steps(start: int, end: int) -> NDArray[np.int64]:
    """The frames between which a bend from `start` to `end` is drawn straight."""
    return np.linspace(start, end, _STEPS + 1).astype(np.int64)


def _bends(spans: Spans, length: int, rate: int) -> tuple[Spans, ...]:
    """Where the level moves: after every span and ahead of it. Nothing moves beyond the session's ends."""
    part = np.linspace(0, 1, _STEPS + 1)
    up = spans[:, 1:] + (LINGER + RISE * part) * rate
    down = spans[:, :1] - (AHEAD - FALL * part) * rate
    return np.array([0, length]), up.ravel().astype(np.int64), down.ravel().astype(np.int64)


def _level(frames: NDArray[np.int64], merged: Spans, rate: int, rest: float, floor: Levels) -> Levels:
    """Decibels at each frame: the lower of what the speech before it and the speech after it leave to the bed."""
    if not len(merged):
        return np.full(len(frames), rest)
    floors = np.broadcast_to(floor, len(merged))
    before = np.searchsorted(merged[:, 0], frames, "right") - 1
    after = np.minimum(before + 1, len(merged) - 1)
    since = np.where(before >= 0, frames - merged[np.maximum(before, 0), 1], np.inf)
    until = np.where(before + 1 < len(merged), merged[after, 0] - frames, np.inf)
    rising = _bent((since / rate - LINGER) / RISE)
    falling = _bent((until / rate - (AHEAD - FALL)) / FALL)
    left, coming = floors[np.maximum(before, 0)], floors[after]
    return np.minimum(left + (rest - left) * rising, coming + (rest - coming) * falling)


def held(spans: Spans, rate: int) -> Spans:
    """Spans joined over gaps shorter than `HOLD`."""
    if not len(spans):
        return spans
    apart = spans[1:, 0] - spans[:-1, 1] >= HOLD * rate
    return np.stack((spans[np.r_[True, apart], 0], spans[np.r_[apart, True], 1]), axis=1)


def _bent(part: NDArray[np.float64]) -> NDArray[np.float64]:
    """A raised cosine from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(part, 0, 1))
