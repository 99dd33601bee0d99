"""Steady rain as one hears it from a window: a wash without end, many drops far away, and a few near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.beds import Wish
from voiceguide.beds.grains import Grain, strewn
from voiceguide.beds.loops import Texture, above, below, filtered, noise, tilt
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import drift

_FAR = Grain(rate=140, pitch=(700, 3200), decay=(0.006, 0.03), attack=0.0008, spread=5.0)
_NEAR = Grain(rate=7, pitch=(350, 1500), decay=(0.03, 0.09), attack=0.002, spread=3.0, rising=0.1)


def rain(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """The rain at a rate in Hz."""
    wash = Texture(noise(rate, 21, _wash), rate, 1)
    far = Texture(filtered(strewn(_FAR, rate, 22), rate, lambda f: below(f, 2000.0, 1)), rate, 2)
    near = Texture(filtered(strewn(_NEAR, rate, 23), rate, lambda f: above(f, 100.0)), rate, 3)
    return Mixture(
        (
            Voice(wash, 0.0, drift(rate, 24, 20.0, 0.8)),
            Voice(far, -8.0, drift(rate, 25, 8.0, 1.5)),
            Voice(near, -12.0, drift(rate, 26, 12.0, 2.0)),
        )
    )


def _wash(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    level: NDArray[np.float64] = tilt(frequency, -4.9) * above(frequency, 80.0)
    return level
