"""What the mix is asked to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MixLevels:
    """How loud a session is to be."""

    loudness: float | None = -16.0
    """Integrated LUFS; None to leave it where level speech puts it."""
    ceiling: float = -1.7
    """Highest true peak in dBTP. What a codec adds by itself must be taken off already."""
    bed: float = 0.0
    """Decibels by which the user wants the bed louder (above 0, the 20 dB rule is theirs to break) or softer."""
    gated: bool = True
    """Whether pauses are left out of the loudness, as BS.1770 does; False for rules that go by the mean power."""
    anchored: bool = False
    """Whether only what is heard near speech counts to the loudness. Where hours go by without a word, the whole would
    ask for a bed that nobody hears, or for a voice that shouts: AES TD1008 goes by speech as well."""
    fall: float = 0.0
    """Decibels by which the session becomes softer from its beginning to its end, in steps."""
    shaping: str = "off"
    """A preset of `audio.shaping` for every clip."""
    thorough: bool = True
    """Whether a bed that does not know itself is heard wherever somebody speaks, before the first block. It takes as
    long as decoding that much of it; a session that plays begins at once, and hears some places alone."""
