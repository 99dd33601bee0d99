"""Wind around a house: one gust moves three bands of noise, the higher the more."""

from __future__ import annotations

from voiceguide.beds import Wish
from voiceguide.beds.loops import Texture, above, below, near, noise, tilt
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import Movement, wandering

_SLOW, _QUICK = 9.0, 3.0  # seconds in which gusts turn
_DEPTHS = (1.0, 1.9, 2.6)  # dB of each band, root mean square


def wind(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """The wind at a rate in Hz."""
    gusts = wandering(rate, 51, _SLOW)
    bands = (
        Texture(noise(rate, 52, lambda f: tilt(f, -5.0) * above(f, 50.0), width=0.6), rate, 11),
        Texture(noise(rate, 53, lambda f: near(f, 330.0, 0.7)), rate, 12),
        Texture(noise(rate, 54, lambda f: near(f, 760.0, 0.45) * below(f, 2000.0)), rate, 13),
    )
    voices = []
    for place, (band, depth, level) in enumerate(zip(bands, _DEPTHS, (0.0, -2.0, -9.0), strict=True)):
        own = 0.9 * gusts + 0.45 * wandering(rate, 55 + place, _QUICK)
        voices.append(Voice(band, level, Movement(10 ** (depth * own / 20))))
    return Mixture(voices)
