"""What the loudness of a programme does over time, from mean K-weighted powers of 100 ms segments.

EBU Tech 3341 (momentary and short-term loudness) and EBU Tech 3342 (loudness range).
"""

from __future__ import annotations

import numpy as np

from voiceguide.audio.levels import ABSOLUTE_GATE, SILENCE, Powers, lufs, power_of

MOMENTARY = 4
"""Segments of 100 ms in a window of momentary loudness, which is 400 ms."""
SHORT_TERM = 30
"""Segments of 100 ms in a window of short-term loudness, which is 3 s."""
_RANGE_GATE = -20.0  # LU below the mean of what passes the absolute gate: Tech 3342, section 3.1
_LOWEST, _HIGHEST = 10, 95  # percentiles: the same


def sliding(powers: Powers, window: int) -> Powers:
    """The mean of every `window` segments in a row, shape (len(powers) - window + 1,); empty when there are fewer."""
    if len(powers) < window:
        return powers[:0]
    sums = np.cumsum(np.concatenate(([0.0], powers)))
    means: Powers = np.maximum(sums[window:] - sums[:-window], 0.0) / window
    return means


def loudest(powers: Powers, window: int) -> float:
    """The highest loudness in LUFS of any `window` segments; minus infinity when there are fewer or all is silent."""
    return lufs(float(sliding(powers, window).max(initial=0.0)))


def loudness_range(powers: Powers) -> float:
    """The loudness range in LU: how far soft stretches lie below loud ones; 0 for what is silent or under 3 s."""
    means = sliding(powers, SHORT_TERM)
    means = means[means > power_of(ABSOLUTE_GATE)]
    if not means.size:
        return 0.0
    kept = means[means >= means.mean() * 10 ** (_RANGE_GATE / 10)]
    low, high = np.percentile(kept, (_LOWEST, _HIGHEST))
    return lufs(float(high)) - lufs(float(low))


def decibels(value: float) -> float:
    """A linear value in decibels relative to full scale; minus infinity for 0."""
    return 20 * float(np.log10(value)) if value > 0 else SILENCE
