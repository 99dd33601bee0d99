"""Several beds on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import lufs, power_of
from voiceguide.beds import LOUDNESS, Bed, Heard
from voiceguide.beds.loops import heard

_LONGEST = 2**32
"""Frames: 27 hours. A longer period is none."""
_MEASURED = 60  # seconds, for a bed that does not say how loud it is


class Layers:
    """Beds at levels in dB against each other; the sum is as loud as the loudest would be by itself."""

    def __init__(self, beds: Sequence[Bed], levels: Sequence[float], rate: int) -> None:
        known = [bed.heard or heard(bed.at(0, _MEASURED * rate), rate) for bed in beds]
        wanted = [LOUDNESS + level for level in levels]
        audible = [one.loudness > float("-inf") for one in known]
        whole = sum(power_of(level) for level, there in zip(wanted, audible, strict=True) if there)
        gain = max(levels) + LOUDNESS - lufs(whole) if whole else 0.0
        raised = [
            level + gain - one.loudness if there else 0.0
            for level, one, there in zip(wanted, known, audible, strict=True)
        ]
        self._layers = [(bed, np.float32(10 ** (by / 20))) for bed, by in zip(beds, raised, strict=True)]
        highest = sum(power_of(one.loudest + by) for one, by in zip(known, raised, strict=True) if one.loudest > -200)
        self.heard = Heard(LOUDNESS + max(levels), lufs(highest)) if whole else None
        self.period = _period(beds)

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`."""
        mixed = np.zeros((frames, 2), np.float32)
        for bed, gain in self._layers:
            mixed += bed.at(start, frames) * gain
        return mixed

    def powers(self, size: int, count: int) -> NDArray[np.float64] | None:
        """As those of a single bed; None where one of them is not known."""
        sums = np.zeros(count)
        for bed, gain in self._layers:
            own = bed.powers(size, count)
            if own is None:
                return None
            sums += own * float(gain) ** 2
        return sums


def _period(beds: Sequence[Bed]) -> int | None:
    periods = [bed.period for bed in beds]
    together = lcm(*(period for period in periods if period))
    return together if all(periods) and together <= _LONGEST else None
