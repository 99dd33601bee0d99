"""Several beds on top of each other.

What is heard of two layers of one kind may be the very same sound at the same moment, as every second stroke of
`bowl@20s + bowl@40s`: it adds up in step, and everything else as sounds do that know nothing of each other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from math import lcm

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SILENCE, gated, lufs, power_of
from voiceguide.beds import LOUDNESS, Bed, Heard
from voiceguide.beds.loops import heard

Power = float | NDArray[np.float64]
_LONGEST = 2**32
"""Frames: 27 hours. A longer period is none."""
_MEASURED = 1200  # seconds of powers that are added up
_LISTENED = 60  # seconds, to a bed that does not say how loud it is


class Layers:
    """Beds at levels in dB against each other; the sum is as loud as the loudest would be by itself.

    Those of one of the `kinds` may sound in step.
    """

    def __init__(self, beds: Sequence[Bed], levels: Sequence[float], kinds: Sequence[Hashable], rate: int) -> None:
        known = [_heard(bed, rate) for bed in beds]
        gains = [_gain(LOUDNESS + level - one.loudness) for level, one in zip(levels, known, strict=True)]
        self._layers = list(zip(beds, gains, strict=True))
        self._kinds = kinds
        self.period = _period(beds)
        self.heard: Heard | None = None
        whole = self._loudness(known, rate)
        if whole > SILENCE:
            # A layer of silence is at no level.
            wanted = LOUDNESS + max(level for level, one in zip(levels, known, strict=True) if one.loudness > SILENCE)
            by = _gain(wanted - whole)
            self._layers = [(bed, gain * by) for bed, gain in self._layers]
            highest = self._sum(power_of(one.loudest) * float(gain) ** 2 for one, (_, gain) in self._with(known))
            self.heard = Heard(wanted, lufs(float(highest)))

    def _loudness(self, known: Sequence[Heard], rate: int) -> float:
        """Of the sum: as it goes, where that is known, and else as if all sounded all the time."""
        tenth = max(1, round(rate / 10))
        powers = self.powers(tenth, round(_MEASURED * rate) // tenth)
        if powers is not None:
            return gated(powers)
        return lufs(float(self._sum(power_of(one.loudness) * float(gain) ** 2 for one, (_, gain) in self._with(known))))

    def _with(self, known: Sequence[Heard]) -> Iterable[tuple[Heard, tuple[Bed, np.float32]]]:
        return zip(known, self._layers, strict=True)

    def _sum(self, powers: Iterable[Power]) -> Power:
        """The most that layers of these powers come to together."""
        amplitudes: dict[Hashable, Power] = {}
        for kind, power in zip(self._kinds, powers, strict=True):
            amplitudes[kind] = amplitudes.get(kind, 0.0) + np.sqrt(np.maximum(power, 0.0))
        return sum(amplitude**2 for amplitude in amplitudes.values())

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        mixed = np.zeros((frames, 2), np.float32)
        for bed, gain in self._layers:
            mixed += bed.at(start, frames) * gain
        return mixed

    def powers(self, size: int, count: int) -> NDArray[np.float64] | None:
        """As those of a single bed; None where one of them is not known."""
        found = list[NDArray[np.float64]]()
        for bed, gain in self._layers:
            own = bed.powers(size, count)
            if own is None:
                return None
            found.append(own * float(gain) ** 2)
        return np.asarray(self._sum(found))


def _heard(bed: Bed, rate: int) -> Heard:
    return bed.heard or heard(bed.at(0, _LISTENED * rate), rate)


def _gain(by: float) -> np.float32:
    """Linear, of decibels; 1 for what is silent anyway."""
    return np.float32(10 ** (by / 20) if by < -SILENCE else 1.0)


def _period(beds: Sequence[Bed]) -> int | None:
    periods = [bed.period for bed in beds]
    together = lcm(*(period for period in periods if period))
    return together if all(periods) and together <= _LONGEST else None
