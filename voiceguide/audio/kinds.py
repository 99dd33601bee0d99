"""Is a file sound, or words? Judged by its first bytes, then by its name. Loads nothing heavy."""

from __future__ import annotations

from pathlib import Path

from voiceguide.audio import wavbytes

HEAD = 4096
"""Bytes that tell."""
ENDINGS = (
    ".mp3", ".flac", ".wav", ".wave", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".aifc", ".caf", ".au", ".w64", ".rf64",
    ".m4a", ".m4b", ".mp4", ".aac", ".wma",
)  # fmt: skip
"""Names of sound, whatever is in the file."""
_OTHERS = (b"caff", b".snd", b"riff", b"NIST", b"wvpk", b"MAC ")


def is_sound(name: str) -> bool:
    """Whether a name, as a person typed it, means a file of sound rather than of words. It need not be there."""
    path = Path(name)
    if path.suffix.lower() in ENDINGS:
        return True
    try:
        with path.open("rb") as file:
            return sounds(file.read(HEAD))
    except (OSError, ValueError):
        return False


def sounds(head: bytes) -> bool:
    """Whether the first bytes of a file are those of sound, of a kind that can be read here or not."""
    return bool(wavbytes.kind(head)) or head[:4] in _OTHERS or head[4:8] == b"ftyp"
