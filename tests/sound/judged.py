"""What a session must keep, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from excerpts import Excerpt
from meters import apart, decoded, distances, heard, rms

from voiceguide.pipeline.profiles import PROFILES

SLACK = 0.3
"""LU from the profile's loudness."""
LEAST_DISTANCE = 20.0
"""LU from the bed to the voice: WCAG 2 SC 1.4.7."""
MOST_APART = -120.0
"""dBFS of the difference between the mix and the sum of its parts."""
ACX = (-23.0, -18.0)
"""dBFS RMS: ACX, "Audio Submission Requirements"."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One session in numbers."""

    profile: str
    loudness: float
    """LUFS of the decoded file."""
    rms: float
    """dBFS of the decoded file."""
    peak: float
    """dBTP of the decoded file."""
    distance: float
    """LU from the bed to the voice in the utterance that is nearest to it."""
    apart: float
    """dBFS of the parts' sum against the mix."""
    headroom: float
    """Decibels from the mix's highest sample to where it would be clipped."""

    @property
    def off(self) -> float:
        """LU from what the profile wants; decibels outside ACX's range for `acx`, and 0 where nothing is wanted."""
        wanted = PROFILES[self.profile].loudness
        if self.profile == "acx":
            return self.rms - float(np.clip(self.rms, *ACX))
        return 0.0 if wanted is None else self.loudness - wanted

    def faults(self) -> list[str]:
        """What is not kept."""
        limit = PROFILES[self.profile].peak
        found = {
            f"{self.off:+.2f} LU from what {self.profile} wants": abs(self.off) > SLACK,
            f"a true peak of {self.peak:.2f} above {limit:g} dBTP": self.peak > limit,
            f"the bed only {self.distance:.1f} LU below the voice": self.distance < LEAST_DISTANCE,
            f"the parts are {self.apart:.0f} dB from the mix": self.apart > MOST_APART,
            # A voice alone may be held down to exactly there.
            "the mix reaches its last line of defence": self.headroom <= 0 and isfinite(self.distance),
        }
        return [fault for fault, there in found.items() if there]


def judged(excerpt: Excerpt, profile: str, ceiling: float) -> Judged:
    """A finished file by its decoded samples, and its parts by themselves. `ceiling` is the mixer's, in dBTP."""
    voice, sounds, bed = (excerpt.part(name) for name in ("voice", "sounds", "bed"))
    mix = excerpt.part()
    outside = heard(excerpt.path)
    return Judged(
        profile,
        outside.loudness,
        rms(decoded(excerpt.path)) if profile == "acx" else float("nan"),
        outside.peak,
        min(distances(excerpt.made.timeline, voice, bed), default=float("inf")),
        apart((voice, sounds, bed), mix),
        ceiling - 20 * float(np.log10(np.abs(mix).max() + 1e-12)),
    )
