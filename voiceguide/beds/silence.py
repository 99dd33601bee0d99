"""No background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.beds import Wish


class Silence:
    """Zeros, at any rate."""

    period = 1
    heard = None

    def __init__(self, rate: int, wish: Wish | None = None) -> None:  # noqa: ARG002
        self.rate = rate

    def at(self, start: int, frames: int) -> Samples:  # noqa: ARG002
        """Stereo zeros, shape (frames, 2)."""
        return np.zeros((frames, 2), np.float32)

    def powers(self, size: int, count: int) -> NDArray[np.float64]:  # noqa: ARG002
        """None at all."""
        return np.zeros(count)
