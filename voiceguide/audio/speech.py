"""Where the speech in a clip begins and ends, and the clip cut exactly there."""

from __future__ import annotations

import numpy as np

from voiceguide.audio.clip import Clip, Samples
from voiceguide.model.units import Frames

THRESHOLD_DB = -50.0
"""Speech begins at the first sample above this, relative to the clip's peak.

Measured on envelopes of espeak: soft onsets (f, h, th) are above -40 dB within 1.5 ms of where they start, the softest
endings fall from -40 dB to silence within 5 ms. So listeners at -40 and at -60 dB hear the same pause within 7 ms.
"""
FADE_SECONDS = 0.002
"""At each cut edge: long enough not to click, too short to be heard as a fade."""


def bounds(clip: Clip) -> tuple[Frames, Frames]:
    """The first frame of speech and the frame after its last; (0, 0) when the clip is silent."""
    level = np.abs(clip.samples)
    peak = float(level.max(initial=0.0))
    loud = np.flatnonzero(level > peak * 10 ** (THRESHOLD_DB / 20))
    return (Frames(int(loud[0])), Frames(int(loud[-1]) + 1)) if len(loud) else (Frames(0), Frames(0))


def trim(clip: Clip) -> Clip:
    """`clip` cut to its speech, with short fades at the edges. A silent clip becomes an empty one."""
    first, end = bounds(clip)
    samples = clip.samples[first:end].copy()
    _fade_edges(samples, min(round(FADE_SECONDS * clip.rate), len(samples) // 2))
    return Clip(samples, clip.rate)


def _fade_edges(samples: Samples, frames: int) -> None:
    """Raised-cosine fades over `frames` at both ends, in place. No sample inside becomes zero."""
    if frames:
        fade = np.sin(np.linspace(0, np.pi / 2, frames + 2)[1:-1], dtype=np.float32) ** 2
        samples[:frames] *= fade
        samples[-frames:] *= fade[::-1]
