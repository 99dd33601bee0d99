"""Kokoro's network: phonemes, a style and a length in, sound out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.speech import bounds
from voiceguide.engines.kokoro import lengths as kokoro_lengths
from voiceguide.engines.kokoro.graph import SPEED, Halves, Unsplittable, split
from voiceguide.engines.kokoro.phonemes import MOST, tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

RATE = 24_000
STYLE_BYTES = MOST * 256 * 4
"""A voice: float32 of shape (510, 1, 256), a style for each number of phonemes."""
BETWEEN = 0.2
"""Seconds between the pieces of a sentence that is too long to be spoken at once."""
SLOWEST, QUICKEST = 0.25, 4.0
"""`speed` of a model that takes nothing else."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is spoken at once."""

    spoken: str
    """Phonemes, at most `MOST`."""
    style: NDArray[np.float32]
    """Shape (1, 256)."""

    def inputs(self) -> dict[str, Any]:
        """What a model takes, by all the names that exports give it."""
        numbers = np.array([tokens(self.spoken)], np.int64)
        return {"tokens": numbers, "input_ids": numbers, "style": self.style}


class Whole:
    """A model that takes one speed for a whole piece: it is tried at its own, then told the one that fits."""

    def __init__(self, content: bytes) -> None:
        self._session = _session(content)

    def speak(self, pieces: list[Piece], milliseconds: float) -> list[Samples]:
        """The sound of each piece, untrimmed, with about `milliseconds` of speech in all."""
        trial = sum(_speech(self._run(piece, 1.0)) for piece in pieces)
        edges = kokoro_lengths.EDGES * kokoro_lengths.FRAME * len(pieces)
        speed = min(max((trial - edges) / max(milliseconds - edges, 1.0), SLOWEST), QUICKEST)
        return [self._run(piece, speed) for piece in pieces]

    def _run(self, piece: Piece, speed: float) -> Samples:
        return _sound(_run(self._session, piece.inputs() | {SPEED: np.array([speed], np.float32)})[0])


class Halved:
    """A model that can be told how long each phoneme lasts. Raises Unsplittable when it cannot."""

    def __init__(self, content: bytes) -> None:
        halves = split(content)
        self._names = halves.lengths, halves.frames, halves.crossing
        self._front, self._back = _sessions(halves)

    def speak(self, pieces: list[Piece], milliseconds: float) -> list[Samples]:
        """The sound of each piece, untrimmed, with `milliseconds` of speech in all."""
        lengths, _, crossing = self._names
        known = [dict(zip((lengths, *crossing), _run(self._front, piece.inputs()), strict=True)) for piece in pieces]
        natural = [
            kokoro_lengths.natural(piece.spoken, half[lengths][0]) for piece, half in zip(pieces, known, strict=True)
        ]
        wanted = [milliseconds * share / sum(natural) for share in natural]
        return [self._finish(*whole) for whole in zip(pieces, known, wanted, strict=True)]

    def _finish(self, piece: Piece, half: dict[str, Any], milliseconds: float) -> Samples:
        lengths, frames, _ = self._names
        planned = kokoro_lengths.frames(piece.spoken, half[lengths][0], milliseconds)
        return _sound(_run(self._back, piece.inputs() | half | {frames: planned[None].astype(np.float32)})[0])


def load(content: bytes) -> Halved | Whole:
    """A model from the contents of its ONNX file. Raises whatever onnxruntime does when it is none."""
    try:
        return Halved(content)
    except Unsplittable:
        return Whole(content)


def speak(model: Halved | Whole, pieces: list[str], styles: NDArray[np.float32], milliseconds: float) -> Samples:
    """The sound of `pieces` of phonemes, one after the other, at `RATE` Hz, with `milliseconds` of speech in all.

    `styles` has the shape (510, 1, 256).
    """
    parts = [Piece(spoken, styles[len(spoken) - 1]) for spoken in pieces]
    sounds = model.speak(parts, milliseconds - 1000 * BETWEEN * (len(parts) - 1))
    silence = np.zeros(round(BETWEEN * RATE), np.float32)
    joined = [part for sound in sounds[:-1] for part in (_cut(sound), silence)]
    return np.concatenate((*joined, sounds[-1]))


def styles(content: bytes) -> NDArray[np.float32]:
    """The styles of a voice, shape (510, 1, 256). Raises ValueError when that is not what a file holds."""
    if len(content) != STYLE_BYTES:
        raise ValueError(f"a voice of Kokoro has {STYLE_BYTES} bytes, this file {len(content)}")
    found = np.frombuffer(content, "<f4").reshape(MOST, 1, 256)
    if not np.isfinite(found).all():
        raise ValueError("the file holds values that are no numbers")
    return found


def _sessions(halves: Halves) -> tuple[InferenceSession, InferenceSession]:
    """Both halves. A graph that onnxruntime does not take in halves is as good as one that cannot be split."""
    try:
        return _session(halves.front), _session(halves.back)
    except Exception as error:
        raise Unsplittable(str(error)) from error


def _session(content: bytes) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # one thread: two on one sentence are slower than two sentences side by side, and the sum has one order
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _run(session: InferenceSession, values: dict[str, Any]) -> list[NDArray[np.float32]]:
    """All outputs of `session` for those of `values` that it takes."""
    taken = {place.name: values[place.name] for place in session.get_inputs()}
    return cast(list[NDArray[np.float32]], session.run(None, taken))


def _sound(output: NDArray[np.float32]) -> Samples:
    return output.astype(np.float32).reshape(-1)


def _speech(sound: Samples) -> float:
    """Milliseconds from the first sound to the last."""
    first, end = bounds(Clip(sound, RATE))
    return 1000 * (end - first) / RATE


def _cut(sound: Samples) -> Samples:
    """From the first sound to the last."""
    first, end = bounds(Clip(sound, RATE))
    return sound[first:end]
