"""A pause that is asked for twice is one pause, and a device that is lost waits for whoever can answer."""

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.errors import EngineMissing, OutputFailed
from voiceguide.model.live import Command, State
from voiceguide.model.units import Frames
from voiceguide.outputs import Pull
from voiceguide.outputs.null import NullOutput
from voiceguide.player import Player
from voiceguide.player.deck import Deck
from voiceguide.player.keeper import Keeper
from voiceguide.player.relay import Relay

sys.path.insert(0, str(Path(__file__).parent))
from programs import RATE, Cheap, Plain, session

TIMELINE = session(2)
TINY = session(0.2, 5)
SAID = '"guide, continue"'


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end
        sleep(0.01)


def reaches(player: Player, state: State) -> None:
    until(lambda: player.status().state == state)


class Device(NullOutput):
    """Gone while `there` is not set."""

    def __init__(self) -> None:
        super().__init__()
        self.there = Event()
        self.there.set()
        self.tries = 0

    def open(self, rate: int, pull: Pull) -> None:
        self.tries += 1
        if not self.there.is_set():
            raise OutputFailed("there is no sound device")

        def taken(frames: int) -> Samples:
            if not self.there.is_set():
                raise OSError("no such device")
            return pull(frames)

        super().open(rate, taken)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds are a fifth of one."""
    for name, value in (("TRIES", 0.2), ("_PAUSE", 0.05), ("SELDOM", 0.1)):
        monkeypatch.setattr(f"voiceguide.player.keeper.{name}", value)


def test_asked_twice_it_is_held_once_and_goes_on_once() -> None:
    player = Player(Plain(TIMELINE), NullOutput())
    player.begin()
    for command, state in ((Command.HOLD, "paused"), (Command.GO_ON, "playing"), (Command.HOLD, "paused")):
        for _ in range(2):
            player.press(command)
        reaches(player, state)  # type: ignore[arg-type]
        until(player._tasks.empty)
        assert player.status().state == state
    player.press(Command.PAUSE)
    reaches(player, "playing")
    player.close()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("asked", [Command.GO_ON, Command.PAUSE])
def test_lost_it_goes_on_when_that_is_asked_and_not_for_a_pause(asked: Command) -> None:
    output = Device()
    player = Player(Plain(TIMELINE), output)
    player.begin()
    until(lambda: player.status().position > RATE / 5)
    output.there.clear()
    until(lambda: "tries again" in player.status().message)
    output.there.set()
    tries = output.tries
    player.press(Command.HOLD)
    until(lambda: player._deck.now()[0].paused)
    sleep(0.3)
    assert (player.status().state, output.tries) == ("lost", tries)
    player.press(asked)
    reaches(player, "playing")
    player.close()


@pytest.mark.usefixtures("hurried")
def test_what_was_held_while_the_device_was_away_is_held_when_it_is_back() -> None:
    output = Device()
    player = Player(Plain(TIMELINE), output, answers=False)
    player.begin()
    output.there.clear()
    reaches(player, "lost")
    player.press(Command.HOLD)
    output.there.set()
    reaches(player, "paused")
    player.press(Command.GO_ON)
    reaches(player, "playing")
    player.close()


def lost(output: Device, **who: Any) -> tuple[Keeper, Event]:
    """A keeper whose device is gone, and what ends it."""
    from threading import Thread

    over = Event()
    keeper = Keeper(output, RATE, lambda frames: np.zeros((frames, 2), np.float32), lambda _: None, **who)
    output.there.clear()
    keeper.begin(known=True)

    def run() -> None:
        try:
            keeper.run(over)
        except OutputFailed as error:
            ended.append(error)

    ended: list[OutputFailed] = []
    keeper.ended = ended  # type: ignore[attr-defined]
    Thread(target=run, daemon=True).start()
    return keeper, over


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("aloud", "question"),
    [
        ("", "there is no sound device: space tries again, q quits"),
        (SAID, f"there is no sound device: space or {SAID} tries again, q quits"),
    ],
)
def test_the_question_names_what_there_is_to_answer_with(aloud: str, question: str) -> None:
    keeper, over = lost(Device(), answers=True, aloud=aloud)
    assert keeper.lost == "the sound device is lost: trying to get it back"
    until(lambda: keeper.lost == question)
    over.set()


@pytest.mark.usefixtures("hurried")
def test_who_can_only_speak_is_told_so_and_it_is_tried_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.keeper.GIVES_UP", 1.0)
    output = Device()
    keeper, _ = lost(output, answers=False, aloud=SAID)
    assert keeper.lost == f"the sound device is lost: trying to get it back; {SAID} tries at once"
    tries = output.tries
    until(lambda: output.tries > tries + 8)
    until(lambda: bool(keeper.ended))  # type: ignore[attr-defined]
    assert "--resume" in keeper.ended[0].hint  # type: ignore[attr-defined]


def test_who_asks_for_the_device_is_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("voiceguide.player.keeper.monotonic", lambda: now)
    monkeypatch.setattr("voiceguide.player.keeper.SELDOM", 0.0)
    output = Device()
    keeper = Keeper(output, RATE, lambda frames: np.zeros((frames, 2), np.float32), lambda _: None, answers=False)
    output.there.clear()
    keeper._until, now = 300.0, 299.0
    keeper.try_again()
    assert not keeper._later(Event())
    now = 301.0
    assert not keeper._later(Event())
    now = 600.0
    with pytest.raises(OutputFailed, match="nobody brought it back"):
        keeper._later(Event())


@pytest.mark.usefixtures("hurried")
def test_a_device_that_was_there_before_it_began_is_waited_for() -> None:
    output = Device()
    output.there.clear()
    player = Player(Plain(TIMELINE), output, start=Frames(20 * RATE), answers=False)
    player.begin(known=True)
    reaches(player, "lost")
    assert player.status().position == 20 * RATE
    output.there.set()
    reaches(player, "playing")
    until(lambda: player.status().position > 20.3 * RATE)
    player.close()


def test_what_is_not_installed_is_not_waited_for() -> None:
    class Missing(NullOutput):
        def open(self, rate: int, pull: Pull) -> None:  # noqa: ARG002
            raise EngineMissing("sound cannot be played")

    player = Player(Plain(TIMELINE), Missing())
    with pytest.raises(EngineMissing):
        player.begin(known=True)
    player.close()


def test_what_a_device_took_that_never_woke_is_heard_again() -> None:
    """Every try may take a little before it fails: nothing of the session is used up by that."""
    unheard: list[int] = []

    class Asleep(NullOutput):
        def open(self, rate: int, pull: Pull) -> None:
            pull(rate // 10)
            self.consumed += rate // 10
            self.fault = "gone again"

    keeper = Keeper(Asleep(), RATE, lambda frames: np.zeros((frames, 2), np.float32), unheard.append)
    assert not keeper._taken(Event())
    assert unheard == [RATE // 10]


@pytest.mark.parametrize("paused", [False, True])
def test_it_comes_back_before_what_nobody_heard(paused: bool) -> None:
    deck = Deck(Cheap(TIMELINE), Frames(20 * RATE))
    deck.pull(3 * RATE)
    if paused:
        deck.press(Command.HOLD)
        deck.pull(RATE)
    before, _ = deck.now()
    deck.appear(RATE // 2)
    after, _ = deck.now()
    back = 0 if paused else RATE // 2
    assert (before.at - after.at, before.clock - after.clock) == (back, back)


def test_at_the_beginning_there_is_nothing_before() -> None:
    deck = Deck(Cheap(TIMELINE))
    deck.pull(RATE // 10)
    deck.appear(RATE)
    assert (deck.now()[0].at, deck.now()[0].clock) == (0, 0)


def test_a_device_that_is_lost_just_before_the_end_is_not_the_end() -> None:
    deck = Deck(Cheap(TINY))
    while deck.now()[0].at < TINY.length - RATE // 2:
        deck.pull(RATE // 10)
    deck.fill(RATE)
    assert deck.ends
    deck.appear()
    assert not deck.finished
    assert deck.now()[1] == "playing"
    while not deck.finished:
        assert len(deck.pull(RATE))
    assert deck.now()[0].at == TINY.length


def pulled(value: float) -> Pull:
    return lambda frames: np.full((frames, 2), value, np.float32)


class Hand:
    """An output that is pulled by hand."""

    name, patient = "hand", False

    def __init__(self) -> None:
        self.consumed, self.fault, self.openings, self.closings = 0, "", 0, 0
        self.pull: Pull = pulled(0)

    def open(self, rate: int, pull: Pull) -> None:  # noqa: ARG002
        self.openings += 1
        self.fault, self.pull = "", pull

    def close(self) -> None:
        self.closings += 1


def test_a_device_goes_from_one_to_the_next() -> None:
    hand = Hand()
    relay = Relay(hand)
    relay.open(RATE, pulled(0.1))
    assert hand.pull(3).max() == np.float32(0.1)
    with relay.staying():
        relay.close()
    assert not hand.pull(3).any()
    relay.open(RATE, pulled(0.2))
    assert hand.pull(3).max() == np.float32(0.2)
    assert (hand.openings, hand.closings) == (1, 0)
    relay.close()
    assert hand.closings == 1
    relay.open(RATE, pulled(0.3))
    assert hand.openings == 2


def test_one_that_was_lost_meanwhile_is_taken_anew() -> None:
    hand = Hand()
    relay = Relay(hand)
    relay.open(RATE, pulled(0.1))
    with relay.staying():
        relay.close()
    hand.fault = "the device stopped"
    assert relay.fault == "the device stopped"
    relay.open(RATE, pulled(0.2))
    assert (hand.openings, relay.fault) == (2, "")


def test_the_first_of_two_ends_with_its_last_frame() -> None:
    short, relay = session(0.02, 1.2), Relay(Device())
    first = Player(Plain(short), relay, last=False)
    first.begin()
    assert first.join(30)
    assert not first._keeper.lost
    with relay.staying():
        first.close()
    second = Player(Plain(short), relay)
    second.begin(known=True)
    assert second.join(30)
    second.close()
    assert second.outcome.fault is None
