"""How the listener's volume and bed level go into the sound."""

from __future__ import annotations

import numpy as np

from voiceguide.audio.clip import Samples
from voiceguide.audio.limiter import decibels
from voiceguide.player.playing import Playing

KNEE = 0.7
"""Linear, of full scale: what is below it stays as it is, however loud the listener wants it."""
CEILING = 0.95
"""Linear: nothing that was made louder goes beyond."""


def mixed(voice: Samples, bed: Samples, playing: Playing) -> Samples:
    """Voice and bed as the listener wants them, shape (frames, 2).

    Exactly their sum until volume or bed are turned. Where one of them is turned up, values beyond `KNEE` are bent
    towards `CEILING`: speech 6 dB louder than the renderer makes it touches that on its highest peaks alone.
    """
    if playing.muted:
        total = voice.copy()
    elif playing.bed:
        total = voice + bed * np.float32(decibels(playing.bed))
    else:
        total = voice + bed
    if playing.volume:
        total *= np.float32(decibels(playing.volume))
    return _rounded(total) if playing.volume > 0 or playing.bed > 0 else total


def _rounded(samples: Samples) -> Samples:
    high = np.abs(samples) > KNEE
    if high.any():
        beyond = (np.abs(samples[high]) - KNEE) / (CEILING - KNEE)
        samples[high] = np.sign(samples[high]) * (KNEE + (CEILING - KNEE) * np.tanh(beyond))
    return samples
