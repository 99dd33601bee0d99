"""A brook: water that runs without end, and bubbles that rise in it."""

from __future__ import annotations

from voiceguide.beds import Wish
from voiceguide.beds.grains import Grain, strewn
from voiceguide.beds.loops import Texture, above, below, filtered, near, noise, tilt
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import drift

# A bubble of r metres sounds at about 3.3 / r Hz: M. Minnaert, On musical air-bubbles and the sounds of running water,
# Philosophical Magazine 16, 1933. Those of a brook are some millimetres wide.
_SMALL = Grain(rate=70, pitch=(650, 1900), decay=(0.02, 0.07), attack=0.003, spread=5.0, rising=0.12)
_LARGE = Grain(rate=22, pitch=(260, 700), decay=(0.06, 0.16), attack=0.006, spread=4.0, rising=0.15)


def stream(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """The brook at a rate in Hz."""
    flow = Texture(noise(rate, 41, lambda f: tilt(f, -4.5) * above(f, 90.0)), rate, 7)
    run = Texture(noise(rate, 42, lambda f: tilt(f, -3.0) * near(f, 500.0, 1.0)), rate, 8)
    small = Texture(filtered(strewn(_SMALL, rate, 43), rate, lambda f: below(f, 1800.0)), rate, 9)
    large = Texture(filtered(strewn(_LARGE, rate, 44), rate, lambda f: below(f, 1200.0)), rate, 10)
    return Mixture(
        (
            Voice(flow, 0.0, drift(rate, 45, 15.0, 0.6)),
            Voice(run, -3.0, drift(rate, 46, 3.0, 1.5)),
            Voice(small, -6.0, drift(rate, 47, 2.5, 2.0)),
            Voice(large, -6.0, drift(rate, 48, 3.5, 2.0)),
        )
    )
