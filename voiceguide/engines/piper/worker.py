"""Speaks with piper in a process of its own: answers what the engine asks."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from voiceguide.audio.clip import Samples
from voiceguide.engines.piper import lengths as piper_lengths
from voiceguide.engines.piper.lengths import Lengths
from voiceguide.engines.piper.model import Network
from voiceguide.engines.piper.phonemes import Alphabet, Sentence, sentences
from voiceguide.engines.piper.voices import configuration
from voiceguide.engines.process import Answer, serve
from voiceguide.model.script import Pronunciation

PEAK = 0.7
"""Of every utterance: full scale is for those who mix. Voices differ by 10 dB and more."""
ALPHABETS = ("espeak", "text")
"""Kinds of phonemes that need nothing but piper itself; others fetch models while they run."""
HOP = 256
"""Samples of a frame, in every voice that does not say otherwise."""


class Speaker:
    """One voice, loaded."""

    def __init__(self, path: Path, sha256: str) -> None:
        from piper import PiperVoice
        from piper.config import PiperConfig

        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"{path} was changed meanwhile")
        config = configuration(path)
        if config.get("phoneme_type", "espeak") not in ALPHABETS:
            raise ValueError(f"voices with phonemes of the kind '{config['phoneme_type']}' are not supported")
        self._network = Network(content, int(config.get("hop_length", HOP)))
        self._voice: Any = PiperVoice(session=None, config=PiperConfig.from_dict(config))
        self.rate = int(self._voice.config.sample_rate)
        self._frame = 1000 * int(config.get("hop_length", HOP)) / self.rate
        clusters = tuple("".join(signs) for signs in config.get("vowel_clusters") or ())
        self._alphabet = Alphabet(frozenset(config["phoneme_id_map"]), clusters)
        self._steady: dict[int | None, float] = {}

    def phonemes(self, text: str, lexicon: list[Pronunciation]) -> list[Sentence]:
        """What the network gets, sentence by sentence. Raises ValueError when it cannot say all of it."""
        return sentences(text, lexicon, self._voice.phonemize, self._alphabet)

    def speak(self, spoken: list[Sentence], speaker: int | None, wanted: float, rate: int | None) -> Samples:
        """Samples of about `wanted` milliseconds of speech, with the voice's own silence around it.

        `rate` is the words a minute that `wanted` comes from, or None in a language whose tempo cannot be measured.
        """
        signs = [self._voice.phonemes_to_ids(sentence) for sentence in spoken]
        lengths = self._lengths(spoken, signs, speaker)
        steady = piper_lengths.reference(rate) / self._natural(speaker) if rate else None
        factor = piper_lengths.stretch(wanted, float(lengths.sum()) * self._frame, steady)
        scale = piper_lengths.scale(lengths, factor)
        sound = np.concatenate([self._network.speak(one, scale, speaker) for one in signs])
        peak = float(np.abs(sound).max(initial=0.0))
        return sound * np.float32(PEAK / peak) if peak > 0 else sound

    def _natural(self, speaker: int | None) -> float:
        """The milliseconds that the reference text takes at stretch 1."""
        if speaker not in self._steady:
            spoken = self.phonemes(piper_lengths.TEXT, [])
            signs = [self._voice.phonemes_to_ids(sentence) for sentence in spoken]
            self._steady[speaker] = float(self._lengths(spoken, signs, speaker).sum()) * self._frame
        return self._steady[speaker]

    def _lengths(self, spoken: list[Sentence], signs: list[list[int]], speaker: int | None) -> Lengths:
        """Natural lengths from the first to the last sound."""
        lengths = np.concatenate([self._network.lengths(one, speaker) for one in signs])
        before, after = _silence(spoken[0]), _silence(spoken[-1][::-1])
        # Each phoneme is two signs, itself and a filler; two signs open the sentence, one closes it.
        return lengths[2 + 2 * before : len(lengths) - 1 - 2 * after]


def _silence(sentence: Sentence) -> int:
    """How many phonemes at its beginning are no sound."""
    return next((place for place, sign in enumerate(sentence) if sign.isalpha()), 0)


def main() -> None:
    """Answers `phonemes` and `speak`; `speak` leaves a NumPy file of float32 samples."""
    serve(_caught)


def _caught(request: Answer, folder: Path) -> Answer:
    try:
        return _answer(request, folder)
    except ImportError as error:
        return {"error": str(error), "kind": "missing"}
    except Exception as error:
        return {"error": str(error) or type(error).__name__, "kind": "failed"}


def _answer(request: Answer, folder: Path) -> Answer:
    speaker = _speaker(request["model"], request["sha256"])
    spoken = speaker.phonemes(request["text"], [Pronunciation(*entry) for entry in request["pronounced"]])
    if request["ask"] == "phonemes":
        return {"phonemes": ["".join(sentence) for sentence in spoken]}
    path = folder / "spoken.npy"
    np.save(path, speaker.speak(spoken, request["speaker"], request["milliseconds"], request["rate"]))
    return {"file": str(path), "rate": speaker.rate}


@lru_cache(2)
def _speaker(path: str, sha256: str) -> Speaker:
    # A guide and a counter may take turns.
    return Speaker(Path(path), sha256)


if __name__ == "__main__":
    main()
