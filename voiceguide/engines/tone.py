"""An engine that hums one soft note for each phrase: to hear what was mixed, and to find it again in a test."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from voiceguide.engines import Voice
from voiceguide.model.units import to_frames
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance
    from voiceguide.settings import Settings

RATE = 22_050
LEVEL = 0.25
LOWEST = 220.0
"""Hz. The phrase's words choose one of `NOTES` semitones above it."""
NOTES = 24
EDGE = 0.01
"""Seconds of fade at both ends."""
TAIL = 0.1
"""Seconds of silence before and after, as real engines leave them."""


class ToneEngine:
    """A sine of the estimated length, with a little silence around it."""

    name = "tone"
    audible = True
    calibrated = True
    pitched = False
    copies = 1

    def __init__(self, _settings: Settings | None = None) -> None:
        pass

    def identity(self, _utterance: Utterance) -> str:
        return f"tone 1, pace {pace.VERSION}"

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("hum", "und", "One note for each phrase"),)

    def speak(self, utterance: Utterance, deadline: float) -> Clip:  # noqa: ARG002  (it is never late)
        import numpy as np

        from voiceguide.audio.clip import Clip

        frames = to_frames(pace.estimate(utterance), RATE)
        time = np.arange(frames) / RATE
        envelope = np.clip(np.minimum(time, time[::-1]) / EDGE, 0, 1) * LEVEL
        note = envelope * np.sin(2 * np.pi * pitch(utterance.spoken) * time)
        return Clip(np.pad(note, round(TAIL * RATE)).astype(np.float32), RATE)

    def received(self, utterance: Utterance) -> str:
        return utterance.spoken

    def close(self) -> None:
        pass


def pitch(text: str) -> float:
    """The note of a phrase in Hz: the same for the same words, always."""
    step = hashlib.sha256(text.encode()).digest()[0] % NOTES
    return float(LOWEST * 2 ** (step / 12))
