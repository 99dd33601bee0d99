"""An engine that nobody tries again once it was told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceguide.engines import Engine, Voice
from voiceguide.errors import EngineError, EngineMissing

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance


class Stoppable:
    """`engine`; when it is closed while it speaks, or after, it is missing: a failure that no other attempt cures."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._over = False
        self.name, self.audible, self.calibrated = engine.name, engine.audible, engine.calibrated
        self.pitched, self.copies = engine.pitched, engine.copies

    def identity(self, utterance: Utterance) -> str:
        return self._engine.identity(utterance)

    def voices(self) -> tuple[Voice, ...]:
        return self._engine.voices()

    def received(self, utterance: Utterance) -> str:
        return self._engine.received(utterance)

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        try:
            if self._over:
                raise EngineError("it was closed")
            return self._engine.speak(utterance, deadline)
        except EngineError as error:
            if self._over:
                raise EngineMissing(f"{self.name} was stopped") from error
            raise

    def close(self) -> None:
        self._over = True
        self._engine.close()
