"""The default engine: its worker's chunks, its voices, and that a sentence is the same whatever came before."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.engines import pyttsx3
from voiceguide.engines.espeak import EspeakEngine
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.engines.pyttsx3.worker import LONGEST_CHUNK, chunks
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.model.script import Utterance


@pytest.fixture(scope="module")
def engine() -> Iterator[Pyttsx3Engine]:
    engine = Pyttsx3Engine()
    yield engine
    engine.close()


def test_chunks_end_at_sentences_then_clauses_then_words() -> None:
    sentence = "Rest your left foot on your right thigh, and breathe. "
    assert chunks(sentence * 8) == [(sentence * 5).strip(), (sentence * 3).strip()]
    clause = "let the breath come and go, "
    assert all(chunk.endswith(("go,", "go")) for chunk in chunks((clause * 30).strip(", ")))
    assert [len(chunk) for chunk in chunks("word " * 100)] == [299, 199]


def test_no_run_is_longer_than_espeak_says_to_its_end() -> None:
    assert [len(run) for run in " ".join(chunks("x" * 100)).split()] == [38, 38, 24]


@given(st.text(st.sampled_from("abc .,;!?—…\n\té"), max_size=2000))
def test_chunks_lose_nothing_and_keep_their_limits(text: str) -> None:
    pieces = chunks(text)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    assert all(0 < len(piece) <= LONGEST_CHUNK for piece in pieces)
    assert all(len(run) <= 101 for piece in pieces for run in piece.split())


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="espeak's voices")


@linux
def test_espeaks_voices_go_by_language(engine: Pyttsx3Engine) -> None:
    names = [voice.name for voice in engine.voices()]
    assert names[0] == "en-us"
    assert len(names) == len(set(names)) > 100
    assert {"en-gb", "de", "fr-fr", "pt-br"} <= set(names)


@linux
@pytest.mark.parametrize("voice", ["en-us", "gmw/en-us", "English (America)", "EN-US"])
def test_one_voice_has_many_spellings(engine: Pyttsx3Engine, voice: str) -> None:
    default = engine.speak(Utterance("Let go."), 10)
    assert np.array_equal(engine.speak(Utterance("Let go.", voice=voice), 10).samples, default.samples)


@linux
def test_a_variant_sounds_different(engine: Pyttsx3Engine) -> None:
    plain, other = (engine.speak(Utterance("Let go.", voice=voice), 10) for voice in ("en-us", "en-us+F3"))
    assert not np.array_equal(plain.samples, other.samples)


@linux
def test_breathy_voices_do_not_change_with_the_time_of_day(engine: Pyttsx3Engine) -> None:
    line = Utterance("Let go.", voice="en-us+whisper")
    first = engine.speak(line, 10).samples
    time.sleep(1.0 - time.time() % 1)
    assert np.array_equal(engine.speak(line, 10).samples, first)


@linux
@pytest.mark.parametrize("voice", ["en-us", "en-us+whisper"])
def test_it_has_the_samples_of_the_library_called_directly(engine: Pyttsx3Engine, voice: str) -> None:
    with closing(EspeakEngine()) as direct:
        for line in (Utterance("Hold, and let go.", voice=voice, rate=rate, pitch=2) for rate in (90, 150)):
            assert np.array_equal(engine.speak(line, 10).samples, direct.speak(line, 10).samples)


def test_an_unknown_voice_is_the_users_error(engine: Pyttsx3Engine) -> None:
    with pytest.raises(UsageError, match="'en-su'") as caught:
        engine.speak(Utterance("Let go.", voice="en-su"), 10)
    assert caught.value.hint


@linux
def test_a_sentence_sounds_the_same_after_any_other(engine: Pyttsx3Engine) -> None:
    lines = [
        Utterance(text, voice=voice) for text in ("Hold.", "Slow, and firm.", "Feel it.") for voice in ("", "en-gb")
    ]
    first = [engine.speak(line, 10).samples for line in lines]
    backwards = [engine.speak(line, 10).samples for line in reversed(lines)]
    assert all(np.array_equal(a, b) for a, b in zip(first, reversed(backwards), strict=True))


@linux
def test_a_long_text_is_joined_from_its_chunks(engine: Pyttsx3Engine) -> None:
    short, long = (engine.speak(Utterance("Breathe in and breathe out again, slowly. " * n), 30) for n in (7, 14))
    assert len(short.samples) * 1.9 < len(long.samples) < len(short.samples) * 2.1


def test_a_worker_that_fails_is_an_error_and_then_replaced(
    engine: Pyttsx3Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineError, match="hangs"):
        engine.speak(Utterance("Let it go, and breathe. " * 1000), 0.1)
    assert len(engine.speak(Utterance("Let go."), 10).samples)
    monkeypatch.setattr(pyttsx3, "_join", _fail)
    with pytest.raises(EngineError, match="torn"):
        engine.speak(Utterance("Let go."), 10)


def test_a_speech_system_that_is_not_installed_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = 'from voiceguide.engines.process import serve\nserve(lambda *_: {"error": "no module", "kind": "missing"})\n'
    (tmp_path / "lacking_worker.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(pyttsx3, "WORKER", "lacking_worker")
    engine = Pyttsx3Engine()
    with pytest.raises(EngineMissing, match="no module"):
        engine.speak(Utterance("Let go."), 10)
    engine.close()


def _fail(_files: list[str]) -> None:
    raise EngineError("torn")
