"""Not one word is lost: what the narrator does when an engine fails, and what it never does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.cache import ClipCache
from voiceguide.engines import Engine, Voice
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.engines.tone import ToneEngine
from voiceguide.errors import ContentError, EngineError, EngineMissing, SpeechFailed, StorageError, UsageError
from voiceguide.model.cues import Source
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narration, Narrator, clip_key
from voiceguide.progress import Progress, Warn
from voiceguide.spoken.pace import estimate

TEXTS = ("Hold the heel in one hand.", "Bend the toes back, gently.", "And let them go.")


def script(texts: tuple[str, ...] = TEXTS) -> list[Say]:
    return [Say(text, Utterance(text), Source("feet.md", line)) for line, text in enumerate(texts, 3)]


def empty(_clip: Clip) -> Clip:
    return Clip(np.zeros(0, np.float32), 22_050)


def cut(clip: Clip) -> Clip:
    return Clip(clip.samples[: len(clip.samples) // 2], clip.rate)


def cut_softly(clip: Clip) -> Clip:
    """Half, with silence after it, as a buffer that was flushed too early."""
    half = cut(clip).samples
    return Clip(np.pad(half, (0, 5000)), clip.rate)


def silent(clip: Clip) -> Clip:
    return Clip(np.zeros_like(clip.samples), clip.rate)


def endless(clip: Clip) -> Clip:
    return Clip(np.tile(clip.samples, 4), clip.rate)


def broken(clip: Clip) -> Clip:
    return Clip(np.where(clip.samples > 0.1, np.nan, clip.samples).astype(np.float32), clip.rate)


def overflown(clip: Clip) -> Clip:
    return Clip(np.clip(clip.samples * 1000, -1, 1), clip.rate)


def no_file(_clip: Clip) -> Clip:
    raise EngineError("it wrote no file")


def surprise(_clip: Clip) -> Clip:
    raise ValueError("something an outsider did not foresee")


FAULTS = (empty, cut, cut_softly, silent, endless, broken, overflown, no_file, surprise)


@dataclass
class Injecting:
    """A tone engine that goes wrong on one text, so many times."""

    text: str
    fault: Callable[[Clip], Clip]
    times: int
    name: str = "injecting"
    audible: bool = True
    calibrated: bool = True
    pitched: bool = False
    copies: int = 1
    spoken: list[str] = field(default_factory=list)

    def identity(self, _utterance: Utterance) -> str:
        return "injecting 1"

    def received(self, utterance: Utterance) -> str:
        return utterance.spoken

    def voices(self) -> tuple[Voice, ...]:
        return ToneEngine().voices()

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        self.spoken.append(utterance.spoken)
        clip = ToneEngine().speak(utterance, deadline)
        if utterance.spoken != self.text or self.times <= 0:
            return clip
        self.times -= 1
        return self.fault(clip)

    def close(self) -> None:
        pass


@pytest.fixture
def cache(tmp_path: Path) -> ClipCache:
    return ClipCache(tmp_path / "cache")


@pytest.mark.parametrize("k", range(len(TEXTS)))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_line_that_always_fails_is_named(cache: ClipCache, fault: Callable[[Clip], Clip], k: int) -> None:
    engine = Injecting(TEXTS[k], fault, times=99)
    with pytest.raises(SpeechFailed) as caught:
        Narrator(engine, cache).speak(script())
    assert f"feet.md:{k + 3}: '{TEXTS[k]}'" in caught.value.message
    assert caught.value.hint
    assert engine.spoken == [*TEXTS[:k], *[TEXTS[k]] * 3]
    assert cache.stats().clips == k
    assert not list(cache.folder.rglob("*.tmp"))


@pytest.mark.parametrize("k", range(len(TEXTS)))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_line_that_fails_twice_is_spoken_the_third_time(
    cache: ClipCache, tmp_path: Path, fault: Callable[[Clip], Clip], k: int
) -> None:
    narrator = Narrator(Injecting(TEXTS[k], fault, times=2), cache)
    assert narrator.speak(script()) == Narration(3, 0)
    sound = Narrator(Injecting("", fault, times=0), ClipCache(tmp_path / "other"))
    sound.speak(script())
    for say in script():
        assert np.array_equal(narrator.clip(say.utterance).samples, sound.clip(say.utterance).samples)


def test_two_hundred_utterances_at_three_rates_and_two_voices(tmp_path: Path) -> None:
    places = ("heel", "arch", "instep", "ankle", "ball", "sole")
    ways = (
        "Rub the {}.|Let your {} go soft, and wait.|Press once along the {}, from left to right.|Feel your {}.|The {}."
    )
    texts = [way.format(place) for place in places for way in ways.split("|")] + list(TEXTS) + ["Rest now."]
    lines = [
        Say(text, Utterance(text, voice=voice, rate=rate), Source("feet.md", 1))
        for text in texts
        for voice in ("en-us", "en-gb")
        for rate in (100, 115, 150)
    ][:200]
    assert len(set(lines)) == 200

    def run(folder: str) -> list[Clip]:
        engine = Pyttsx3Engine()
        narrator = Narrator(engine, ClipCache(tmp_path / folder))
        assert narrator.speak(lines) == Narration(200, 0)
        engine.close()
        return [narrator.clip(say.utterance) for say in lines]

    # Side by side, so that neither order nor load may matter.
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(run, ("first", "second")))
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(*runs, strict=True))
    for rate in (100, 115, 150):
        spoken = [(s, c) for s, c in zip(lines, runs[0], strict=True) if s.utterance.rate == rate]
        seconds = sum(len(clip.samples) / clip.rate for _, clip in spoken)
        estimated = sum(estimate(say.utterance) for say, _ in spoken) / 1000
        assert seconds == pytest.approx(estimated, rel=0.05)


def test_what_is_there_is_not_spoken_again(cache: ClipCache) -> None:
    engine = Injecting("", silent, times=0)
    assert Narrator(engine, cache).speak(script()) == Narration(3, 0)
    again = Narrator(engine, cache)
    assert again.speak(script()) == Narration(0, 3)
    assert again.speak([*script(), *script((*TEXTS, "One more."))]) == Narration(1, 3)
    assert engine.spoken == [*TEXTS, "One more."]


def test_the_same_words_are_spoken_once_and_the_first_line_is_blamed(cache: ClipCache) -> None:
    engine = Injecting("Go on.", silent, times=99)
    with pytest.raises(SpeechFailed, match=r"feet\.md:3:"):
        Narrator(engine, cache).speak(script(("Go on.", "Go on.")))
    engine.times = 0
    assert Narrator(engine, cache).speak(script(("Go on.", "Go on."))) == Narration(1, 0)


def test_a_torn_clip_is_spoken_again(cache: ClipCache) -> None:
    engine = Injecting("", silent, times=0)
    narrator = Narrator(engine, cache)
    narrator.speak(script())
    before = narrator.clip(script()[0].utterance)
    path = next(cache.folder.rglob(f"{clip_key(engine, script()[0].utterance)}.flac"))
    path.write_bytes(path.read_bytes()[:-1])
    assert narrator.length(script()[0].utterance) is None
    assert np.array_equal(narrator.clip(script()[0].utterance).samples, before.samples)


def test_clips_begin_and_end_with_speech(cache: ClipCache) -> None:
    engine = Pyttsx3Engine()
    narrator = Narrator(engine, cache)
    narrator.speak(script())
    engine.close()
    for say in script():
        loud = np.flatnonzero(np.abs(narrator.clip(say.utterance).samples) > 0.01)
        length, rate = narrator.length(say.utterance) or (0, 1)
        assert loud[0] < 0.01 * rate
        assert loud[-1] > length - 0.01 * rate


@pytest.mark.parametrize("text", ["…", "?!", " - ", "🙂"])
def test_text_without_words_reaches_no_engine(cache: ClipCache, text: str) -> None:
    engine = Injecting("", silent, times=0)
    with pytest.raises(ContentError) as caught:
        Narrator(engine, cache).speak(script(("Let go.", text, text)))
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("feet.md", 4), ("feet.md", 5)]
    assert engine.spoken == []


def test_progress_counts_every_utterance(cache: ClipCache) -> None:
    events: list[Progress | Warn] = []
    Narrator(Injecting("", silent, times=0), cache, events.append).speak([*script(), *script()])
    assert events == [Progress("speak", done, 3) for done in (0, 1, 2, 3)]


def test_a_cache_that_cannot_be_written_is_warned_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").write_text("in the way")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    events: list[Progress | Warn] = []
    narrator = Narrator(ToneEngine(), ClipCache(tmp_path / "cache"), events.append)
    assert narrator.speak(script()) == Narration(3, 0)
    assert [type(event) for event in events].count(Warn) == 1
    assert all(len(narrator.clip(say.utterance).samples) for say in script())
    assert narrator.length(script()[0].utterance) is not None
    del narrator
    assert not any((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize(
    "error", [EngineMissing("it is not installed"), UsageError("no such voice"), StorageError("full")]
)
def test_what_another_attempt_cannot_cure_is_not_tried_again(cache: ClipCache, error: Exception) -> None:
    def fail(_clip: Clip) -> Clip:
        raise error

    engine = Injecting(TEXTS[0], fail, times=99)
    with pytest.raises(type(error)):
        Narrator(engine, cache).speak(script())
    assert engine.spoken == [TEXTS[0]]


def test_a_stopped_narration_keeps_what_was_spoken(cache: ClipCache) -> None:
    def stop(_clip: Clip) -> Clip:
        raise KeyboardInterrupt

    engine = Injecting(TEXTS[2], stop, times=1)
    with pytest.raises(KeyboardInterrupt):
        Narrator(engine, cache).speak(script())
    assert Narrator(engine, cache).speak(script()) == Narration(1, 2)


@pytest.mark.parametrize("change", [{"spoken": "Hold"}, {"language": "de"}, {"voice": "en-gb"}, {"rate": 116}])
def test_whatever_changes_the_sound_changes_the_key(change: dict[str, str | int]) -> None:
    engine: Engine = ToneEngine()
    line = Utterance("Hold.")
    assert clip_key(engine, replace(line, **change)) != clip_key(engine, line)  # type: ignore[arg-type]


def test_an_engines_identity_is_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clip_key(ToneEngine(), Utterance("Hold."))
    monkeypatch.setattr(ToneEngine, "identity", lambda _self, _utterance: "tone 2")
    assert clip_key(ToneEngine(), Utterance("Hold.")) != before
