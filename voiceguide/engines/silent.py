"""An engine that takes exactly the estimated time and says nothing: for plans, tests and timing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceguide.engines import Voice
from voiceguide.model.units import to_frames
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance
    from voiceguide.settings import Settings

RATE = 22_050


class SilentEngine:
    """Digital silence of `spoken.pace.estimate` milliseconds."""

    name = "silent"
    audible = False
    calibrated = True
    pitched = False
    copies = 1

    def __init__(self, _settings: Settings | None = None) -> None:
        pass

    def identity(self, _utterance: Utterance) -> str:
        return f"silent 1, pace {pace.VERSION}"

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("silence", "und", "Nothing at all"),)

    def speak(self, utterance: Utterance, deadline: float) -> Clip:  # noqa: ARG002  (it is never late)
        import numpy as np

        from voiceguide.audio.clip import Clip

        return Clip(np.zeros(to_frames(pace.estimate(utterance), RATE), np.float32), RATE)

    def received(self, utterance: Utterance) -> str:
        return utterance.spoken

    def close(self) -> None:
        pass
