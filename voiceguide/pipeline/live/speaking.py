"""The voice of a session that plays: one line at a time, how long each came out, and how quickly."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from voiceguide.engines import Engine
from voiceguide.errors import EngineError, StorageError, VoiceguideError
from voiceguide.model.script import Say, Utterance
from voiceguide.model.units import Frames, rescale
from voiceguide.narrator import Narrator

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

HELD = 6
"""Clips that are kept in memory: what is said now and next, and what was said last."""


def as_told(error: Exception) -> VoiceguideError:
    """Any error as one that a listener can be told of."""
    if isinstance(error, VoiceguideError):
        return error
    return EngineError(f"{type(error).__name__}: {error}", "run 'voiceguide doctor'")


class Voice:
    """A narrator that answers at once what it knows, at a session's rate."""

    def __init__(self, engine: Engine, narrator: Narrator, rate: int) -> None:
        self._engine = engine
        self._narrator = narrator
        self._rate = rate
        self._lengths: dict[Utterance, Frames] = {}
        self._turn = threading.Lock()
        self._paces: list[tuple[float, float]] = []
        self._held: OrderedDict[Utterance, Clip] = OrderedDict()
        self._holding = threading.Lock()
        self.failed: dict[Utterance, VoiceguideError] = {}
        """What could not be spoken, and why, until somebody lets it be tried again."""

    def length(self, utterance: Utterance) -> Frames | None:
        """The true length of a clip that is there."""
        return self._lengths.get(utterance)

    def learn(self, lengths: Mapping[Utterance, Frames]) -> None:
        """Takes over what somebody else has found out."""
        self._lengths |= lengths

    def look(self, utterances: Iterable[Utterance]) -> None:
        """Finds out which of them were spoken before."""
        for utterance in set(utterances) - self._lengths.keys():
            if found := self._narrator.length(utterance):
                self._lengths[utterance] = rescale(*found, self._rate)

    def speak(self, say: Say) -> None:
        """Speaks a line, or notes in `failed` why it cannot be spoken."""
        begun = time.monotonic()
        try:
            with self._turn:
                self._narrator.speak([say])
            self.look([say.utterance])
            length = self._lengths.get(say.utterance)
            if length is None:
                raise StorageError("a clip that was just stored is gone", "choose another cache folder")
        except Exception as error:  # an outsider's engine may raise anything, and nobody would hear of it here
            self.failed[say.utterance] = as_told(error)
            return
        self._paces.append((time.monotonic() - begun, length / self._rate))

    def close(self) -> None:
        """Stops the engine; what it is saying fails."""
        with suppress(Exception):  # an outsider's engine may raise anything
            self._engine.close()

    @property
    def pace(self) -> float | None:
        """Seconds that it takes to speak one second, the start of the engine left aside; None after one line."""
        later = self._paces[1:]
        return sum(took for took, _ in later) / sum(length for _, length in later) if later else None

    @property
    def first(self) -> float | None:
        """The same of the first line, start included; None before it."""
        return self._paces[0][0] / self._paces[0][1] if self._paces else None

    def holds(self, utterance: Utterance) -> bool:
        """Whether its clip is in memory."""
        return utterance in self._held

    def fetch(self, utterance: Utterance) -> bool:
        """Brings the clip of a line that was spoken into memory. False when somebody cleared the cache meanwhile."""
        if not self.holds(utterance):
            if self._narrator.length(utterance) is None:
                return False
            try:
                clip = self._narrator.clip(utterance)
            except VoiceguideError:  # cleared between these two looks
                return False
            with self._holding:
                self._held[utterance] = clip
                while len(self._held) > HELD:
                    self._held.popitem(last=False)
        return True

    def forget_gone(self) -> None:
        """Knows nothing more of what somebody took out of the cache, but for what is in memory."""
        for utterance in tuple(self._lengths):
            if not self.holds(utterance) and self._narrator.length(utterance) is None:
                self._lengths.pop(utterance, None)

    def clip(self, utterance: Utterance) -> Clip | None:
        """The clip of a line that was spoken; None of one that was not. At once for what was fetched."""
        with self._holding:
            if (held := self._held.get(utterance)) is not None:
                self._held.move_to_end(utterance)
                return held
        if utterance not in self._lengths:
            return None
        if self._narrator.length(utterance) is None:
            # Cleared since it was fetched, and not in memory any more: it is spoken again, when nobody else speaks.
            with self._turn:
                return self._narrator.clip(utterance)
        return self._narrator.clip(utterance)
