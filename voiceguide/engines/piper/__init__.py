"""Piper: small neural voices that run anywhere, in a worker process of their own.

Piper and its voices come with the extra `[piper]`, which is GPL-3; nothing is fetched while it runs.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.engines import Voice
from voiceguide.engines.piper import voices as piper_voices
from voiceguide.engines.piper.voices import INSTALL, JOE, Chosen
from voiceguide.engines.process import Answer, Worker
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.plugins import installed_version
from voiceguide.settings import Settings
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance

WORKER = "voiceguide.engines.piper.worker"
NEEDED = ("piper", "onnxruntime")
READING = 30.0
"""Seconds that phonemes alone may take."""
VERSION = 1
"""Part of the identity: raise it whenever what a voice is given, or its level, changes."""
TEMPO = 1
"""Of `piper_lengths.VERSION`, which would load numpy; a test holds the two together."""


class PiperEngine:
    """A voice of piper for each language; any other by name from the voices folder, or by path."""

    name = "piper"
    audible = True
    calibrated = True
    pitched = False
    copies = 2

    def __init__(self, settings: Settings | None = None) -> None:
        self._folder = (settings or Settings()).voices_folder
        self._worker = Worker(WORKER)

    def identity(self, utterance: Utterance) -> str:
        packages = ", ".join(f"{name} {installed_version(name)}" for name in ("piper-tts", "onnxruntime"))
        try:
            chosen = self._find(utterance)
            voice = f"{_hash(chosen.model.path)} {_hash(chosen.model.configuration)} #{chosen.speaker or 0}"
        except (UsageError, EngineMissing, OSError):
            voice = "-"
        return f"piper {VERSION}, {packages}, tempo {TEMPO} {pace.VERSION}, voice {voice}"

    def voices(self) -> tuple[Voice, ...]:
        return piper_voices.listed(piper_voices.here(self._folder), "" if installed() else INSTALL)

    def received(self, utterance: Utterance) -> str:
        answer = self._ask("phonemes", utterance, READING)
        return " ".join(answer["phonemes"])

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        answer = self._ask("speak", utterance, deadline)
        try:
            return _clip(Path(answer["file"]), answer["rate"])
        except (OSError, ValueError) as error:
            self._worker.kill()
            raise EngineError(f"piper's sound cannot be read: {error}") from error

    def close(self) -> None:
        self._worker.close()

    def _find(self, utterance: Utterance) -> Chosen:
        """Raises UsageError, and EngineMissing for the packaged voice when that is not here."""
        models = piper_voices.here(self._folder)
        try:
            return piper_voices.find(models, utterance.voice, utterance.language)
        except UsageError:
            wants_joe = utterance.voice.casefold() in (JOE.name, "en_us-joe-medium")
            if wants_joe or (not utterance.voice and utterance.language.casefold().startswith("en")):
                raise EngineMissing("piper's voice 'joe' is not installed", INSTALL) from None
            raise

    def _ask(self, what: str, utterance: Utterance, deadline: float) -> Answer:
        if not installed():
            raise EngineMissing("piper is not installed", INSTALL)
        answer = self._worker.ask({"ask": what, **_request(self._find(utterance), utterance)}, deadline)
        if "error" not in answer:
            return answer
        if answer.get("kind") == "missing":
            raise EngineMissing(f"piper cannot be loaded: {answer['error']}", INSTALL)
        raise EngineError(f"piper failed: {answer['error']}")


def installed() -> bool:
    """True when piper can be loaded, as far as one can tell without loading it."""
    return all(find_spec(name) for name in NEEDED)


def _request(chosen: Chosen, utterance: Utterance) -> Answer:
    english = utterance.language.casefold().partition("-")[0] == "en" == chosen.model.language.partition("-")[0]
    return {
        "model": str(chosen.model.path),
        "sha256": _hash(chosen.model.path),
        "speaker": chosen.speaker,
        "text": utterance.spoken,
        "pronounced": [(entry.word, entry.respelled, entry.ipa) for entry in utterance.pronounced],
        "milliseconds": pace.estimate(utterance),
        "rate": utterance.rate if english else None,
    }


def _clip(path: Path, rate: int) -> Clip:
    """What the worker left, which is taken away."""
    import numpy as np

    from voiceguide.audio.clip import Clip

    samples = np.load(path, allow_pickle=False)
    path.unlink()
    return Clip(samples, rate)


def _hash(path: Path) -> str:
    state = path.stat()
    return _hashed(str(path), state.st_mtime_ns, state.st_size)


@lru_cache(32)
def _hashed(path: str, _changed: int, _size: int) -> str:
    """SHA-256 of a file: 63 MB take about 40 ms, once."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
