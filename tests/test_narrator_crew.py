"""Several engines side by side: the same clips, the right line blamed, and a prompt end whatever hangs."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.cache import ClipCache
from voiceguide.engines import Voice
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.engines.tone import ToneEngine
from voiceguide.errors import EngineError, SpeechFailed
from voiceguide.model.cues import Source
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narration, Narrator
from voiceguide.progress import Progress, Warn

PROMPT = 10.0
"""Seconds that a stopped crew may take: a worker that hangs is given two to leave, on a machine with other work."""


def script(count: int) -> list[Say]:
    texts = [f"Press the {place} {way}." for way in ("once", "slowly", "again", "softly") for place in PLACES]
    return [Say(text, Utterance(text), Source("feet.md", line)) for line, text in enumerate(texts[:count], 1)]


PLACES = ("heel", "arch", "instep", "ankle", "ball", "sole", "toes")


class Pair(Pyttsx3Engine):
    """The default voice, saying that two are quicker than one."""

    copies = 2


class Scripted:
    """Hums, but does something else on some texts; one of a pair that shares what it is told."""

    name = "scripted"
    audible = True
    calibrated = True
    pitched = False
    copies = 2

    def __init__(self, orders: dict[str, Callable[["Scripted"], None]]) -> None:
        self.orders = orders
        self.closed = threading.Event()
        self.attempts: list[str] = []

    def identity(self, _utterance: Utterance) -> str:
        return "scripted 1"

    def voices(self) -> tuple[Voice, ...]:
        return ToneEngine().voices()

    def received(self, utterance: Utterance) -> str:
        return utterance.spoken

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        self.attempts.append(utterance.spoken)
        if utterance.spoken in self.orders:
            self.orders[utterance.spoken](self)
        return ToneEngine().speak(utterance, deadline)

    def close(self) -> None:
        self.closed.set()


HANGS = threading.Event()
"""Set once an engine hangs."""


def hang(engine: Scripted) -> None:
    """As a worker does whose process is gone: an error, but only once it was closed."""
    HANGS.set()
    assert engine.closed.wait(30)
    raise EngineError("the speech worker stopped")


def fail(_engine: Scripted) -> None:
    assert HANGS.wait(30)
    raise EngineError("it wrote no file")


@pytest.fixture
def cache(tmp_path: Path) -> ClipCache:
    return ClipCache(tmp_path / "cache")


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    HANGS.clear()
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "voiceguide-speak"]


def narrator(orders: dict[str, Callable[[Scripted], None]], cache: ClipCache, made: list[Scripted]) -> Narrator:
    def make() -> Scripted:
        made.append(Scripted(orders))
        return made[-1]

    return Narrator(make(), cache, another=make, jobs=2)


def test_two_engines_give_the_same_samples_as_one(tmp_path: Path) -> None:
    lines = script(16)
    clips = []
    for jobs in (1, 2):
        engine = Pair()
        events: list[Progress | Warn] = []
        stage = Narrator(engine, ClipCache(tmp_path / f"{jobs}"), events.append, another=Pair, jobs=jobs)
        assert stage.speak(lines) == Narration(16, 0)
        assert events == [Progress("speak", done, 16) for done in range(17)]
        clips.append([stage.clip(say.utterance).samples for say in lines])
        engine.close()
    assert all(np.array_equal(one, two) for one, two in zip(*clips, strict=True))


def test_both_engines_work_and_only_the_second_is_closed(cache: ClipCache) -> None:
    both = threading.Barrier(2, timeout=10)
    made: list[Scripted] = []
    lines = script(2)
    orders = dict.fromkeys((say.text for say in lines), lambda _engine: (both.wait(), None)[1])
    narrator(orders, cache, made).speak(lines)
    assert [engine.closed.is_set() for engine in made] == [False, True]


def test_an_error_does_not_wait_for_an_engine_that_hangs(cache: ClipCache) -> None:
    lines, made = script(8), list[Scripted]()
    stage = narrator({lines[3].text: hang, lines[4].text: fail}, cache, made)
    before = time.monotonic()
    with pytest.raises(SpeechFailed, match=r"feet\.md:5: .*it wrote no file"):
        stage.speak(lines)
    assert time.monotonic() - before < PROMPT
    said = [text for engine in made for text in engine.attempts]
    assert said.count(lines[3].text) == 1
    assert said.count(lines[4].text) == 3
    assert lines[7].text not in said
    assert [stage.length(say.utterance) is not None for say in lines] == [True] * 3 + [False] * 5


def test_an_interrupt_does_not_wait_for_engines_that_hang(cache: ClipCache) -> None:
    lines, made = script(8), list[Scripted]()

    def interrupt(_engine: Scripted) -> None:
        assert HANGS.wait(30)
        _until(lambda: stage.length(lines[2].utterance))
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)

    stage = narrator({lines[3].text: hang, lines[4].text: interrupt, lines[5].text: hang}, cache, made)
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        stage.speak(lines)
    assert time.monotonic() - before < PROMPT
    assert stage.length(lines[2].utterance)
    assert not {say.text for say in lines[6:]} & {text for engine in made for text in engine.attempts}


def test_an_error_while_storing_ends_the_crew(cache: ClipCache) -> None:
    lines, made = script(8), list[Scripted]()

    def full(event: Progress | Warn) -> None:
        if isinstance(event, Progress) and event.done == 2:
            raise OSError("no space left")

    orders = {lines[3].text: hang}
    first = Scripted(orders)
    made.append(first)
    stage = Narrator(first, cache, full, another=lambda: Scripted(orders), jobs=2)
    before = time.monotonic()
    with pytest.raises(OSError, match="no space"):
        stage.speak(lines)
    assert time.monotonic() - before < PROMPT


HANGING = """
    import os, signal, sys, threading, time
    from pathlib import Path
    from voiceguide import engines
    from voiceguide.cache import ClipCache
    from voiceguide.engines import pyttsx3
    from voiceguide.model.script import Say, Utterance
    from voiceguide.narrator import Narrator

    class Pair(pyttsx3.Pyttsx3Engine):
        copies = 2

    def stop(*_):
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, stop)
    pyttsx3.WORKER = "hanging_worker"
    engine = Pair()
    lines = [Say(text, Utterance(text)) for text in ("Hold the heel.", "Hold the toes.", "Let go.")]
    try:
        Narrator(engine, ClipCache(Path(sys.argv[1])), another=Pair, jobs=2).speak(lines)
    finally:
        engine.close()
"""
WORKER = """
    import os, time
    from pathlib import Path
    from voiceguide.engines.pyttsx3 import worker as pyttsx3_worker

    answer = pyttsx3_worker._answer

    def hanging(speaker, request, folder):
        if request.get("ask") == "speak":
            Path(os.environ["VOICEGUIDE_TEST_HANGING"], str(os.getpid())).touch()
            time.sleep(60)
        return answer(speaker, request, folder)

    pyttsx3_worker._answer = hanging
    pyttsx3_worker.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143)])
def test_a_program_that_is_stopped_leaves_no_process(tmp_path: Path, number: signal.Signals, code: int) -> None:
    (tmp_path / "hanging_worker.py").write_text(textwrap.dedent(WORKER))
    hanging, temporary = tmp_path / "hanging", tmp_path / "temporary"
    hanging.mkdir()
    temporary.mkdir()
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    environment = os.environ | {"VOICEGUIDE_TEST_HANGING": str(hanging), "TMPDIR": str(temporary), "PYTHONPATH": path}
    command = [sys.executable, "-c", textwrap.dedent(HANGING), str(tmp_path / "cache")]
    program = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    _until(lambda: len(list(hanging.iterdir())) == 2)
    before = time.monotonic()
    program.send_signal(number)
    _, errors = program.communicate(timeout=30)
    assert time.monotonic() - before < PROMPT
    assert program.returncode == code, errors
    assert "arning" not in errors
    _until(lambda: not any(_alive(int(worker.name)) for worker in hanging.iterdir()))
    assert not any(temporary.iterdir())


def _until(true: Callable[[], object]) -> None:
    late = time.monotonic() + 30
    while not true():
        assert time.monotonic() < late
        time.sleep(0.02)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
