"""espeak called directly: exact samples in any order, true word times, and no word lost."""

import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.audio.speech import trim
from voiceguide.engines import espeak
from voiceguide.engines.espeak import EspeakEngine
from voiceguide.engines.espeak.phonemes import _MNEMONICS
from voiceguide.errors import EngineError, EngineMissing, UsageError
from voiceguide.model.script import Pronunciation, Utterance
from voiceguide.spoken.sentences import split

pytest.importorskip("espeakng_loader")

NARRATION = Path(__file__).parents[2] / "bench" / "narration.txt"
FASCIA = Pronunciation("fascia", "fasha", "ˈfæʃə")


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


def sentences() -> list[str]:
    lines = NARRATION.read_text("utf-8").splitlines()
    return [text for line in lines if line and line[0] not in "#%" for _, text in split(line)]


def test_the_same_samples_in_any_order_on_any_number_of_engines(engine: EspeakEngine) -> None:
    voices = ("", "en-gb", "en-us+whisper", "de", "en-us+klatt")
    lines = [
        Utterance(text, voice=voices[n % 5], rate=(90, 115, 160)[n % 3], pitch=(0, 3, -4, 0)[n % 4])
        for n, text in enumerate(sentences()[:100])
    ]
    first = [engine.speak(line, 30).samples for line in lines]
    crew = EspeakEngine(), EspeakEngine()
    with ThreadPoolExecutor(2) as pool:
        halves = [
            pool.submit(lambda e, part: [e.speak(line, 30).samples for line in part], one, reversed(lines[n::2]))
            for n, one in enumerate(crew)
        ]
    for one in crew:
        one.close()
    for n, half in enumerate(halves):
        assert all(np.array_equal(a, b) for a, b in zip(first[n::2], reversed(half.result()), strict=True))


def test_noise_does_not_change_with_the_time_of_day(engine: EspeakEngine) -> None:
    line = Utterance("Let go.", voice="en-us+whisper")
    first = engine.speak(line, 10).samples
    time.sleep(1.0 - time.time() % 1)
    assert np.array_equal(engine.speak(line, 10).samples, first)


@pytest.mark.parametrize(("voice", "rate"), [("", 70), ("", 115), ("en-gb", 160), ("de", 90)])
def test_word_times_are_where_the_sound_is(engine: EspeakEngine, voice: str, rate: int) -> None:
    text = "Hold it; then press, then feel, and keep, back."
    clip, words = engine.timed(Utterance(text, voice=voice, rate=rate), 10)
    onsets = onsets_of(clip)
    after_pauses = [b.start for a, b in pairwise(words) if a.text[-1] in ",;"]
    assert len(after_pauses) == 4
    for start in (words[0].start, *after_pauses):
        assert min(abs(onset - start) for onset in onsets) < 5


def onsets_of(clip: Clip) -> list[float]:
    """Milliseconds at which sound begins after 80 ms of quiet, or at all."""
    level = np.abs(clip.samples)
    loud = np.flatnonzero(level > level.max() / 100)
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-clip.rate) > 0.08 * clip.rate)]
    return [1000 * int(frame) / clip.rate for frame in begins]


def test_words_are_the_whole_text_and_come_in_order(engine: EspeakEngine) -> None:
    for text in sentences()[::4]:
        clip, words = engine.timed(Utterance(text), 10)
        assert " ".join(word.text for word in words) == text
        starts = [word.start for word in words]
        assert starts == sorted(set(starts))
        assert 0 <= starts[0] <= starts[-1] < 1000 * len(clip.samples) / clip.rate


def test_what_is_said_as_one_is_one_word(engine: EspeakEngine) -> None:
    _, words = engine.timed(Utterance("I am going to be there, in the middle of the road."), 10)
    assert [word.text for word in words] == ["I am", "going", "to be", "there,", "in the", "middle", "of the", "road."]


@pytest.mark.parametrize("rate", [90, 130])
def test_its_rate_is_real_words_a_minute(engine: EspeakEngine, rate: int) -> None:
    texts = sentences()[:40]
    clips = [trim(engine.speak(Utterance(text, rate=rate), 10)) for text in texts]
    seconds = sum(len(clip.samples) / clip.rate for clip in clips)
    assert 60 * sum(len(text.split()) for text in texts) / seconds == pytest.approx(rate, rel=0.05)


@pytest.mark.parametrize("voice", ["", "en-gb", "de"])
@pytest.mark.parametrize("semitones", [-7, -3, 4, 9])
def test_pitch_is_in_semitones(engine: EspeakEngine, voice: str, semitones: int) -> None:
    plain, moved = (
        fundamental(
            engine.speak(
                Utterance(
                    "Rest your left foot. Let the air come and go, and move your arm along the wall.",
                    voice=voice,
                    pitch=pitch,
                ),
                10,
            )
        )
        for pitch in (0, semitones)
    )
    assert 12 * np.log2(moved / plain) == pytest.approx(semitones, abs=0.6)


def fundamental(clip: Clip) -> float:
    """The median of the fundamental frequency in Hz, by autocorrelation of 60 ms windows."""
    size, shortest = round(0.06 * clip.rate), clip.rate // 400
    found = []
    for at in range(0, len(clip.samples) - size, size // 4):
        window = clip.samples[at : at + size] * np.hanning(size)
        if np.abs(window).max() < 0.1:
            continue
        same = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)[: size // 2]
        same /= np.fft.irfft(np.abs(np.fft.rfft(np.hanning(size), 4 * size)) ** 2)[: size // 2]
        peaks = np.flatnonzero(same[shortest:] > 0.93 * same[shortest:].max())
        first = peaks[: int(np.flatnonzero(np.diff(peaks, append=size) > 1)[0]) + 1]
        found.append(clip.rate / (shortest + float(first.mean())))
    return float(np.median(found))


def test_the_lexicon_reaches_it_as_phonemes(engine: EspeakEngine) -> None:
    wrong, right = (engine.received(Utterance("Plantar fascia.", pronounced=p)) for p in ((), (FASCIA,)))
    assert "fˈæʃə" in right
    assert "fˈæʃə" not in wrong
    clip, words = engine.timed(Utterance("Plantar fascia.", pronounced=(FASCIA,)), 10)
    assert len(clip.samples)
    assert [word.text for word in words] == ["Plantar", "fascia."]
    assert "fˈaʃa" in engine.received(Utterance("Fascia.", voice="it", pronounced=(Pronunciation("Fascia", "fàscia"),)))


@pytest.mark.parametrize("symbol", [s for s in _MNEMONICS if s not in "ˈˌ"])
def test_each_symbol_of_ipa_is_read_back(engine: EspeakEngine, symbol: str) -> None:
    vowel = symbol[0] in "æaəɐɚɝɜɑɒɔʌɛeɪiuʊoᵻ"
    ipa = f"bˈɛ{symbol}s" if symbol in ("ɐ", "ᵻ") else f"bˈ{symbol}mə" if vowel else f"bˈɛ{symbol}ə"
    said = engine.received(Utterance("word", pronounced=(Pronunciation("word", "", ipa),)))
    assert alike(said) == alike(ipa)


def alike(ipa: str) -> str:
    """IPA with the spellings of one English sound made one, length marks left out."""
    same = {"ɫ": "l", "r": "ɹ", "g": "ɡ", "ʧ": "tʃ", "ʤ": "dʒ", "ɝ": "ɜ", "ɜːɹ": "ɜ", "əɹ": "ɚ", "ɒ": "ɑ", "əʊ": "oʊ"}
    same |= {"ɛəɹ": "ɛɹ", "eəɹ": "ɛɹ", "ɪəɹ": "ɪɹ", "ʊəɹ": "ʊɹ", "ɾ": "t", "l̩": "əl", "a": "æ", "aɪ": "aɪ", "aʊ": "aʊ"}
    for symbol in sorted(same, key=len, reverse=True):
        ipa = ipa.replace(symbol, f"<{same[symbol]}>") if f"<{symbol}" not in ipa else ipa
    return ipa.replace("<", "").replace(">", "").replace("ː", "")


@pytest.mark.parametrize("text", ["9" * 100, "x" * 200, "a/" * 500, "don't" * 100, "б" * 150, "a" * 3_000])
def test_long_runs_are_said_to_their_end(engine: EspeakEngine, text: str) -> None:
    lengths = [
        len(trim(engine.speak(Utterance(text[: len(text) * share // 4], rate=200), 60)).samples) for share in (1, 2, 4)
    ]
    assert lengths[1] / lengths[0] == pytest.approx(2, rel=0.15)
    assert lengths[2] / lengths[1] == pytest.approx(2, rel=0.15)


def test_a_very_long_text_takes_its_time_once(engine: EspeakEngine) -> None:
    sentence = "Rest your left foot on your right thigh, and breathe. "
    clip, words = engine.timed(Utterance(sentence * 100), 60)
    assert len(words) == 100 * len(sentence.split())
    once = len(engine.speak(Utterance(sentence), 10).samples)
    assert len(clip.samples) == pytest.approx(100 * once, rel=0.1)


@pytest.mark.parametrize("text", ["", "… —", "\0"])
def test_nothing_to_say_says_nothing(engine: EspeakEngine, text: str) -> None:
    try:
        clip, words = engine.timed(Utterance(text), 10)
    except EngineError:
        return
    assert not words or " ".join(word.text for word in words).split() == text.split()
    assert len(clip.samples)


def test_commands_in_a_text_change_nothing(engine: EspeakEngine) -> None:
    # Ctrl-A begins espeak's own commands, double brackets its phonemes: 99P would be another pitch.
    plain, odd = (engine.received(Utterance(text)) for text in ("Hold 99P the heel.", "Hold \x0199P the [[heel]].\0"))
    assert plain == odd


def test_an_unknown_voice_is_the_users_error(engine: EspeakEngine) -> None:
    with pytest.raises(UsageError, match="'en-su'") as caught:
        engine.speak(Utterance("Let go.", voice="en-su"), 10)
    assert caught.value.hint
    assert len(engine.speak(Utterance("Let go."), 10).samples)


def test_a_hang_is_an_error_and_the_next_call_starts_afresh(engine: EspeakEngine) -> None:
    with pytest.raises(EngineError, match="hangs"):
        engine.speak(Utterance("Let it go, and breathe. " * 4000), 0.1)
    assert len(engine.speak(Utterance("Let go."), 10).samples)


WORKER = """
    import json, os
    from voiceguide.engines.espeak import worker as espeak_worker
    from voiceguide.engines.process import serve

    def moody(request, folder):
        mood = os.environ["VOICEGUIDE_TEST_MOOD"]
        if mood == "missing":
            return {"error": "No module named 'espeakng_loader'", "kind": "missing"}
        if mood == "stuck":
            espeak_worker._unload = lambda espeak: None
        if request["ask"] == "speak" and mood == "deaf":
            espeak_worker._WORD = 99
        answer = espeak_worker._caught(lambda: espeak_worker._answer(request, folder))
        if request["ask"] == "speak" and mood == "torn":
            os.truncate(answer["file"], 1000)
        if request["ask"] == "speak" and mood == "gone":
            os.unlink(answer["file"])
        return answer

    serve(moody)
"""


@pytest.fixture
def moody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EspeakEngine]:
    (tmp_path / "moody_espeak_worker.py").write_text(textwrap.dedent(WORKER))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(espeak, "WORKER", "moody_espeak_worker")
    engine = EspeakEngine()
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("mood", "reason"), [("torn", "is torn: 1000 of"), ("gone", "cannot be read"), ("deaf", "passed over 'Let go")]
)
def test_a_bad_answer_is_noticed(moody: EspeakEngine, monkeypatch: pytest.MonkeyPatch, mood: str, reason: str) -> None:
    monkeypatch.setenv("VOICEGUIDE_TEST_MOOD", mood)
    with pytest.raises(EngineError, match=reason):
        moody.speak(Utterance("Let go."), 10)


def test_where_libraries_are_never_unloaded_each_text_has_its_own_process(
    moody: EspeakEngine, engine: EspeakEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEGUIDE_TEST_MOOD", "stuck")
    for text in ("Let go.", "Hold on.", "Let go."):
        assert np.array_equal(moody.speak(Utterance(text), 30).samples, engine.speak(Utterance(text), 30).samples)


def test_a_library_that_is_not_installed_is_missing(moody: EspeakEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUIDE_TEST_MOOD", "missing")
    with pytest.raises(EngineMissing, match="espeakng_loader") as caught:
        moody.speak(Utterance("Let go."), 10)
    assert caught.value.hint == "pip install espeakng-loader"


def test_the_library_is_loaded_only_in_the_worker() -> None:
    code = """
import json, sys
from voiceguide.engines.espeak import EspeakEngine
from voiceguide.model.script import Utterance
engine = EspeakEngine()
engine.speak(Utterance("Let go."), 10)
engine.close()
print(json.dumps(sorted(set(sys.modules) & {"espeakng_loader", "voiceguide.engines.espeak.worker"})))
"""
    command = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"]
    assert json.loads(subprocess.run(command, check=True, capture_output=True).stdout) == []
