"""pyttsx3, in a worker process of its own for each voice: the default voice, made of wheels alone."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.engines import Voice, calibration
from voiceguide.engines.catalogue import Catalogue
from voiceguide.engines.process import Answer, Worker
from voiceguide.errors import EngineError, EngineMissing
from voiceguide.plugins import installed_version
from voiceguide.spoken import pace
from voiceguide.spoken.lexicon import respelled

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance
    from voiceguide.settings import Settings

WORKER = "voiceguide.engines.pyttsx3.worker"
LISTING = 60.0
"""Seconds that listing the voices may take: the first use of a system's speech can be slow."""


class Pyttsx3Engine:
    """Whatever speech system pyttsx3 finds: espeak NG on Linux, the system's own on macOS and Windows."""

    name = "pyttsx3"
    audible = True
    calibrated = sys.platform.startswith("linux")
    pitched = sys.platform.startswith("linux")
    copies = 2

    def __init__(self, _settings: Settings | None = None) -> None:
        self._workers: dict[str, Worker] = {}
        self._spare = Worker(WORKER)
        self._catalogue: Catalogue | None = None

    def identity(self, _utterance: Utterance) -> str:
        packages = " ".join(f"{name} {installed_version(name)}" for name in ("pyttsx3", "espeakng-loader"))
        return f"{packages} on {sys.platform}, rates {calibration.VERSION}, tempo {pace.VERSION}"

    def voices(self) -> tuple[Voice, ...]:
        return self._known(LISTING).voices

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        until = time.monotonic() + deadline
        known = self._known(deadline)
        voice = known.find(utterance.voice, utterance.language)
        setting = calibration.setting(known.driver, voice, pace.tempo(utterance))
        worker = self._worker(voice)
        melody = asdict(calibration.melody(utterance.pitch))
        request = {"ask": "speak", "text": respelled(utterance), "voice": voice, **asdict(setting), **melody}
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
