"""No background."""

from __future__ import annotations

import numpy as np

from voiceguide.audio.clip import Samples


class Silence:
    """Zeros, at any rate."""

    def __init__(self, rate: int) -> None:
        self.rate = rate

    def at(self, start: int, frames: int) -> Samples:  # noqa: ARG002
        """Stereo zeros, shape (frames, 2)."""
        return np.zeros((frames, 2), np.float32)
