"""A piece of mono sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Mono float32 samples, shape (frames,), full scale at ±1, with their rate in Hz."""

    samples: Samples
    rate: int
