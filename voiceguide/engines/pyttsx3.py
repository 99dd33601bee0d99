"""pyttsx3, in a worker process of its own for each voice: the default voice, made of wheels alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.engines import Voice, calibration
from voiceguide.engines.process import Answer, Worker
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.near import suggest
from voiceguide.spoken import pace
from voiceguide.spoken.lexicon import respelled

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance
    from voiceguide.settings import Settings

WORKER = "voiceguide.engines.pyttsx3_worker"
LISTING = 60.0
"""Seconds that listing the voices may take: the first use of a system's speech can be slow."""
PREFERRED = {"en": "en-us", "fr": "fr-fr"}
"""The default voice of a language, where the language's own tag would name another or none."""


class Pyttsx3Engine:
    """Whatever speech system pyttsx3 finds: espeak NG on Linux, the system's own on macOS and Windows."""

    name = "pyttsx3"
    audible = True
    calibrated = sys.platform.startswith("linux")
    pitched = False
    copies = 1

    def __init__(self, _settings: Settings | None = None) -> None:
        self._workers: dict[str, Worker] = {}
        self._spare = Worker(WORKER)
        self._catalogue: Catalogue | None = None

    def identity(self, _utterance: Utterance) -> str:
        packages = " ".join(f"{name} {_version(name)}" for name in ("pyttsx3", "espeakng-loader"))
        return f"{packages} on {sys.platform}, rates {calibration.VERSION}, tempo {pace.VERSION}"

    def voices(self) -> tuple[Voice, ...]:
        return self._known(LISTING).voices

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        until = time.monotonic() + deadline
        known = self._known(deadline)
        voice = known.find(utterance.voice, utterance.language)
        setting = calibration.setting(known.driver, voice, pace.tempo(utterance))
        worker = self._worker(voice)
        request = {"ask": "speak", "text": respelled(utterance), "voice": voice, **asdict(setting)}
        try:
            return _join(_ask(worker, request, max(until - time.monotonic(), 0.1))["files"])
        except EngineError:
            worker.kill()
            raise

    def received(self, utterance: Utterance) -> str:
        return respelled(utterance)

    def close(self) -> None:
        for worker in (self._spare, *self._workers.values()):
            worker.close()
        self._workers.clear()

    def _known(self, deadline: float) -> Catalogue:
        if self._catalogue is None:
            answer = _ask(self._spare, {"ask": "voices"}, deadline)
            self._catalogue = Catalogue(**{field: answer[field] for field in Catalogue.__slots__})
        return self._catalogue

    def _worker(self, voice: str) -> Worker:
        """The one process of this voice. The first voice takes over the process that listed them."""
        if voice not in self._workers:
            self._workers[voice], self._spare = self._spare, Worker(WORKER)
        return self._workers[voice]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a driver can speak with, and how people may call it."""

    driver: str
    default: str
    """Id of the voice that the driver would take by itself."""
    listed: list[dict[str, str]]
    """`id`, `language` and `title` of each voice."""
    variants: list[str]
    """What may follow a voice after a plus, as in `en-us+f3`."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Those of English first, the default of it before all others."""
        named = [Voice(name, _tag(raw), raw["title"]) for name, raw in self._named().items()]
        return tuple(sorted(named, key=lambda v: (v.name != PREFERRED["en"], _primary(v.language) != "en")))

    def find(self, name: str, language: str) -> str:
        """The driver's id of a voice by name, id or title, or of the default voice of `language` when `name` is "".

        Raises UsageError with a near miss.
        """
        if not name:
            return self._default_of(language)
        known = self._spellings()
        base, _, variant = name.casefold().partition("+")
        if name.casefold() in known:
            return known[name.casefold()]
        if base not in known:
            raise UsageError(
                f"there is no voice called '{name}'", _hint(name, self._named(), "'voiceguide voices' lists them")
            )
        called = {v.casefold(): v for v in self.variants}
        if variant not in called:
            raise UsageError(
                f"there is no variant '{variant}' of a voice", _hint(variant, self.variants, "try f1 to f5 or m1 to m8")
            )
        return f"{known[base]}+{called[variant]}"

    def _default_of(self, language: str) -> str:
        tag = language.casefold().replace("_", "-")
        by_tag = {_tag(raw): raw["id"] for raw in reversed(self.listed)}
        if self.driver != "espeak" and any(r["id"] == self.default and _speaks(r, tag) for r in self.listed):
            return self.default
        for wanted in (PREFERRED.get(tag, tag), tag):
            if wanted in by_tag:
                return by_tag[wanted]
        for raw in self.listed:
            if _speaks(raw, tag):
                return raw["id"]
        hint = "choose one with --voice; 'voiceguide voices' lists them"
        raise UsageError(f"no voice of pyttsx3 speaks '{language}'", hint)

    def _named(self) -> dict[str, dict[str, str]]:
        """Voices by the shortest name that is theirs alone: espeak's by language tag, others by title."""
        named: dict[str, dict[str, str]] = {}
        for raw in self.listed:
            name = _tag(raw) if self.driver == "espeak" else raw["title"]
            named[raw["id"].rpartition("/")[2] if name in named or not name else name] = raw
        return named

    def _spellings(self) -> dict[str, str]:
        """Every accepted spelling in lower case → id; the names that are listed win."""
        loose = {raw[key].casefold(): raw["id"] for raw in self.listed for key in ("title", "id")}
        tails = {raw["id"].casefold().rpartition("/")[2]: raw["id"] for raw in self.listed}
        return tails | loose | {name.casefold(): raw["id"] for name, raw in self._named().items()}


def _hint(word: str, known: Iterable[str], otherwise: str) -> str:
    """A near miss where there is one: there are too many voices to list."""
    near = suggest(word, known)
    return near if near.startswith("did you mean") else otherwise


def _tag(raw: dict[str, str]) -> str:
    return raw["language"].casefold().replace("_", "-")


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def _speaks(raw: dict[str, str], tag: str) -> bool:
    return _primary(_tag(raw)) == _primary(tag)


def _ask(worker: Worker, request: Answer, deadline: float) -> Answer:
    answer = worker.ask(request, deadline)
    if "error" not in answer:
        return answer
    if answer.get("kind") == "missing":
        raise EngineMissing(f"pyttsx3 cannot be loaded: {answer['error']}", "reinstall voiceguide")
    raise EngineError(f"pyttsx3 failed: {answer['error']}")


def _join(files: list[str]) -> Clip:
    """The sound of all chunks, one after the other. The files are removed."""
    from voiceguide.audio.decode import decode

    clips = []
    for path in map(Path, files):
        clips.append(decode(path))
        path.unlink()
    if not clips:
        raise EngineError("pyttsx3 was given nothing to say")
    if len(clips) == 1:
        return clips[0]
    from voiceguide.audio.stitch import join

    return join(clips)


@lru_cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"
