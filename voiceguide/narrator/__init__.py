"""Stage 3: makes sure that every utterance is spoken, whole, and in the cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide import progress
from voiceguide.cache import ClipCache, Entries
from voiceguide.engines import Engine
from voiceguide.errors import ContentError, Problem, StorageError
from voiceguide.model.cues import NOWHERE
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import recordings
from voiceguide.narrator.attempts import short, spoken
from voiceguide.narrator.crew import Crew
from voiceguide.narrator.notes import ClipNotes
from voiceguide.progress import Listener, Progress, Warn

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

SCHEMA = 1
"""Part of every key: raise it whenever trimming or storing changes the samples."""


def clip_key(engine: Engine, utterance: Utterance) -> str:
    """The name of a clip in the cache: 64 hex digits of everything that changes its sound."""
    if utterance.recording:
        return recordings.key(utterance.recording)
    whole = json.dumps([SCHEMA, engine.name, engine.identity(utterance), asdict(utterance)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Narration:
    """How many different utterances were spoken anew, were there already, and are recordings."""

    synthesised: int = 0
    cached: int = 0
    recorded: int = 0


class Narrator:
    """Speaks with `engine` into `cache`. What is spoken stays, even when a later line fails or the work is stopped.

    Up to `jobs` engines speak side by side, where that engine says it helps and `another` makes more of it.
    """

    def __init__(
        self,
        engine: Engine,
        cache: ClipCache,
        listener: Listener = progress.ignore,
        *,
        another: Callable[[], Engine] | None = None,
        jobs: int = 1,
    ) -> None:
        self._engine = engine
        self._crew = Crew(engine, another, min(jobs, engine.copies) if another else 1)
        self._stores = [cache]
        self._listener = listener
        self._keys: dict[Utterance, str] = {}
        self._lines: dict[Utterance, Say] = {}
        self._fresh: set[str] = set()

    @property
    def narration(self) -> Narration:
        """The sum of all calls of `speak`: an utterance counts once."""
        spoken = [utterance for utterance in self._lines if not utterance.recording]
        fresh = sum(self._key(utterance) in self._fresh for utterance in spoken)
        return Narration(fresh, len(spoken) - fresh, len(self._lines) - len(spoken))

    def length(self, utterance: Utterance) -> tuple[int, int] | None:
        """(frames, rate in Hz) of a clip that is there, verified; None when it has to be spoken first."""
        key = self._key(utterance)
        return next((length for store in self._stores if (length := store.length(key))), None)

    def prepare(self, lines: Iterable[Say]) -> None:
        """Makes sure that the recordings among `lines` can be had from `clip`, so that their lengths are known.

        Asks nothing of the engine. Raises ContentError with every recording that cannot be played.
        """
        problems: list[Problem] = []
        for utterance, say in {say.utterance: say for say in lines if say.utterance.recording}.items():
            try:
                if self.length(utterance) is None:
                    self._store(utterance, recordings.played(say, self._listener))
            except ContentError as error:
                problems += error.problems
        if problems:
            raise ContentError(tuple(sorted(problems)))

    def speak(self, lines: Sequence[Say]) -> Narration:
        """Makes sure that every line can be had from `clip`.

        Raises ContentError for lines without a letter or digit and as `prepare` does, SpeechFailed for one that could
        not be spoken after three attempts, and whatever else the engine says that another attempt cannot cure.
        """
        _refuse_unspeakable(lines)
        self.prepare(lines)
        wanted = {say.utterance: say for say in reversed(lines)}
        self._lines = wanted | self._lines
        missing = [say for say in reversed(wanted.values()) if self.length(say.utterance) is None]
        there = len(wanted) - len(missing)
        self._listener(Progress("speak", there, len(wanted)))
        for done, (say, clip) in enumerate(self._crew.spoken(missing), there + 1):
            self._store(say.utterance, clip)
            self._listener(Progress("speak", done, len(wanted)))
        return self.narration

    def clip(self, utterance: Utterance) -> Clip:
        """The clip of a line that was given to `speak`: mono, trimmed to the speech, at the engine's rate."""
        if (found := self._find(utterance)) is None:
            # Somebody else cleared or damaged the cache meanwhile.
            say = self._lines.get(utterance) or Say(utterance.spoken, utterance, NOWHERE)
            self._store(utterance, self._made(say))
            found = self._find(utterance)
        if found is None:
            raise StorageError("a clip that was just stored is gone", "choose another cache folder")
        return found

    @property
    def mp3(self) -> Entries:
        """Where encoded stretches of sessions are kept, beside the clips."""
        return self._stores[0].mp3

    @property
    def notes(self) -> ClipNotes:
        """What others have found out about the clips."""
        return ClipNotes(self._stamp, self._stores[0].weights)

    def _stamp(self, utterance: Utterance) -> str | None:
        key = self._key(utterance)
        return next((stamp for store in self._stores if (stamp := store.stamp(key))), None)

    def _made(self, say: Say) -> Clip:
        if say.utterance.recording:
            return recordings.played(say, self._listener)
        return spoken(self._engine, say)

    def _key(self, utterance: Utterance) -> str:
        if utterance not in self._keys:
            self._keys[utterance] = clip_key(self._engine, utterance)
        return self._keys[utterance]

    def _find(self, utterance: Utterance) -> Clip | None:
        key = self._key(utterance)
        return next((clip for store in self._stores if (clip := store.get(key))), None)

    def _store(self, utterance: Utterance, clip: Clip) -> None:
        key = self._key(utterance)
        try:
            self._stores[-1].put(key, clip)
        except StorageError as error:
            if len(self._stores) > 1:
                raise
            self._listener(Warn(f"{error}; clips of this session are kept in a temporary folder"))
            self._stores.append(_temporary_store(self))
            self._stores[-1].put(key, clip)
        self._fresh.add(key)


def _refuse_unspeakable(lines: Iterable[Say]) -> None:
    problems = tuple(
        Problem(
            say.source.file,
            say.source.line,
            say.source.column,
            f"there is nothing to speak in '{short(say.text)}'",
            "write words, or a pause such as [pause 3s]",
        )
        for say in lines
        if not any(character.isalnum() for character in say.utterance.spoken)
    )
    if problems:
        raise ContentError(problems)


def _temporary_store(owner: object) -> ClipCache:
    """A store in the system's temporary folder that goes away with `owner`."""
    folder = tempfile.mkdtemp(prefix="voiceguide-clips-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return ClipCache(Path(folder))
