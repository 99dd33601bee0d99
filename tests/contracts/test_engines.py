"""What every engine in the table promises."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from here import made, skip_unless_it_speaks, world

from voiceguide import engines
from voiceguide.cache import ClipCache
from voiceguide.engines import Engine
from voiceguide.errors import UsageError
from voiceguide.model.cues import Source
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narration, Narrator, clip_key

LINES = [
    Utterance("Rest your hands."),
    Utterance("Let it come, and go.", rate=150),
    Utterance("In."),
]


@pytest.fixture(scope="module", params=engines.names())
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Every engine that can speak here; the others are skipped, and say what they lack."""
    with world(request.param):
        engine = made(request.param)
        skip_unless_it_speaks(engine, LINES[-1])
        yield engine
        engine.close()


def test_it_has_the_name_it_is_found_by(engine: Engine) -> None:
    assert engine.name in engines.names()
    assert isinstance(engine.audible, bool)
    assert isinstance(engine.calibrated, bool)


def test_clips_are_mono_float32_within_full_scale(engine: Engine) -> None:
    for line in LINES:
        clip = engine.speak(line, 30)
        assert clip.samples.ndim == 1
        assert clip.samples.dtype == np.float32
        assert clip.rate >= 8_000
        assert 0.2 < len(clip.samples) / clip.rate < 10
        assert np.isfinite(clip.samples).all()
        assert np.abs(clip.samples).max() <= 1
        assert bool(np.any(clip.samples)) == engine.audible


def test_the_same_utterance_gives_the_same_samples_in_any_order(engine: Engine) -> None:
    first = [engine.speak(line, 30).samples for line in LINES]
    again = [engine.speak(line, 30).samples for line in reversed(LINES)]
    assert all(np.array_equal(a, b) for a, b in zip(first, reversed(again), strict=True))


def test_a_quicker_rate_is_a_shorter_clip(engine: Engine) -> None:
    slow, quick = (engine.speak(Utterance("Let the other foot rest.", rate=rate), 30) for rate in (100, 200))
    assert len(quick.samples) < len(slow.samples)


def test_the_narrator_takes_its_clips(engine: Engine, tmp_path: Path) -> None:
    lines = [Say(line.spoken, line, Source("routine.md", number)) for number, line in enumerate(LINES, 1)]
    narrator = Narrator(engine, ClipCache(tmp_path))
    assert narrator.speak(lines) == Narration(3, 0)
    for line in LINES:
        clip = narrator.clip(line)
        assert narrator.length(line) == (len(clip.samples), clip.rate)


def test_there_is_a_voice_and_each_has_its_own_name(engine: Engine) -> None:
    names = [voice.name for voice in engine.voices()]
    assert names
    assert len(names) == len(set(names))


def test_it_tells_what_the_speech_library_is_given(engine: Engine) -> None:
    given = [engine.received(line) for line in LINES]
    assert all(given)
    assert len(set(given)) == len(given)


def test_it_can_be_closed_twice_and_speaks_again(engine: Engine) -> None:
    engine.close()
    engine.close()
    assert len(engine.speak(LINES[0], 30).samples)


def test_keys_are_stable_and_tell_engines_apart(engine: Engine) -> None:
    keys = {clip_key(engine, line) for line in LINES}
    assert len(keys) == len(LINES)
    assert keys == {clip_key(made(engine.name), line) for line in LINES}
    others = [made(name) for name in engines.names() if name != engine.name]
    assert not keys & {clip_key(other, line) for other in others for line in LINES}


def test_identity_loads_nothing_heavy(engine: Engine) -> None:
    code = f"""
import sys
sys.path[:] = {sys.path!r}
from voiceguide import engines
from voiceguide.model.script import Utterance
from voiceguide.settings import load
assert engines.make({engine.name!r}, load({{}})).identity(Utterance("In.")) == {engine.identity(Utterance("In."))!r}
heavy = {{"numpy", "pyttsx3", "soundfile", "pydub", "onnxruntime", "piper", "http", "ssl", "keyring"}}
assert not heavy & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_engine_has_a_near_miss() -> None:
    with pytest.raises(UsageError) as caught:
        engines.make("pyttsx")
    assert "pyttsx3" in caught.value.hint
