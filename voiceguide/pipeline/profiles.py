"""What the places ask where sessions are published, and what helps at night.

podcast  Apple, "Audio requirements" for podcasters: -16 LUFS, -1 dBTP
aes      AES TD1008 (2021), speech: -18 LUFS, -1 dBTP
ebu      EBU R 128 (2020): -23 LUFS within 0.5, -1 dBTP
acx      ACX, "Audio Submission Requirements": RMS -23 to -18 dBFS, peak -3 dBFS, noise at most -60 dBFS, MP3 of a
         constant 192 kbit/s at 44.1 kHz, 0.5 to 1 s of quiet ahead and 1 to 5 s after
sleep    our own: softer, and softer still as time goes by
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceguide.errors import UsageError
from voiceguide.model.cues import Pause
from voiceguide.model.publishers import ACX, Kind
from voiceguide.model.routine import Part, Routine, Span
from voiceguide.model.units import Millis
from voiceguide.near import suggest

if TYPE_CHECKING:
    from voiceguide.mixer import MixLevels


@dataclass(frozen=True, slots=True)
class Profile:
    """Levels, and what a session is made as where nobody says otherwise (empty: as usual)."""

    summary: str
    loudness: float | None
    """LUFS; None to leave it where level speech puts it."""
    peak: float = -1.0
    """dBTP of what is decoded."""
    gated: bool = True
    anchored: bool = False
    """Whether only what is heard near speech counts to the loudness."""
    slack: float = 0.3
    """Decibels that a session may be off."""
    fall: float = 0.0
    bed: str = ""
    takes: Kind | None = None
    """The files that it is for; None for any."""
    opening: Span | None = None
    """The rest ahead of the first word."""
    closing: Span | None = None
    """The rest after the last."""

    def framed(self, routine: Routine) -> Routine:
        """The routine with the rests that this profile wants around it; its own where it writes them, as plans do."""
        pauses = routine.pauses
        opening = pauses.opening if _written(routine, pauses.opening, 0) else self.opening or pauses.opening
        closing = pauses.closing if _written(routine, pauses.closing, -1) else self.closing or pauses.closing
        return replace(routine, pauses=replace(pauses, opening=opening, closing=closing))

    def quality(self, format_: str) -> str:
        """How a format is written for it; empty for the format's own choice."""
        return str(self.takes.bitrate) if self.takes and self.takes.format == format_ else ""

    def levels(self, overshoot: float, bed: float, *, mono: bool = False) -> MixLevels:
        """What the mixer is asked for a format that adds `overshoot` dB, with the bed `bed` dB louder.

        A meter counts a file of one channel once (BS.1770-4), and the mix has two: for it the mix is louder by that
        much. RMS is a mean over channels, however many there are.
        """
        from voiceguide.mixer import BOTH_EARS, MixLevels

        louder = BOTH_EARS if mono and self.gated else 0.0
        wanted = None if self.loudness is None else self.loudness + louder
        return MixLevels(wanted, self.peak - overshoot, bed, self.gated, self.anchored, self.fall)

    def missed(self, by: float) -> str:
        """What a session that is `by` decibels off will be, and what was asked for; "" where that is near enough."""
        if self.loudness is None or abs(by) <= self.slack:
            return ""
        asked, unit = (self.loudness, "LUFS") if self.gated else (self.loudness - _RMS, "dBFS RMS")
        return f"{asked + by:.1f} {unit} in place of {asked:g}"


def _written(routine: Routine, unwritten: Span, at: int) -> bool:
    """Whether all rests at one end of a routine, the first (0) or the last (-1), are in its text."""
    if unwritten.most or not routine.parts:
        return False
    part = routine.parts[at]
    tellings = part.technique.tellings.values() if isinstance(part, Part) else ()
    ends = [wording[at] for steps in tellings for wording in steps[at].wordings.values() if wording]
    return any(isinstance(cue, Pause) for cue in ends)


_RMS = 2.3
"""Decibels from the RMS of speech in one of two equal channels to its loudness without gates: 3.01 for two channels,
less BS.1770's 0.69; the K filter leaves speech nearly as it is."""

PROFILES = {
    "podcast": Profile("-16 LUFS, -1 dBTP", -16.0),
    "aes": Profile("-18 LUFS, -1 dBTP", -18.0),
    "ebu": Profile("-23 LUFS, -1 dBTP", -23.0),
    "acx": Profile(
        "audiobooks: RMS -23 to -18 dBFS, peak -3, no bed",
        -20.5 + _RMS,
        -3.0,
        gated=False,
        slack=2.0,  # half a decibel inside of the range
        bed="none",
        takes=ACX,
        opening=Span(Millis(750), Millis(750)),
        closing=Span(Millis(1500), Millis(4500)),
    ),
    "sleep": Profile("-20 LUFS where somebody speaks, 6 dB softer at the end", -20.0, anchored=True, fall=6.0),
    "none": Profile("as loud as level speech is", None),
}


def profile(name: str) -> Profile:
    """Raises UsageError when there is none of that name."""
    if name not in PROFILES:
        raise UsageError(f"there is no profile called '{name}'", suggest(name, PROFILES))
    return PROFILES[name]
