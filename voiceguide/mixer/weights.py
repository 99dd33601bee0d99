"""What a clip weighs: the gain that brings it to a level, and its powers at that level.

Weighing takes longer than mixing, and gives the same whenever clip and level are the same, so it is remembered.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voiceguide.audio.clip import Clip
from voiceguide.audio.levels import Powers, clip_powers
from voiceguide.audio.limiter import gain_for, limited
from voiceguide.model.script import Utterance

_VERSION = 1
"""Part of what weights are remembered by: raise it whenever weighing changes."""
_HEAD = struct.Struct("<id")  # rate in Hz, gain


class Notes(Protocol):
    """Remembers a few bytes about the very clip of an utterance, by what they were made for."""

    def get(self, utterance: Utterance, made_for: str) -> bytes | None:
        """What was remembered, or None."""

    def put(self, utterance: Utterance, made_for: str, note: bytes) -> None:
        """Remembers, if it can."""


class Forgetful:
    """Remembers nothing."""

    def get(self, utterance: Utterance, made_for: str) -> None:
        """Nothing."""

    def put(self, utterance: Utterance, made_for: str, note: bytes) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How clips are to be weighed."""

    level: float
    """LUFS of a clip by itself, in one channel."""
    ceiling: float
    """Its highest true peak, linear."""
    heard_at: int
    """The session's rate in Hz."""

    @property
    def name(self) -> str:
        """The same for the same wishes alone."""
        return f"{_VERSION} {self.level!r} {self.ceiling!r} {self.heard_at}"


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """One clip at its level."""

    rate: int
    """The clip's own, in Hz."""
    gain: float
    """Linear, ahead of the limiter."""
    powers: Powers
    """K-weighted, of one channel, in segments of `fine_segment(rate)` of the clip's frames."""


def weigh(clip: Clip, wanted: Wanted) -> Weight:
    """Weighs one clip."""
    gain = gain_for(clip.samples, clip.rate, wanted.level, wanted.ceiling)
    held = limited(clip.samples * np.float32(gain), clip.rate, wanted.ceiling)
    return Weight(clip.rate, gain, clip_powers(held, clip.rate, wanted.heard_at))


def packed(weight: Weight) -> bytes:
    """A weight as bytes."""
    return _HEAD.pack(weight.rate, weight.gain) + weight.powers.astype("<f8").tobytes()


def unpacked(note: bytes) -> Weight:
    """`packed` backwards, to the bit."""
    rate, gain = _HEAD.unpack_from(note)
    return Weight(rate, gain, np.frombuffer(note, "<f8", offset=_HEAD.size).astype(np.float64))
