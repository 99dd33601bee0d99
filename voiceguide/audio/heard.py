"""What was heard of some sound, small enough to keep for hours: its loudness, its peaks, and what it sounds like.

Sound that was decoded piece by piece is heard piece by piece, too, and put together again (`joined`): every piece but
the last is whole segments of `grid`, and is heard from a segment before its first, so that the loudness filter has
settled, and so that no value between two samples lies in no piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.fingerprint import WINDOWS, Fingerprint, Print
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import SEGMENTS, SILENCE, gated
from voiceguide.audio.true_peak import TruePeak

_EACH = WINDOWS // SEGMENTS
"""Windows of a fingerprint in one segment of loudness."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Decoded sound."""

    frames: int
    powers: NDArray[np.float64]
    """Mean K-weighted power of every whole segment of `grid` frames."""
    peak: float
    """The highest value on or between samples, linear."""
    fingerprint: Print

    @property
    def loudness_lufs(self) -> float:
        """Integrated; minus infinity for silence and for less than 400 ms."""
        return gated(self.powers)

    @property
    def true_peak_dbtp(self) -> float:
        """Minus infinity for silence."""
        return 20 * float(np.log10(self.peak)) if self.peak > 0 else SILENCE


def grid(rate: int) -> int:
    """Frames of one segment: borders of pieces lie on whole ones."""
    return rate // WINDOWS * _EACH


class Ear:
    """Hears stereo blocks of any size, float32, shape (frames, 2), in a few bytes for every twentieth of a second.

    A piece that goes on before its first sample (`led_in`) is given from a segment earlier, which is not counted;
    beyond the ends of other pieces there is silence, unless it goes on there (`led_out`).
    """

    def __init__(self, rate: int, *, led_in: bool = False, led_out: bool = False) -> None:
        self._rate, self._led_in, self._led_out = rate, led_in, led_out
        self._prints = Fingerprint(rate)
        self._powers = StreamPowers(rate, 2, grid(rate))
        self._peak = TruePeak(2, led_in=led_in)
        self._frames = 0

    @property
    def leading(self) -> int:
        """Frames at the beginning that are not counted."""
        return grid(self._rate) if self._led_in else 0

    def add(self, block: Samples) -> None:
        """Takes the next samples."""
        self._prints.add(block)
        self._powers.add(block)
        self._peak.add(block)
        self._frames += len(block)

    def finish(self) -> Heard:
        """All of it."""
        prints, powers = self._prints.finish(), self._powers.values()
        peak = self._peak.so_far if self._led_out else self._peak.highest
        if not self._led_in:
            return Heard(self._frames, powers, peak, prints)
        counted = Print(prints.powers[_EACH:], prints.projections[_EACH:])
        return Heard(self._frames - self.leading, powers[1:], peak, counted)


def joined(pieces: Sequence[Heard]) -> Heard:
    """Several pieces in a row as one; all but the last hold whole segments."""
    prints = [piece.fingerprint for piece in pieces]
    return Heard(
        sum(piece.frames for piece in pieces),
        np.concatenate([piece.powers for piece in pieces]),
        max(piece.peak for piece in pieces),
        Print(np.concatenate([one.powers for one in prints]), np.concatenate([one.projections for one in prints])),
    )


def heard_from(blocks: Iterable[Samples], ear: Ear, start: int, end: int) -> Heard:
    """What `ear` hears in the frames from `start` to `end` of `blocks`."""
    at = 0
    for block in blocks:
        ear.add(block[max(0, start - at) : max(0, end - at)])
        at += len(block)
    return ear.finish()
