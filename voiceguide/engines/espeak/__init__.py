"""The espeak library called directly, in a worker process: quick, exact, and it tells when each word begins."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.engines import Voice, Word, calibration
from voiceguide.engines.catalogue import Catalogue, primary
from voiceguide.engines.espeak.text import Given, given, words
from voiceguide.engines.process import Answer, Worker
from voiceguide.errors import EngineError, EngineMissing
from voiceguide.plugins import installed_version
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance
    from voiceguide.settings import Settings

WORKER = "voiceguide.engines.espeak.worker"
LISTING = 30.0
"""Seconds that listing the voices may take."""
RATE = 22_050
VERSION = 1
"""Part of the identity: raise it whenever what the library is given changes."""


class EspeakEngine:
    """espeak NG from its wheel, synchronous: the samples of a line depend on the line alone."""

    name = "espeak"
    audible = True
    calibrated = True
    pitched = True
    copies = 2

    def __init__(self, _settings: Settings | None = None) -> None:
        self._worker = Worker(WORKER)
        self._catalogue: Catalogue | None = None

    def identity(self, _utterance: Utterance) -> str:
        library = f"espeak {VERSION}, espeakng-loader {installed_version('espeakng-loader')}"
        return f"{library}, rates {calibration.VERSION}, tempo {pace.VERSION}"

    def voices(self) -> tuple[Voice, ...]:
        return self._known(LISTING).voices

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        clip, _ = self.timed(utterance, deadline)
        return clip

    def timed(self, utterance: Utterance, deadline: float) -> tuple[Clip, tuple[Word, ...]]:
        """The clip as `speak` gives it, and its words, which joined by spaces are the whole text.

        Raises as `speak` does, and EngineError when the library passed a word over.
        """
        until = time.monotonic() + deadline
        voice, text = self._given(utterance, deadline)
        settings = asdict(calibration.setting("espeak", voice, pace.tempo(utterance)))
        melody = asdict(calibration.melody(utterance.pitch))
        answer = self._ask("speak", voice, text, until - time.monotonic(), **settings, **melody)
        try:
            clip = _read(Path(answer["file"]), answer["bytes"])
        except EngineError:
            self._worker.kill()
            raise
        return clip, words(utterance.spoken, text, answer["events"], clip.rate)

    def received(self, utterance: Utterance) -> str:
        """The phonemes that are said, in IPA, after the lexicon and the library's own rules."""
        voice, text = self._given(utterance, LISTING)
        return str(self._ask("phonemes", voice, text, LISTING)["phonemes"])

    def close(self) -> None:
        self._worker.close()

    def _given(self, utterance: Utterance, deadline: float) -> tuple[str, Given]:
        """The id of the voice, and the text for it."""
        known = self._known(deadline)
        voice = known.find(utterance.voice, utterance.language)
        return voice, given(utterance, english=primary(known.language(voice)) == "en")

    def _known(self, deadline: float) -> Catalogue:
        if self._catalogue is None:
            answer = self._answer({"ask": "voices"}, deadline)
            self._catalogue = Catalogue(**{field: answer[field] for field in Catalogue.__slots__})
        return self._catalogue

    def _ask(self, what: str, voice: str, text: Given, deadline: float, **parameters: int) -> Answer:
        request = {"ask": what, "voice": voice, "text": text.text, "phonemes": text.phonemes, **parameters}
        return self._answer(request, deadline)

    def _answer(self, request: Answer, deadline: float) -> Answer:
        until = time.monotonic() + deadline
        answer = self._worker.ask(request, max(deadline, 0.1))
        if answer.get("kind") == "worn":
            # A system that never unloads a library: each text gets a process of its own.
            self._worker.close()
            answer = self._worker.ask(request, max(until - time.monotonic(), 0.1))
        return _checked(answer)


def _checked(answer: Answer) -> Answer:
    if "error" not in answer:
        return answer
    if answer.get("kind") == "missing":
        raise EngineMissing(f"espeak is not installed: {answer['error']}", "pip install espeakng-loader")
    raise EngineError(f"espeak failed: {answer['error']}")


def _read(path: Path, size: int) -> Clip:
    """The samples in a file of `size` bytes, 16 bits each. The file is removed."""
    import numpy as np

    from voiceguide.audio.clip import Clip
    from voiceguide.audio.stitch import from_steps

    try:
        sound = path.read_bytes()
        path.unlink()
    except OSError as error:
        raise EngineError(f"espeak's answer cannot be read: {error}") from error
    if len(sound) != size or size % 2:
        raise EngineError(f"espeak's answer is torn: {len(sound)} of {size} bytes")
    if not sound:
        raise EngineError("espeak was given nothing to say")
    return Clip(from_steps(np.frombuffer(sound, np.int16)), RATE)
