"""Every way an answer can be bad, for every engine: caught, asked for again, or set right; never heard, never cached.

Three places where it can go bad. Behind the server, over real HTTP; in the worker, where a real process takes the real
one's place; and in an engine itself, an outsider's perhaps, that hands on what it should not.

What nobody can notice: a clip whose sound is whole and whose length fits, yet whose words are others; a rate that is
declared wrongly by less than the length of the speech may differ (a factor of 1.5 or so where the engine's rate is
calibrated, 2.2 where it is not); and a server that does so always, as its tempo is learned from its own samples.
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from damage import BROKEN, CONVERTED, REFUSED, read, wav
from here import made, skip_unless_it_speaks, world
from speech_server import ACTS, SpeechServer, broken_chunks, broken_off, damaged, endless

from voiceguide import engines
from voiceguide.audio.clip import Clip
from voiceguide.audio.resample import resampled
from voiceguide.audio.speech import trim
from voiceguide.cache import ClipCache
from voiceguide.engines import Engine, openai
from voiceguide.errors import EngineError, SpeechFailed
from voiceguide.model.cues import Source
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narration, Narrator

LINE = Utterance("Rest your hands in your lap, and let them lie there.")
SAY = Say(LINE.spoken, LINE, Source("feet.md", 7))
HASTE = 1.0
"""Seconds that an answer may take which never comes."""
AUDIBLE = tuple(name for name in engines.names() if name != "silent")
WITH_WORKER = tuple(
    name for name in AUDIBLE if hasattr(importlib.import_module(engines.make(name).__module__), "WORKER")
)
SPOKEN: dict[str, Clip] = {}
"""What engines said already: some take their time."""


@dataclass
class Hasty:
    """An engine that has little time for one line, and then enough."""

    engine: Any
    haste: float | None = None

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        deadline, self.haste = self.haste or deadline, None
        clip: Clip = self.engine.speak(utterance, deadline)
        return clip

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


@dataclass
class Damaging:
    """An engine that spoils what another said, so many times."""

    engine: Any
    clip: Clip
    damage: Callable[[Clip], Any]
    times: int

    def speak(self, _utterance: Utterance, _deadline: float) -> Clip:
        self.times -= 1
        clip: Clip = self.damage(self.clip) if self.times >= 0 else self.clip
        return clip

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


def narrated(engine: Any, folder: Path) -> Clip:
    """What a session would hear of the line: the only clip in the cache."""
    cache = ClipCache(folder)
    narrator = Narrator(engine, cache)
    assert narrator.speak([SAY]) == Narration(1, 0)
    assert cache.stats().clips == 1
    return narrator.clip(LINE)


def refused(engine: Any, folder: Path) -> str:
    """What is said of a line that cannot be had; nothing of it is in the cache."""
    with pytest.raises(SpeechFailed) as caught:
        Narrator(engine, ClipCache(folder)).speak([SAY])
    assert "feet.md:7" in caught.value.message
    assert caught.value.hint
    assert ClipCache(folder).stats().clips == 0
    return caught.value.message


def alike(heard: Clip, true: Clip) -> None:
    """The same speech, whatever became of its last bits: as long, as loud, and the same wave."""
    wanted = true.samples
    found = resampled(heard, true.rate)
    assert abs(len(found) - len(wanted)) < 0.03 * true.rate
    size = 2 * max(len(found), len(wanted))
    spectra = np.fft.rfft(found, size) * np.fft.rfft(wanted, size).conj()
    norm = float(np.linalg.norm(found) * np.linalg.norm(wanted))
    assert float(np.fft.irfft(spectra, size).max()) / norm > 0.97


def quantised(true: Clip) -> Clip:
    """The clip as the cache gives it back."""
    return Clip(np.round(true.samples * 32768).astype(np.float32) / 32768, true.rate)


# Behind a server


@pytest.fixture(scope="module")
def behind() -> Iterator[tuple[SpeechServer, Engine, Clip]]:
    """A server, its engine, and what it says when all is well."""
    with world("openai") as server, pytest.MonkeyPatch.context() as patch:
        assert server is not None
        patch.setattr(openai, "PAUSES", (0.01, 0.02))
        patch.setattr(openai, "_MOST_PER_SECOND", 200_000)
        engine = made("openai")
        yield server, engine, quantised(trim(engine.speak(LINE, 30)))
        engine.close()


SERVED = {
    **{name: damaged(name) for name in REFUSED},
    **ACTS,
    "endless": endless,
    "broken off": broken_off,
    "broken chunks": broken_chunks,
}


@pytest.mark.parametrize("name", SERVED)
def test_a_server_that_answers_badly_is_asked_again(
    behind: tuple[SpeechServer, Engine, Clip], name: str, tmp_path: Path
) -> None:
    server, engine, true = behind
    server.acts[:] = [SERVED[name]]
    hasty = Hasty(engine, HASTE if name in ("hang", "drip") else None)
    assert np.array_equal(narrated(hasty, tmp_path).samples, true.samples)
    assert server.acts == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_server_always_answers_badly_is_never_heard(
    behind: tuple[SpeechServer, Engine, Clip], name: str, tmp_path: Path
) -> None:
    server, engine, _ = behind
    server.acts[:] = [SERVED[name]] * 3
    assert refused(engine, tmp_path)
    assert server.acts == []


@pytest.mark.parametrize("name", CONVERTED)
def test_what_a_server_answers_in_another_form_is_set_right(
    behind: tuple[SpeechServer, Engine, Clip], name: str, tmp_path: Path
) -> None:
    server, engine, true = behind
    server.acts[:] = [damaged(name), *[damaged("empty")] * 9]
    alike(narrated(engine, tmp_path), true)
    # Nothing was asked for twice.
    assert len(server.acts) == 9
    server.acts.clear()


# In a worker


@dataclass(frozen=True)
class Worked:
    """An engine whose worker is a substitute, its kept answers, and what it says when all is well."""

    engine: Engine
    store: Path
    true: Clip

    def spoil(self, name: str, times: int = 1) -> None:
        """Lays a bad answer ready."""
        bad = self.store / "bad"
        bad.mkdir(exist_ok=True)
        how = name if name in BROKEN else "files"
        if how == "files":
            spoil_files(self.spoken(), bad, {**REFUSED, **CONVERTED}[name])
        (self.store / "bad.json").write_text(json.dumps({"how": how, "times": times}))

    def spoken(self) -> Path:
        """The folder with the true answer to `LINE`."""
        notes = [note for note in self.store.glob("*/answer.json") if note.parent.name != "bad"]
        return next(note.parent for note in notes if json.loads(note.read_text())["asked"].get("ask") == "speak")

    @property
    def unused(self) -> int:
        return int(json.loads((self.store / "bad.json").read_text())["times"])


def spoil_files(true: Path, bad: Path, damage: Callable[[bytes], bytes]) -> None:
    """A bad copy of a true answer. What it says of its own size is true: nothing but the sound gives it away."""
    note = json.loads((true / "answer.json").read_text())
    for path in filter(lambda path: path.name != "answer.json", true.iterdir()):
        spoilt = IN_FILES[path.suffix](path, damage)
        (bad / path.name).write_bytes(spoilt)
        if "bytes" in note["answer"]:
            note["answer"]["bytes"] = len(spoilt)
    (bad / "answer.json").write_text(json.dumps(note))


def in_raw(path: Path, damage: Callable[[bytes], bytes]) -> bytes:
    """Raw samples of 16 bits: what the damage leaves, without a header that could tell."""
    spoilt = damage(wav(np.frombuffer(path.read_bytes(), "<i2"), 22_050))
    return spoilt[44:] if spoilt[:4] == b"RIFF" else spoilt


def in_array(path: Path, damage: Callable[[bytes], bytes]) -> bytes:
    """A NumPy file: of what the damage leaves where that is sound, else of the same bytes."""
    spoilt = damage(wav(np.load(path), 24_000, subtype="FLOAT"))
    try:
        samples = read(spoilt)[0]
    except Exception:  # whatever libsndfile finds wrong
        return spoilt
    np.save(path.parent.parent / "bad" / "array.npy", samples)
    return (path.parent.parent / "bad" / "array.npy").read_bytes()


IN_FILES: dict[str, Callable[[Path, Callable[[bytes], bytes]], bytes]] = {
    ".wav": lambda path, damage: damage(path.read_bytes()),
    ".pcm": in_raw,
    ".raw": in_raw,
    ".npy": in_array,
}
"""How a worker's file is spoilt, by its suffix."""


@pytest.fixture(scope="module", params=WITH_WORKER)
def worked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    module = importlib.import_module(engines.make(request.param).__module__)
    store = tmp_path_factory.mktemp("answers")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        patch.setenv("VOICEGUIDE_TEST_WORKER", module.WORKER)
        patch.setenv("VOICEGUIDE_TEST_STORE", str(store))
        patch.setattr(module, "WORKER", "bad_worker")
        engine = made(request.param)
        SPOKEN[request.param] = skip_unless_it_speaks(engine, LINE)
        yield Worked(engine, store, quantised(trim(SPOKEN[request.param])))
        engine.close()


@pytest.mark.parametrize("name", [*REFUSED, *BROKEN])
def test_a_worker_that_answers_badly_is_asked_again(worked: Worked, name: str, tmp_path: Path) -> None:
    worked.spoil(name)
    hasty = Hasty(worked.engine, HASTE if name in ("hang", "drip") else None)
    assert np.array_equal(narrated(hasty, tmp_path).samples, worked.true.samples)
    assert worked.unused == 0


@pytest.mark.parametrize("name", CONVERTED)
def test_what_a_worker_answers_in_another_form_is_set_right_or_asked_for_again(
    worked: Worked, name: str, tmp_path: Path
) -> None:
    worked.spoil(name)
    alike(narrated(worked.engine, tmp_path), worked.true)
    assert worked.unused == 0


@pytest.mark.parametrize("name", ["silent", "garbage"])
def test_a_worker_that_never_answers_well_is_told_with_the_line(worked: Worked, name: str, tmp_path: Path) -> None:
    worked.spoil(name, times=3)
    assert refused(worked.engine, tmp_path)
    assert worked.unused == 0


# In an engine


def fail(_clip: Clip) -> Clip:
    raise ValueError("what an outsider did not foresee")


def fail_honestly(_clip: Clip) -> Clip:
    raise EngineError("it failed")


def of(change: Callable[[Any], Any]) -> Callable[[Clip], Clip]:
    return lambda clip: Clip(change(clip.samples), clip.rate)


HANDED_ON: dict[str, Callable[[Clip], Any]] = {
    "nothing": lambda _: None,
    "bytes": lambda _: b"RIFF",
    "empty": of(lambda samples: samples[:0]),
    "one sample": of(lambda samples: samples[:1]),
    "too short": of(lambda samples: np.pad(samples[: len(samples) // 3], (0, 4000))),
    "cut off": of(lambda samples: samples[: len(samples) // 2]),
    "too long": of(lambda samples: np.tile(samples, 6)),
    "silent": of(np.zeros_like),
    "whispered": of(lambda samples: samples * np.float32(1e-4)),
    "NaN": of(lambda samples: np.where(np.arange(len(samples)) == 99, np.nan, samples).astype(np.float32)),
    "infinite": of(lambda samples: np.where(np.arange(len(samples)) == 99, np.inf, samples).astype(np.float32)),
    "clipped": of(lambda samples: np.clip(samples * 1000, -1, 1)),
    "stereo": of(lambda samples: np.stack([samples, samples], axis=1)),
    "16 bit": of(lambda samples: (samples * 32767).astype(np.int16)),
    "8 bit": of(lambda samples: (samples * 127 + 128).astype(np.uint8)),
    "double": of(lambda samples: samples.astype(np.float64)),
    "a list": of(lambda samples: samples.tolist()),
    "no rate": lambda clip: Clip(clip.samples, 0),
    "three times the rate": lambda clip: Clip(clip.samples, 3 * clip.rate),
    "a third of the rate": lambda clip: Clip(clip.samples, clip.rate // 3),
    "a surprise": fail,
    "an error": fail_honestly,
}


@pytest.fixture(scope="module", params=AUDIBLE)
def clean(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Clip]]:
    """An engine that is here, and what it says."""
    with world(request.param):
        engine = made(request.param)
        yield engine, SPOKEN.get(request.param) or skip_unless_it_speaks(engine, LINE)
        engine.close()


@pytest.mark.parametrize("name", HANDED_ON)
def test_what_an_engine_hands_on_is_looked_at(clean: tuple[Engine, Clip], name: str, tmp_path: Path) -> None:
    engine, clip = clean
    assert refused(Damaging(engine, clip, HANDED_ON[name], times=3), tmp_path)
    heard = narrated(Damaging(engine, clip, HANDED_ON[name], times=2), tmp_path)
    assert np.array_equal(heard.samples, quantised(trim(clip)).samples)
