"""`[voice counter]`, `[rate 95]`, `[pitch +2]`: how the words behind them are spoken."""

from __future__ import annotations

import re

from voiceguide.model.cues import Manner, Source
from voiceguide.notation.grammar import ASPECTS
from voiceguide.notation.report import Parsed

SLOWEST, FASTEST = 60, 400
"""Words a minute that may be asked for."""
LOWEST, HIGHEST = -12, 12
"""Semitones that may be asked for: an octave to either side."""
VOICE_NAME = re.compile(r"(?!.*\.onnx$)[^\[\]<>{}\"\n/\\]{1,200}", re.IGNORECASE)
"""What a voice may be called here: anything that can stand between brackets, and no file: what somebody else wrote must
not choose which files a speech library opens. The user may, with --voice."""

_MARK = re.compile(rf"\s*(?P<aspect>{'|'.join(ASPECTS)})\b[ \t:]*(?P<value>.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"(?P<sign>[-+−]?)\s*(?P<digits>\d{1,3})")
_EXPECTED = {
    "voice": "write [voice counter]: a role of the routine, or a voice of the engine",
    "rate": f"write words a minute from {SLOWEST} to {FASTEST}: [rate 95]",
    "pitch": f"write semitones from {LOWEST} to {HIGHEST}: [pitch +2]",
}


def read_manner(mark: str, at: Source, found: Parsed) -> Manner | None:
    """The manner of a mark, as it stands between its brackets; None, with a complaint, when it cannot be one."""
    parts = _MARK.fullmatch(mark)
    aspect = parts["aspect"].lower() if parts else "voice"
    value = " ".join(parts["value"].split()) if parts else mark
    read = value if aspect == "voice" else _number(value)
    match aspect:
        case "voice" if not value or VOICE_NAME.fullmatch(value):
            return Manner("voice", value, at)
        case "rate" if not value or (isinstance(read, int) and SLOWEST <= read <= FASTEST):
            return Manner("rate", read or "", at)
        case "pitch" if not value or (isinstance(read, int) and LOWEST <= read <= HIGHEST):
            return Manner("pitch", read if value and read is not None else "", at)
    found.complain(at, f"'{value}' is not a {aspect}", _EXPECTED[aspect])
    return None


def spell_manner(cue: Manner) -> str:
    """A manner as people write it."""
    if cue.aspect == "pitch" and isinstance(cue.value, int):
        return f"[pitch {cue.value:+d}]"
    return f"[{cue.aspect} {cue.value}]" if cue.value != "" else f"[{cue.aspect}]"


def _number(value: str) -> int | None:
    parts = _NUMBER.fullmatch(value)
    return None if parts is None else int(parts["digits"]) * (-1 if parts["sign"] in ("-", "−") else 1)
