"""The files that publishers take, where they take one kind alone: for those who make them and who check them."""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide.model.units import Millis


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file."""

    format: str
    """As its ending has it."""
    rate: int
    """Frames per second."""
    bitrate: int
    """The least, constant, in kbit/s."""
    longest: Millis

    def __str__(self) -> str:
        return f"{self.format.upper()} of a constant {self.bitrate} kbit/s or more at {self.rate} Hz"


ACX = Kind("mp3", 44_100, 192, Millis(7_200_000))
"""ACX, "Audio Submission Requirements"."""
