"""Brings one clip to a loudness without letting its peaks above a ceiling."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SILENCE, clip_loudness, clip_powers
from voiceguide.audio.true_peak import between, bin_tops, neighbours, overshoot, true_peak, with_margins

_BIN = 32  # samples between two points of the gain curve
_REACH = 0.02  # seconds that the gain moves ahead of a peak and lingers after it: slower than a voice's pulses
_EXACT = 1 + 1e-6  # two ways to add up the same products differ by less
_MOST_GAIN = 40.0  # decibels: what is fainter than this is noise, not speech


def decibels(level: float) -> float:
    """The linear factor of a level in decibels."""
    return float(10 ** (level / 20))


def levelled(samples: Samples, rate: int, target: float, ceiling: float) -> Samples:
    """A mono clip at `target` LUFS by itself, with no true peak above `ceiling` (linear, full scale 1).

    Silence comes back as it is. Where the ceiling bites hard the clip may stay below the target.
    """
    return limited(samples * np.float32(gain_for(samples, rate, target, ceiling)), rate, ceiling)


def gain_for(samples: Samples, rate: int, target: float, ceiling: float) -> float:
    """The linear gain ahead of `limited` that brings a mono clip to `target` LUFS.

    What the limiter takes is made up for once.
    """
    before = clip_loudness(clip_powers(samples, rate))
    if before == SILENCE:
        return 1.0
    wanted = min(target - before, _MOST_GAIN)
    raised = samples * np.float32(decibels(wanted))
    held = limited(raised, rate, ceiling)
    if held is raised:
        return decibels(wanted)
    return decibels(wanted + min(3.0, before + wanted - clip_loudness(clip_powers(held, rate))))


def limited(samples: Samples, rate: int, ceiling: float) -> Samples:
    """A mono clip with no true peak above `ceiling`: the very same array when there is none already."""
    return followed(samples, limiting(samples, rate, ceiling))


def limiting(samples: Samples, rate: int, ceiling: float) -> Samples:
    """The gain that keeps a mono clip at or below `ceiling`, once in 32 samples; empty when nothing is above it.

    It is the smoothed sliding minimum of what every bin of samples needs, so it moves ahead of a peak, has no
    corner, and never exceeds what any bin needs. Clip and ceiling times the same number have the same gain.
    """
    needed = _needed(samples, ceiling)
    if needed.min(initial=1.0) >= 1:
        return np.zeros(0, np.float32)
    gain = _smoothed(needed, max(2, round(_REACH * rate / _BIN))).astype(np.float32)
    # A moving gain can lift a value between samples by a hair.
    excess = true_peak(followed(samples, gain)) / ceiling
    return gain * np.float32(1 / excess) if excess > _EXACT else gain


def followed(samples: Samples, gain: Samples) -> Samples:
    """A mono clip under what `limiting` found: the very same array when that is nothing."""
    return samples * _drawn(gain)[: len(samples)] if len(gain) else samples


def _needed(samples: Samples, ceiling: float) -> NDArray[np.float64]:
    """The gain that keeps each bin, and the values between its samples, at or below `ceiling`."""
    if not samples.size:
        return np.ones(0)
    tops = bin_tops(samples, _BIN)
    risky = np.flatnonzero(neighbours(tops) > ceiling / overshoot())
    tops[risky] = np.maximum(tops[risky], between(with_margins(samples, _BIN), risky, _BIN))
    # The value after a bin's last sample belongs to the next bin's gain as well.
    return np.minimum(1.0, ceiling / np.maximum(neighbours(tops), 1e-9).astype(np.float64))


def _smoothed(needed: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The least of `reach` bins to either side, then a raised-cosine mean over one bin fewer."""
    least = sliding_window_view(np.pad(needed, reach, constant_values=1.0), 2 * reach + 1).min(axis=1)
    window = np.hanning(2 * reach + 1)[1:-1]
    edge = reach - 1
    return np.convolve(np.pad(least, edge, constant_values=1.0), window / window.sum(), "valid")


def _drawn(gain: Samples) -> Samples:
    """Straight lines from the middle of each bin to the middle of the next, for every sample."""
    nodes = np.pad(gain, 1, mode="edge")
    ramp = (np.arange(_BIN, dtype=np.float32) + np.float32(0.5)) / np.float32(_BIN)
    return (nodes[:-1, None] + np.diff(nodes)[:, None] * ramp).ravel()[_BIN // 2 :]
