"""Stage 3: makes sure that every utterance is spoken, whole, and in the cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide import progress
from voiceguide.cache import ClipCache
from voiceguide.engines import Engine
from voiceguide.errors import (
    ContentError,
    EngineError,
    EngineMissing,
    Problem,
    SpeechFailed,
    StorageError,
    VoiceguideError,
)
from voiceguide.model.cues import NOWHERE
from voiceguide.model.script import Say, Utterance
from voiceguide.model.units import Millis
from voiceguide.progress import Listener, Progress, Warn
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

SCHEMA = 1
"""Part of every key: raise it whenever trimming or storing changes the samples."""
ATTEMPTS = 3
PATIENCE = 10.0
"""Seconds that any utterance may take, with `PER_SECOND` more for each second it is expected to last."""
PER_SECOND = 3.0


def clip_key(engine: Engine, utterance: Utterance) -> str:
    """The name of a clip in the cache: 64 hex digits of everything that changes its sound."""
    whole = json.dumps([SCHEMA, engine.name, engine.identity(), asdict(utterance)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Narration:
    """How many different utterances were spoken anew, and how many were there already."""

    synthesised: int = 0
    cached: int = 0


class Narrator:
    """Speaks with `engine` into `cache`. What is spoken stays, even when a later line fails or the work is stopped."""

    def __init__(self, engine: Engine, cache: ClipCache, listener: Listener = progress.ignore) -> None:
        self._engine = engine
        self._stores = [cache]
        self._listener = listener
        self._keys: dict[Utterance, str] = {}
        self._lines: dict[Utterance, Say] = {}
        self._fresh: set[str] = set()

    @property
    def narration(self) -> Narration:
        """The sum of all calls of `speak`: an utterance counts once."""
        fresh = sum(self._key(utterance) in self._fresh for utterance in self._lines)
        return Narration(fresh, len(self._lines) - fresh)

    def length(self, utterance: Utterance) -> tuple[int, int] | None:
        """(frames, rate in Hz) of a clip that is there, verified; None when it has to be spoken first."""
        key = self._key(utterance)
        return next((length for store in self._stores if (length := store.length(key))), None)

    def speak(self, lines: Sequence[Say]) -> Narration:
        """Makes sure that every line can be had from `clip`.

        Raises ContentError for lines without a letter or digit, SpeechFailed for one that could not be spoken after
        three attempts, and whatever else the engine says that another attempt cannot cure.
        """
        _refuse_unspeakable(lines)
        wanted = {say.utterance: say for say in reversed(lines)}
        self._lines = wanted | self._lines
        for done, say in enumerate(reversed(wanted.values()), 1):
            if self.length(say.utterance) is None:
                self._store(say)
            self._listener(Progress("speak", done, len(wanted)))
        return self.narration

    def clip(self, utterance: Utterance) -> Clip:
        """The clip of a line that was given to `speak`: mono, trimmed to the speech, at the engine's rate."""
        if (found := self._find(utterance)) is None:
            # Somebody else cleared or damaged the cache meanwhile.
            self._store(self._lines.get(utterance) or Say(utterance.spoken, utterance, NOWHERE))
            found = self._find(utterance)
        if found is None:
            raise StorageError("a clip that was just stored is gone", "choose another cache folder")
        return found

    def _key(self, utterance: Utterance) -> str:
        if utterance not in self._keys:
            self._keys[utterance] = clip_key(self._engine, utterance)
        return self._keys[utterance]

    def _find(self, utterance: Utterance) -> Clip | None:
        key = self._key(utterance)
        return next((clip for store in self._stores if (clip := store.get(key))), None)

    def _store(self, say: Say) -> None:
        clip, key = self._spoken(say), self._key(say.utterance)
        try:
            self._stores[-1].put(key, clip)
        except StorageError as error:
            if len(self._stores) > 1:
                raise
            self._listener(Warn(f"{error}; clips of this session are kept in a temporary folder"))
            self._stores.append(_temporary_store(self))
            self._stores[-1].put(key, clip)
        self._fresh.add(key)

    def _spoken(self, say: Say) -> Clip:
        """The trimmed clip of a line, after as many attempts as it takes."""
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                return self._attempt(say.utterance)
            except EngineMissing:
                raise
            except EngineError as error:
                reason = error.message
            except VoiceguideError:
                raise
            except Exception as error:  # an outsider's engine may raise anything
                reason = f"{type(error).__name__}: {error}"
        raise SpeechFailed(
            f"{say.source}: '{_short(say.text)}' could not be spoken, {ATTEMPTS} times over: {reason}",
            "say it in other words, choose another voice with --voice, or run 'voiceguide doctor'",
        )

    def _attempt(self, utterance: Utterance) -> Clip:
        expected = pace.estimate(utterance)
        clip = self._engine.speak(utterance, PATIENCE + PER_SECOND * expected / 1000)
        if not self._engine.audible:
            return clip
        return _verified(clip, expected, *pace.tolerance(utterance, calibrated=self._engine.calibrated))


def _verified(clip: Clip, expected: Millis, band: tuple[float, float], slack: Millis) -> Clip:
    """`clip`, trimmed. Raises EngineError when it cannot be the whole of what was to be spoken."""
    from voiceguide.audio import verify
    from voiceguide.audio.speech import trim

    reason = verify.fault(clip)
    if not reason:
        clip = trim(clip)
        reason = verify.fault_of_length(clip, expected, band, slack)
    if reason:
        raise EngineError(f"the engine's answer is wrong: {reason}")
    return clip


def _refuse_unspeakable(lines: Iterable[Say]) -> None:
    problems = tuple(
        Problem(
            say.source.file,
            say.source.line,
            say.source.column,
            f"there is nothing to speak in '{_short(say.text)}'",
            "write words, or a pause such as [pause 3s]",
        )
        for say in lines
        if not any(character.isalnum() for character in say.utterance.spoken)
    )
    if problems:
        raise ContentError(problems)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"


def _temporary_store(owner: object) -> ClipCache:
    """A store in the system's temporary folder that goes away with `owner`."""
    folder = tempfile.mkdtemp(prefix="voiceguide-clips-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return ClipCache(Path(folder))
