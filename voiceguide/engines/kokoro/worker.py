"""Speaks with Kokoro in a process of its own: answers what the engine asks."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.engines.kokoro import model as kokoro_model
from voiceguide.engines.kokoro import phonemes as kokoro_phonemes
from voiceguide.engines.kokoro.model import Halved, Whole
from voiceguide.engines.process import Answer, serve

if TYPE_CHECKING:
    from numpy.typing import NDArray


def main() -> None:
    """Answers `phonemes` (`text`, `pronounced`), `load` (+ `model`, `sha256`), `speak` (+ `voice`, `milliseconds`)."""
    serve(_caught)


def _caught(request: Answer, folder: Path) -> Answer:
    """The answer, or what went wrong, so that the asking side need not start afresh."""
    try:
        spoken = kokoro_phonemes.phonemes(request["text"], request["pronounced"])
        if request["ask"] == "load":
            _model(tuple(request["model"]), request["sha256"])
        return {"file": str(_speak(spoken, request, folder))} if request["ask"] == "speak" else {"phonemes": spoken}
    except ImportError as error:
        return {"error": str(error), "kind": "missing"}
    except Exception as error:
        return {"error": str(error) or type(error).__name__, "kind": "failed"}


def _speak(spoken: str, request: Answer, folder: Path) -> Path:
    """A NumPy file of float32 samples."""
    model = _model(tuple(request["model"]), request["sha256"])
    pieces = kokoro_phonemes.pieces(spoken)
    path = folder / "spoken.npy"
    np.save(path, kokoro_model.speak(model, pieces, _styles(request["voice"]), request["milliseconds"]))
    return path


@lru_cache(1)
def _model(parts: tuple[str, ...], sha256: str) -> Halved | Whole:
    """The model whose file, or parts of it in their order, are `parts`. Raises ValueError when they were changed."""
    content = b"".join(Path(part).read_bytes() for part in parts)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"the model ({parts[0]}) is not what it was: its SHA-256 differs")
    return kokoro_model.load(content)


@lru_cache(8)
def _styles(path: str) -> NDArray[np.float32]:
    return kokoro_model.styles(Path(path).read_bytes())


if __name__ == "__main__":
    main()
