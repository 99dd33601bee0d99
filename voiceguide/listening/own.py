"""Whether a stretch of speech is the session itself. Pure.

Wherever the room is not what the canceller takes it for (headphones that are pulled out, or put on; a loudspeaker that
plays seconds late), the voice of the session is left in what is heard. It can be found there again: by a correlation of
what is heard with what was played, both half whitened (as in Knapp and Carter, "The generalized correlation method",
IEEE Trans. ASSP 24 (1976), with half the exponent), so that neither a hum nor a single vowel decides.
"""

from __future__ import annotations

import numpy as np

from voiceguide.listening.echo import RATE, Signal, Spectra

LATEST = 2.5
"""Seconds after which what was played may be heard: wireless loudspeakers hold two."""
SAME = 0.2
"""The correlation from which on it is the session: its own voice has 0.30 (far off in an echoing room) to 0.94, and
commands over a session that is subtracted up to 0.14 (simulated rooms)."""
_BAND = (200, 7000)  # Hz
_TINY = 1e-9


def is_own(stretch: Signal, played: Signal) -> bool:
    """Whether `stretch` is what was played, late and changed by a room.

    `played` ends with `stretch`, and begins up to `LATEST` seconds before it.
    """
    if not played.any():
        return False
    size = 1 << (len(stretch) + len(played)).bit_length()
    one, other = _half_whitened(stretch, size), _half_whitened(played, size)
    alike = np.abs(np.fft.irfft(one * np.conj(other)))
    early = len(played) - len(stretch)
    highest = max(alike[0], np.max(alike[size - early :], initial=0))
    norm = np.sqrt(np.sum(np.abs(one) ** 2) * np.sum(np.abs(other) ** 2)) * 2 / size
    return bool(highest > SAME * norm)


def _half_whitened(signal: Signal, size: int) -> Spectra:
    spectrum = np.fft.rfft(signal, size)
    spectrum /= np.sqrt(np.abs(spectrum)) + _TINY
    low, high = (hertz * size // RATE for hertz in _BAND)
    spectrum[:low] = spectrum[high:] = 0
    return spectrum
