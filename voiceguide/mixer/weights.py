"""What a clip weighs: the gain that brings it to a level, how the limiter moves there, and its powers at that level.

Weighing takes longer than mixing, and gives the same whenever clip and level are the same, so it is remembered.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voiceguide.audio import shaping
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import Powers, clip_powers
from voiceguide.audio.limiter import followed, gain_for, limiting
from voiceguide.model.script import Utterance

_VERSION = 2
"""Part of what weights are remembered by: raise it whenever weighing or packing changes."""
_HEAD = struct.Struct("<idi")  # rate in Hz, gain, length of the limiter's


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
    shaping: str = shaping.OFF
    """What is done to clips before they are weighed."""

    @property
    def name(self) -> str:
        """The same for the same wishes alone."""
        return f"{_VERSION} {self.level!r} {self.ceiling!r} {self.heard_at}{shaping.spelled(self.shaping)}"


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """One shaped clip at its level."""

    rate: int
    """The clip's own, in Hz."""
    gain: float
    """Linear, ahead of the limiter."""
    limiter: Samples
    """The limiter's own gain, as `limiting` finds it."""
    powers: Powers
    """K-weighted, of one channel, in segments of `fine_segment(rate)` of the clip's frames."""


def weigh(clip: Clip, wanted: Wanted) -> Weight:
    """Shapes and weighs one clip."""
    clip = shaping.shaped(clip, wanted.shaping)
    gain = gain_for(clip.samples, clip.rate, wanted.level, wanted.ceiling)
    raised = clip.samples * np.float32(gain)
    limiter = limiting(raised, clip.rate, wanted.ceiling)
    return Weight(clip.rate, gain, limiter, clip_powers(followed(raised, limiter), clip.rate, wanted.heard_at))


def remembered(utterance: Utterance, notes: Notes, wanted: Wanted) -> Weight | None:
    """What `notes` have about a clip."""
    note = notes.get(utterance, wanted.name)
    return None if note is None else unpacked(note)


def packed(weight: Weight) -> bytes:
    """A weight as bytes."""
    head = _HEAD.pack(weight.rate, weight.gain, len(weight.limiter))
    return head + weight.limiter.astype("<f4").tobytes() + weight.powers.astype("<f8").tobytes()


def unpacked(note: bytes) -> Weight:
    """`packed` backwards, to the bit."""
    rate, gain, count = _HEAD.unpack_from(note)
    limiter = np.frombuffer(note, "<f4", count, _HEAD.size).astype(np.float32)
    powers = np.frombuffer(note, "<f8", offset=_HEAD.size + limiter.nbytes).astype(np.float64)
    return Weight(rate, gain, limiter, powers)
