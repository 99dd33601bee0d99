"""The order of channels in a file: one for all kinds, whatever a kind's own is."""

from __future__ import annotations

from voiceguide.audio.clip import Samples

MOST_CHANNELS = 6
"""5.1: of more there are several orders, and a file rarely says which."""
_VORBIS = {3: (0, 2, 1), 5: (0, 2, 1, 3, 4), 6: (0, 2, 1, 5, 3, 4)}
"""Where WAVE's channels lie in Ogg: Vorbis I, section 4.3.9, which Opus took over (RFC 7845, section 5.1.1.2)."""


def in_wave_order(block: Samples, format: str) -> Samples:  # noqa: A002
    """Frames of a file of libsndfile's `format` with their channels as in WAVE: left, right, centre, low, behind.

    libsndfile leaves those of Ogg as they lie in the file: left, centre, right, behind, low.
    """
    order = _VORBIS.get(block.shape[1]) if format == "OGG" else None
    return block[:, order] if order else block
