"""White, pink and brown noise, breathing a little so that the ear does not tire of it."""

from __future__ import annotations

from voiceguide.beds import Wish
from voiceguide.beds.loops import Spectrum, Texture, above, below, noise, tilt
from voiceguide.beds.mixture import Mixture, Voice
from voiceguide.beds.movement import drift

_SLOW, _DEPTH = 9.0, 0.5
_BRIGHTER = 1.5  # dB an octave by which the second half of the noise is tilted against the first


def white(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """Equal power at every frequency up to 7 kHz; above, it is softened by 6 dB an octave."""
    return _breathing(rate, 1, lambda f: above(f, 40.0) * below(f, 7000.0, 1))


def pink(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """Equal power in every octave: 3 dB an octave."""
    return _breathing(rate, 2, lambda f: tilt(f, -3.0) * above(f, 40.0))


def brown(rate: int, wish: Wish | None = None) -> Mixture:  # noqa: ARG001
    """6 dB an octave, without what lies below 50 Hz."""
    return _breathing(rate, 3, lambda f: tilt(f, -6.0) * above(f, 50.0))


def _breathing(rate: int, seed: int, spectrum: Spectrum) -> Mixture:
    """A darker and a brighter half whose levels wander on their own."""
    halves = [
        Texture(noise(rate, 10 * seed + i, lambda f, by=by: spectrum(f) * tilt(f, by)), rate, seed + i)  # type: ignore[misc]
        for i, by in enumerate((-_BRIGHTER / 2, _BRIGHTER / 2))
    ]
    return Mixture([Voice(half, 0.0, drift(rate, 40 + seed + i, _SLOW, _DEPTH)) for i, half in enumerate(halves)])
