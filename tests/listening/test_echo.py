"""What is played is taken out of what is heard, and somebody who speaks is left."""

from __future__ import annotations

import numpy as np

from voiceguide.listening.echo import BLOCK, RATE, EchoCanceller, Signal

SECONDS = 12


def played_and_echo() -> tuple[Signal, Signal]:
    """Noise in syllables, as a room with a decay of a quarter of a second passes it on."""
    chance = np.random.default_rng(1)
    moments = np.arange(SECONDS * RATE) / RATE
    played = chance.standard_normal(len(moments)) * np.abs(np.sin(2 * np.pi * 2 * moments)) * 0.1
    response = chance.standard_normal(4000) * 10 ** (-3 * np.arange(4000) / 4000) * 0.02
    response[800] += 0.7
    size = 1 << 18
    echo = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(response, size), size)[: len(played)]
    return played, echo + 1e-4 * chance.standard_normal(len(played))


def run(canceller: EchoCanceller, played: Signal, heard: Signal) -> tuple[Signal, list[bool]]:
    starts = range(0, len(played) - BLOCK + 1, BLOCK)
    blocks = [canceller.block(played[at : at + BLOCK], heard[at : at + BLOCK]) for at in starts]
    return np.concatenate([left for left, _ in blocks]), [speaks for _, speaks in blocks]


def decibels(power: Signal) -> float:
    return float(10 * np.log10(np.mean(power**2)))


def test_the_echo_falls_by_twenty_decibels_when_the_room_is_learnt() -> None:
    played, echo = played_and_echo()
    canceller = EchoCanceller()
    assert not canceller.learnt
    left, speaks = run(canceller, played, echo)
    assert canceller.learnt
    assert decibels(echo[-2 * RATE :]) - decibels(left[-2 * RATE :]) > 20
    assert not any(speaks[-2 * RATE // BLOCK :])


def test_somebody_who_speaks_is_noticed_left_alone_and_unlearns_nothing() -> None:
    played, echo = played_and_echo()
    speech = np.zeros(len(played))
    span = slice(9 * RATE, 10 * RATE)
    speech[span] = 0.2 * np.random.default_rng(2).standard_normal(RATE)
    left, speaks = run(EchoCanceller(), played, echo + speech)
    assert np.mean(speaks[9 * RATE // BLOCK : 10 * RATE // BLOCK]) > 0.95
    assert decibels((left - speech)[span]) < decibels(speech[span]) - 25
    after = slice(round(10.5 * RATE), None)
    assert decibels(echo[after]) - decibels(left[after]) > 20


def test_nothing_is_left_of_the_session_after_a_gap() -> None:
    """Before it is known again what was played, the echo could not be foretold."""
    played, echo = played_and_echo()
    canceller, gap = EchoCanceller(), slice(9 * RATE, 10 * RATE)
    run(canceller, played[: gap.start], echo[: gap.start])
    canceller.skip()
    left, speaks = run(canceller, played[gap.stop :], echo[gap.stop :])
    assert not any(speaks)
    assert decibels(left[:RATE]) < decibels(echo[gap.stop :]) - 20
    assert canceller.learnt


def test_with_headphones_it_is_apart_and_leaves_what_is_heard_as_it_is() -> None:
    played, _ = played_and_echo()
    noise = 1e-4 * np.random.default_rng(3).standard_normal(2 * len(played))
    canceller = EchoCanceller()
    run(canceller, np.tile(played, 2)[: 10 * RATE], noise[: 10 * RATE])
    assert not canceller.clear
    run(canceller, np.tile(played, 2)[10 * RATE :], noise[10 * RATE :])
    assert canceller.apart
    assert canceller.clear
    assert not canceller.learnt
    left, _ = run(canceller, played[:BLOCK], noise[:BLOCK])
    assert np.array_equal(left, noise[:BLOCK])
    canceller.mistaken()
    assert not canceller.clear


def test_a_room_in_which_nothing_is_played_is_neither_apart_nor_unsure() -> None:
    noise = 1e-4 * np.random.default_rng(3).standard_normal(45 * RATE)
    canceller = EchoCanceller()
    run(canceller, np.zeros(len(noise)), noise)
    assert canceller.clear
    assert not canceller.apart
    assert not canceller.unsure
