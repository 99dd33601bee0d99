"""What a listener can ask of a session that is being played, and what can be seen of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from voiceguide.model.units import Frames


class Command(Enum):
    """Everything that a session understands while it plays."""

    PAUSE = "pause"
    """Or goes on."""
    HOLD = "hold"
    """A pause, and nothing where there is one: for those who cannot see which it is, or ask twice."""
    GO_ON = "go on"
    """Out of a pause, or for a device that is lost: it is tried again."""
    BACK = "back"
    """Five seconds."""
    FORWARD = "forward"
    BACK_MINUTE = "back a minute"
    FORWARD_MINUTE = "forward a minute"
    PREVIOUS = "previous"
    """Technique."""
    NEXT = "next"
    REPEAT = "repeat"
    """This technique from its beginning."""
    MORE = "more time"
    """A minute more for this technique."""
    LESS = "less time"
    SLOWER = "slower"
    """What is not spoken yet."""
    FASTER = "faster"
    QUIETER = "quieter"
    LOUDER = "louder"
    BED_QUIETER = "bed quieter"
    BED_LOUDER = "bed louder"
    MUTE_BED = "mute bed"
    QUIT = "quit"
    KEEP = "quit and keep the place"


State = Literal["preparing", "playing", "paused", "lost", "ended"]
"""`lost`: the device is gone, and the place is kept until it is back or the listener decides."""


@dataclass(frozen=True, slots=True)
class Status:
    """A session at one moment. Places are in frames of the session, at `rate` a second."""

    state: State
    title: str
    rate: int
    position: Frames
    length: Frames
    """Of the whole session, as it is planned now."""
    section: str
    number: int
    """Of the section, from 1."""
    sections: int
    start: Frames
    """Of the section."""
    end: Frames
    sentence: str
    """What is being said, or was said last in this section; empty before its first sentence."""
    following: str
    """The sentence that comes next; empty after the last."""
    volume: float
    """Decibels; 0 at the beginning."""
    bed: float
    """Decibels that the listener added to the bed."""
    muted: bool
    """Whether the bed is."""
    words: int
    """A minute, of what is not spoken yet."""
    message: str = ""
    """What happened last, in a few words: `technique a minute longer, 16:00 in all`."""
