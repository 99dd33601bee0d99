"""Commands as they are heard: no click, the right place, and the bed unbroken."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.audio.clip import Samples
from voiceguide.model.live import Command
from voiceguide.model.units import Frames, Millis
from voiceguide.player.deck import FADE, Deck
from voiceguide.player.gains import CEILING

sys.path.insert(0, str(Path(__file__).parent))
from programs import EDGES, RATE, Cheap, Plain, Renderer, Slow, session

TIMELINE = session(3)
TINY = session(0.2, 5, rate=8_000)
F = round(FADE * RATE)
SECOND = RATE


def heard(deck: Deck, frames: int, step: int = 1_777) -> Samples:
    blocks = [deck.pull(min(step, frames - start)) for start in range(0, frames, step)]
    return np.concatenate(blocks)


def steps(samples: Samples) -> float:
    return float(np.abs(np.diff(samples, axis=0)).max(initial=0))


def softened(old: float) -> float:
    """No more than what is heard on both sides of a fade, and the slope of the fade itself."""
    return old + np.pi / 2 / F


@pytest.fixture(scope="module")
def rendered() -> Renderer:
    return Renderer(TIMELINE, "drone")


def test_undisturbed_it_is_the_renderers_session_and_ends(rendered: Renderer) -> None:
    deck = Deck(Plain(TIMELINE))
    sound = heard(deck, TIMELINE.length)
    np.testing.assert_allclose(sound, rendered(0, TIMELINE.length, 0), atol=1e-6)
    assert deck.finished
    assert deck.now()[1] == "ended"
    assert not len(deck.pull(100))


def test_it_begins_in_the_middle_with_a_fade(rendered: Renderer) -> None:
    start = 20 * SECOND
    sound = heard(Deck(Plain(TIMELINE), Frames(start)), 4 * SECOND)
    expected = rendered(start, 4 * SECOND, start)
    assert not np.abs(sound[0]).max() > 1e-4
    np.testing.assert_allclose(sound[F:], expected[F:], atol=1e-6)


def test_a_pause_is_silent_and_comes_back_at_the_same_place(rendered: Renderer) -> None:
    deck = Deck(Plain(TIMELINE))
    heard(deck, 10 * SECOND)
    deck.press(Command.PAUSE)
    pause = heard(deck, 3 * SECOND)
    assert np.abs(pause[F:]).max() == 0
    assert deck.now()[1] == "paused"
    assert deck.now()[0].at == deck.now()[0].clock == 10 * SECOND
    deck.press(Command.PAUSE)
    back = heard(deck, 3 * SECOND)
    expected = rendered(10 * SECOND, 3 * SECOND, 10 * SECOND)
    np.testing.assert_allclose(back[F:], expected[F:], atol=1e-6)
    assert steps(np.concatenate((pause, back))) < softened(steps(expected))


def test_a_seek_leaves_the_bed_where_it_was(rendered: Renderer) -> None:
    deck = Deck(Plain(TIMELINE))
    heard(deck, 30 * SECOND)
    deck.press(Command.NEXT)
    sound = heard(deck, 5 * SECOND)
    np.testing.assert_allclose(sound[F:], rendered(90 * SECOND, 5 * SECOND, 30 * SECOND)[F:], atol=1e-6)
    playing, state = deck.now()
    assert (playing.at, playing.clock, state) == (95 * SECOND, 35 * SECOND, "playing")


def test_levels_and_mute(rendered: Renderer) -> None:
    deck = Deck(Plain(TIMELINE))
    heard(deck, 5 * SECOND)
    deck.press(Command.QUIETER)
    deck.press(Command.QUIETER)
    np.testing.assert_allclose(
        heard(deck, SECOND)[F:], 10 ** (-3 / 20) * rendered(5 * SECOND, SECOND, 5 * SECOND)[F:], atol=1e-6
    )
    deck.press(Command.MUTE_BED)
    voice, _ = Plain(TIMELINE).sound(6 * SECOND, SECOND, 0)
    np.testing.assert_allclose(heard(deck, SECOND)[F:], np.float32(10 ** (-3 / 20)) * voice[F:], atol=1e-6)


def test_however_loud_it_does_not_clip() -> None:
    deck = Deck(Plain(TIMELINE, "ocean"))
    for _ in range(10):
        deck.press(Command.LOUDER)
        deck.press(Command.BED_LOUDER)
    sound = heard(deck, 30 * SECOND)
    assert 0.7 < np.abs(sound).max() <= CEILING


def test_another_plan_is_heard_at_once() -> None:
    program = Plain(TIMELINE)
    deck = Deck(program)
    heard(deck, 12 * SECOND)
    program.stretched(12 * SECOND, Millis(20_000))
    sound = heard(deck, 30 * SECOND)
    again = Renderer(program.timeline(), "drone")
    np.testing.assert_allclose(sound[F:], again(12 * SECOND, 30 * SECOND, 12 * SECOND)[F:], atol=1e-6)
    assert deck.timeline.length == TIMELINE.length + 20 * SECOND


def test_the_bed_goes_on_while_the_session_waits(rendered: Renderer) -> None:
    until = next(p.start for p in TIMELINE.placements if p.kind == "say" and p.start > 10 * SECOND)
    program = Slow(TIMELINE, until)
    deck = Deck(program)
    sound = heard(deck, until + 5 * SECOND)
    assert deck.now()[1] == "preparing"
    assert (deck.now()[0].at, deck.now()[0].clock) == (until, until + 5 * SECOND)
    waited = sound[until:]
    np.testing.assert_allclose(waited[F:], program.waiting(until, 5 * SECOND, until)[F:], atol=1e-6)
    assert np.abs(waited).max(axis=1).reshape(-1, SECOND).max(axis=1).min() > 0.001
    program.until = TIMELINE.length
    after = heard(deck, 5 * SECOND)
    assert deck.now()[1] == "playing"
    # What was mixed ahead as waiting is heard first.
    held = deck.now()[0].clock - deck.now()[0].at - 5 * SECOND
    assert 0 <= held <= F
    expected = rendered(until, 5 * SECOND - held, until + 5 * SECOND + held)
    np.testing.assert_allclose(after[held:][F:], expected[F:], atol=1e-6)
    assert steps(np.concatenate((sound[until - SECOND :], after))) < softened(steps(expected))


def test_what_rings_dies_away_when_the_session_waits() -> None:
    bell = next(p for p in TIMELINE.placements if p.kind == "sound")
    until = bell.start + RATE // 2
    program = Slow(TIMELINE, until, "none")
    sound = heard(Deck(program), until + SECOND)
    assert np.abs(sound[until - 100 : until]).max() > 0.01
    assert steps(sound[until - 1_000 :]) < softened(steps(sound[:until]))
    assert not sound[until + F :].any()


def test_a_file_holds_no_waiting_and_no_pause() -> None:
    program = Slow(TIMELINE, 5 * SECOND)
    deck = Deck(program, waits=False)
    assert len(heard(deck, 8 * SECOND)) == 5 * SECOND
    program.until = TIMELINE.length
    assert len(heard(deck, SECOND)) == SECOND
    deck.press(Command.PAUSE)
    assert len(heard(deck, SECOND)) <= F
    deck.press(Command.PAUSE)
    assert len(heard(deck, TIMELINE.length)) == TIMELINE.length - 6 * SECOND
    assert deck.finished


def test_a_session_that_repeats_begins_again_without_a_gap(rendered: Renderer) -> None:
    deck = Deck(Plain(TIMELINE), repeat=True)
    sound = heard(deck, TIMELINE.length + 10 * SECOND, 100_003)
    np.testing.assert_allclose(sound[TIMELINE.length :], rendered(0, 10 * SECOND, TIMELINE.length), atol=1e-6)
    assert deck.now()[0].at == 10 * SECOND


@pytest.mark.parametrize("command", [Command.QUIT, Command.KEEP])
def test_the_end_fades_and_keeps_the_place(command: Command) -> None:
    deck = Deck(Plain(TIMELINE))
    heard(deck, 10 * SECOND)
    deck.press(command)
    sound = deck.pull(SECOND)
    assert len(sound) == F
    assert np.abs(sound[-1]).max() < 1e-3
    assert deck.finished
    assert deck.now() == (replace(deck.now()[0], at=10 * SECOND, over=True, kept=command is Command.KEEP), "ended")


def test_a_program_is_told_where_somebody_goes_in_a_pause() -> None:
    class Asked(Plain):
        place = -1

        def ready(self, start: int) -> Frames:
            self.place = start
            return super().ready(start)

    program = Asked(TIMELINE)
    deck = Deck(program)
    heard(deck, 10 * SECOND)
    deck.press(Command.PAUSE)
    heard(deck, SECOND)
    deck.press(Command.NEXT)
    heard(deck, SECOND)
    assert deck.now()[1] == "paused"
    assert program.place == deck.now()[0].at == 90 * SECOND


def test_many_keys_at_once_are_one_fade() -> None:
    deck = Deck(Plain(TIMELINE))
    before = heard(deck, 30 * SECOND)
    for command in (Command.FORWARD, Command.PAUSE, Command.BACK_MINUTE, Command.PAUSE, Command.NEXT, Command.BACK):
        deck.press(command)
        before = np.concatenate((before, deck.pull(1)))
    sound = heard(deck, SECOND)
    assert steps(np.concatenate((before, sound))) < softened(steps(before))
    assert deck.now()[0].at == 86 * SECOND + 2  # the frames between the keys, but for the paused ones


KEYS = st.lists(st.tuples(st.sampled_from(Command), st.integers(0, 9_000)), max_size=30)


@settings(max_examples=10 * settings().max_examples, deadline=None)
@given(KEYS, st.integers(0, TINY.length - 1), st.booleans())
def test_any_keys_at_any_time(keys: list[tuple[Command, int]], start: int, repeat: bool) -> None:
    program = Cheap(TINY)
    deck = Deck(program, Frames(start), repeat=repeat)
    sound = [deck.pull(500)]
    for command, frames in keys:
        if command in (Command.MORE, Command.LESS):
            program.stretched(deck.now()[0].at, Millis(5_000 if command is Command.MORE else -5_000))
        deck.press(command)
        pulled = deck.pull(frames)
        sound.append(pulled)
        playing, state = deck.now()
        assert 0 <= playing.at <= deck.timeline.length
        assert len(pulled) == frames or deck.finished
        assert state == "ended" or (state == "paused") == playing.paused
        assert state != "ended" or playing.over or playing.at == deck.timeline.length
    together = np.concatenate(sound)
    assert np.isfinite(together).all()
    assert np.abs(together).max(initial=0) <= 1
    # The loudest is 6 dB above 0.75, its slopes are 1.5 / 2000 and the last fade; the rest is fades of 240 frames.
    assert steps(together) < 2 * (1.5 / 2_000 + 0.75 / EDGES + np.pi / 2 / round(FADE * TINY.rate))
