"""What every output in the table promises."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, current_thread, main_thread
from time import monotonic, sleep

import numpy as np
import pytest

from voiceguide import outputs
from voiceguide.audio.clip import Samples
from voiceguide.errors import OutputFailed, StorageError, UsageError
from voiceguide.outputs import Output

RATE = 44_100
LONG = 60.0
"""Seconds for what comes in an instant, on a machine that may let nobody work for a while."""
VARIANTS = {"miniaudio": ["miniaudio:null"], "null": ["null", "null:fast"], "wav": ["wav:{folder}/heard.wav"]}
ALL = [text for name in outputs.names() for text in VARIANTS.get(name, [name])]


@pytest.fixture(params=ALL)
def text(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(request.param).format(folder=tmp_path)


class Source:
    """A second of sound, and how it was taken."""

    def __init__(self, seconds: float = 0.4) -> None:
        self.left = round(seconds * RATE)
        self.asked: list[int] = []
        self.given = 0
        self.threads = set()
        self.ended = Event()

    def __call__(self, frames: int) -> Samples:
        self.threads.add(current_thread())
        self.asked.append(frames)
        frames = min(frames, self.left)
        self.left -= frames
        self.given += frames
        if not self.left:
            self.ended.set()
        return np.full((frames, 2), 0.25, np.float32)


class Endless(Source):
    def __call__(self, frames: int) -> Samples:
        self.left += frames
        return super().__call__(frames)


def opened(text: str, source: Source) -> Output:
    output = outputs.make(text)
    try:
        output.open(RATE, source)
    except OutputFailed as error:
        pytest.skip(str(error))
    return output


def wait(condition: Callable[[], object]) -> None:
    begun = monotonic()
    while not condition():
        assert monotonic() < begun + LONG
        sleep(0.005)


def test_it_takes_sound_on_a_thread_of_its_own_and_counts_it(text: str) -> None:
    source = Source() if outputs.make(text).patient else Endless()
    output = opened(text, source)
    wait(lambda: output.consumed > RATE / 5)
    assert main_thread() not in source.threads
    output.close()
    wait(lambda: output.consumed == source.given)
    assert output.fault == ""
    assert all(frames > 0 for frames in source.asked)
    taken = len(source.asked)
    sleep(0.1)
    assert len(source.asked) == taken


def test_it_may_be_closed_twice_and_unopened(text: str) -> None:
    outputs.make(text).close()
    output = opened(text, Source())
    output.close()
    output.close()


def test_it_opens_again_and_counts_on(text: str) -> None:
    output = opened(text, Source())
    wait(lambda: output.consumed > RATE / 10)
    output.close()
    before = output.consumed
    output.open(RATE, Source())
    wait(lambda: output.consumed > before + RATE / 10)
    output.close()


def test_a_callback_that_raises_is_told(text: str) -> None:
    def failing(_frames: int) -> Samples:
        raise RuntimeError("a callback that raises")

    output = outputs.make(text)
    try:
        output.open(RATE, failing)
    except OutputFailed as error:
        pytest.skip(str(error))
    wait(lambda: output.fault)
    assert "a callback that raises" in output.fault
    with suppress(StorageError):  # a file that is not whole is not there
        output.close()


def test_a_clock_is_not_ahead_of_time(text: str) -> None:
    if outputs.make(text).patient:
        pytest.skip("it waits for its sound")
    begun = monotonic()
    output = opened(text, Endless())
    wait(lambda: output.consumed)
    first = output.consumed
    sleep(0.5)
    # Since it was opened: a device that was kept waiting makes up for that. And devices take some at once.
    assert output.consumed / RATE < monotonic() - begun + 0.25
    wait(lambda: output.consumed > first)
    output.close()


def test_names_are_looked_up() -> None:
    assert {"miniaudio", "null", "wav"} <= set(outputs.names())
    assert set(outputs.SUMMARIES) == set(outputs.BUILTIN)
    with pytest.raises(UsageError, match="there is no output called 'nul'"):
        outputs.check_name("nul")
    for text in ("nul", "null:slow", "wav", "miniaudio:alsaa"):
        with pytest.raises(UsageError):
            outputs.make(text)


def test_making_one_loads_nothing() -> None:
    script = (
        "import sys; from voiceguide import outputs; [outputs.make(t) for t in ('miniaudio', 'null', 'wav:a.wav')];"
        "sys.exit(any(name in sys.modules for name in ('numpy', '_miniaudio', 'cffi', 'soundfile')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
