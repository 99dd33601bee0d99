"""Not one word is lost when the real engine's process hangs, dies or tears its files."""

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide.cache import ClipCache
from voiceguide.engines import pyttsx3
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.errors import SpeechFailed
from voiceguide.model.cues import Source
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narration, Narrator
from voiceguide.narrator import attempts as stage

TEXTS = ("Hold the heel in one hand.", "Bend the toes back, gently.", "And let them go.")


def script() -> list[Say]:
    return [Say(text, Utterance(text), Source("feet.md", line)) for line, text in enumerate(TEXTS, 3)]


@pytest.fixture
def cache(tmp_path: Path) -> ClipCache:
    return ClipCache(tmp_path / "cache")


MOODY = """
    import json, os, time
    from pathlib import Path
    from voiceguide.engines.pyttsx3 import worker as pyttsx3_worker
    from voiceguide.engines.process import leave

    answer = pyttsx3_worker._answer

    def moody(speaker, request, folder):
        orders = json.loads(Path(os.environ["VOICEGUIDE_TEST_ORDERS"]).read_text())
        if request.get("text") == orders["text"] and len(os.listdir(orders["done"])) < orders["times"]:
            Path(orders["done"], str(time.monotonic_ns())).touch()
            if orders["mood"] == "hang":
                time.sleep(60)
            if orders["mood"] == "die":
                os._exit(7)
            files = answer(speaker, request, folder)["files"]
            size = {"empty": 0, "header": 44, "half": os.path.getsize(files[0]) // 2}[orders["mood"]]
            os.truncate(files[0], size)
            return {"files": files}
        return answer(speaker, request, folder)

    pyttsx3_worker._answer = moody
    pyttsx3_worker.main()
"""


@pytest.fixture
def moody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Pyttsx3Engine]]:
    """Makes the real engine with a worker that hangs, dies or tears its files on one text, so many times."""
    (tmp_path / "moody_worker.py").write_text(textwrap.dedent(MOODY))
    (tmp_path / "temporary").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(pyttsx3, "WORKER", "moody_worker")
    monkeypatch.setenv("VOICEGUIDE_TEST_ORDERS", str(tmp_path / "orders.json"))
    made: list[Pyttsx3Engine] = []

    def make(mood: str, text: str, times: int) -> Pyttsx3Engine:
        (tmp_path / "done").mkdir(exist_ok=True)
        orders = {"mood": mood, "text": text, "times": times, "done": str(tmp_path / "done")}
        (tmp_path / "orders.json").write_text(json.dumps(orders))
        made.append(Pyttsx3Engine())
        return made[-1]

    yield make
    for engine in made:
        engine.close()
    assert not any((tmp_path / "temporary").iterdir())


MOODS = ("hang", "die", "empty", "header", "half")


@pytest.mark.parametrize("k", range(len(TEXTS)))
@pytest.mark.parametrize("mood", MOODS)
def test_a_worker_that_always_fails_ends_with_the_line(
    moody: Callable[..., Pyttsx3Engine], cache: ClipCache, monkeypatch: pytest.MonkeyPatch, mood: str, k: int
) -> None:
    if mood == "hang":
        monkeypatch.setattr(stage, "PATIENCE", 2.0)
        monkeypatch.setattr(stage, "PER_SECOND", 0.0)
    with pytest.raises(SpeechFailed, match=rf"feet\.md:{k + 3}: '{TEXTS[k][:10]}"):
        Narrator(moody(mood, TEXTS[k], 3), cache).speak(script())
    assert cache.stats().clips == k


@pytest.mark.parametrize("mood", MOODS)
def test_a_worker_that_fails_once_is_replaced_and_no_word_is_lost(
    moody: Callable[..., Pyttsx3Engine], cache: ClipCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    if mood == "hang":
        monkeypatch.setattr(stage, "PATIENCE", 2.0)
        monkeypatch.setattr(stage, "PER_SECOND", 0.0)
    troubled = Narrator(moody(mood, TEXTS[1], 1), cache)
    assert troubled.speak(script()) == Narration(3, 0)
    untroubled = Narrator(moody("die", "", 0), ClipCache(tmp_path / "other"))
    untroubled.speak(script())
    for say in script():
        assert np.array_equal(troubled.clip(say.utterance).samples, untroubled.clip(say.utterance).samples)
