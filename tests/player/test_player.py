"""The player on its threads: real time on a busy machine, and devices that fail it."""

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.errors import OutputFailed, SpeechFailed
from voiceguide.model.live import Command, State
from voiceguide.model.units import Frames
from voiceguide.outputs import Pull
from voiceguide.outputs.null import PERIOD, NullOutput
from voiceguide.player import DEPTH, Player
from voiceguide.player.deck import FADE
from voiceguide.player.keeper import Keeper
from voiceguide.player.watch import AT_FIRST, LOOK, PATIENCE, Watch

sys.path.insert(0, str(Path(__file__).parent))
from programs import RATE, Cheap, Plain, Renderer, Slow, session

TIMELINE = session(3)
SHORT = session(0.05, 1.5)
NOTICED = 2.0
"""Seconds in which a lost device has to be noticed."""
LONG = 60.0
"""Seconds for what comes in an instant, on a machine that may let nobody work for a while."""
STOOD = DEPTH / 2
"""Seconds without a processor, after which nobody can say that a player did not keep up."""
BUSY = """
import os, sys, time
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {int(sys.argv[1])})
last = time.monotonic()
while True:
    now = time.monotonic()
    if now - last > float(sys.argv[2]):
        print(now - last, flush=True)
    last = now
"""
"""Keeps one processor busy, and tells how long it was kept from that: then the machine stood, and no program."""


class Held(NullOutput):
    """Takes sound when a test says so, and no more than is mixed: no machine is too slow for it."""

    def open(self, rate: int, pull: Pull) -> None:
        self._period = round(PERIOD * rate)
        self._pull = pull

    def take(self, player: Player, seconds: float) -> Samples:
        taken = []
        for _ in range(round(seconds / PERIOD)):
            wait(lambda: player._deck.ends or player._deck.spare >= self._period)
            taken.append(self._pull(self._period))
            self.consumed += self._period
        return np.concatenate(taken)


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every device answers in the end."""
    monkeypatch.setattr("voiceguide.player.taking.ANSWER", LONG)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """A device whose clock is the test's, so that nobody may take it for one that was lost."""
    for name in ("AT_FIRST", "PATIENCE"):
        monkeypatch.setattr(f"voiceguide.player.watch.{name}", 3600.0)
    return Held()


class Vanishes(NullOutput):
    """Gone after half a second, and there again when `back` is set."""

    back = False
    gone = False
    openings = 0

    def open(self, rate: int, pull: Pull) -> None:
        self.openings += 1
        if self.gone and not self.back:
            raise OutputFailed("there is no sound device")

        def vanishing(frames: int) -> Samples:
            if self.consumed > rate / 2 and not self.back:
                self.gone = True
                self.vanish()
            return pull(frames)

        super().open(rate, vanishing)

    def vanish(self) -> None:
        raise OSError("no such device")


class Raises(Vanishes):
    """Its callback fails."""

    def vanish(self) -> None:
        raise RuntimeError("a callback that raises")


class Stops(Vanishes):
    """Calls back no more, says nothing, and lets nobody close it."""

    def vanish(self) -> None:
        while not self.back:
            sleep(0.05)


def until(player: Player, state: State) -> None:
    """Waits for a state that stays."""
    wait(lambda: player.status().state == state, player.status)


def wait(condition: Callable[[], bool], told: Callable[[], object] = str) -> None:
    """Until something is so; `told` says how it stands where it never is."""
    begun = monotonic()
    while not condition():
        assert monotonic() < begun + LONG, told()
        sleep(0.01)


@contextmanager
def busy_processors() -> Iterator[list[str]]:
    """Two processors have something else to do; at the end it is there for how long each stood, and how often."""
    here = sorted(os.sched_getaffinity(0))[:2] if hasattr(os, "sched_getaffinity") else [0, 1]
    others = [
        subprocess.Popen([sys.executable, "-c", BUSY, str(number), str(STOOD)], stdout=subprocess.PIPE, text=True)
        for number in here
    ]
    stood: list[str] = []
    try:
        yield stood
    finally:
        for other in others:
            other.kill()
            stood += other.communicate()[0].split()


def behind(output: NullOutput) -> float:
    """Seconds of the system's clock that are not in the device's, but for a constant.

    It is least when the device has just taken something, and whatever comes between two lines here makes it more.
    """
    looks = []
    for _ in range(300):
        consumed, skipped = output.consumed, output.skipped
        looks.append(monotonic() - skipped - consumed / RATE)
        sleep(0.003)
    return min(looks)


def twenty_seconds() -> tuple[int, float]:
    """Underruns, and the drift in seconds, while somebody presses keys."""
    output = NullOutput()
    player = Player(Plain(TIMELINE), output)
    try:
        player.begin()
        first = behind(output)
        for command in (Command.FORWARD, Command.NEXT, Command.LOUDER, Command.BACK_MINUTE):
            assert not player.join(5)
            player.press(command)
        return player.underruns, behind(output) - first
    finally:
        player.close()


def test_real_time_while_both_processors_are_busy() -> None:
    for _ in range(3):
        with busy_processors() as stood:
            underruns, drift = twenty_seconds()
        if (underruns == 0 and abs(drift) < 0.02) or not stood:
            break
    else:
        pytest.skip(f"the machine itself stood still three times over, for {' and '.join(stood)} s at last")
    assert underruns == 0
    assert abs(drift) < 0.02


def test_what_the_device_takes_is_the_program(held: Held) -> None:
    player = Player(Plain(SHORT), held)
    player.begin()
    heard = held.take(player, SHORT.length / RATE + 0.5)
    assert player.join(LONG)
    player.close()
    np.testing.assert_allclose(heard[: SHORT.length], Renderer(SHORT, "drone")(0, SHORT.length, 0), atol=1e-6)
    assert not heard[SHORT.length :].any()
    assert player.underruns == 0
    assert (player.outcome.state, player.outcome.kept, player.outcome.fault) == ("ended", False, None)


def test_as_quickly_as_it_comes() -> None:
    output = NullOutput("fast")
    player = Player(Plain(TIMELINE), output)
    player.begin()
    assert player.join(LONG)
    player.close()
    assert output.consumed == TIMELINE.length


def test_keys_are_heard_soon_and_quitting_keeps_the_place(held: Held) -> None:
    player = Player(Plain(TIMELINE), held, start=Frames(20 * RATE))
    player.begin()
    held.take(player, 0.5)
    player.press(Command.PAUSE)
    until(player, "paused")
    assert not held.take(player, 2)[round(FADE * RATE) :].any()  # at once, whatever was mixed before
    assert player.status().position == 20.5 * RATE
    player.press(Command.NEXT)
    wait(lambda: player.status().position == 90 * RATE)
    player.press(Command.BACK)
    player.press(Command.PAUSE)
    until(player, "playing")
    held.take(player, 1)
    player.press(Command.KEEP)
    wait(lambda: player._deck.ends)
    held.take(player, 0.5)
    assert player.join(LONG)
    player.close()
    player.close()
    outcome = player.outcome
    says = [p for p in TIMELINE.placements if p.kind == "say"]
    assert (outcome.state, outcome.kept, outcome.position) == ("ended", True, 86 * RATE)
    assert outcome.sentence == outcome.position or any(
        say.start == outcome.sentence <= outcome.position < say.end for say in says
    )
    assert player.underruns == 0


def test_a_longer_technique_says_so() -> None:
    program = Plain(TIMELINE)
    player = Player(program, NullOutput())
    player.begin()
    player.press(Command.MORE)
    player.press(Command.FASTER)
    wait(lambda: player.status().message == "120 words a minute")
    wait(lambda: player.status().length == TIMELINE.length + 60 * RATE)
    assert player.status().words == 120
    player.close()


@pytest.mark.parametrize("make", [Raises, Stops, Vanishes])
def test_a_device_that_fails_is_noticed_and_the_place_kept(make: type[Vanishes]) -> None:
    output = make()
    player = Player(Plain(TIMELINE), output)
    player.begin()
    begun = monotonic()
    until(player, "lost")
    wait(lambda: player.status().position < 0.5 * RATE)  # nobody heard what the device still held
    place = player.status().position
    assert place > 0.3 * RATE
    assert "device" in player.status().message
    sleep(0.3)
    assert player.status().position == place
    output.back = True
    until(player, "playing")
    wait(lambda: player.status().position > place + RATE / 5)
    assert player.status().position < place + (monotonic() - begun) * RATE
    assert player.status().message == ""
    player.close()


@pytest.mark.parametrize("fault", ["", "no such device"])
def test_a_device_that_fails_is_noticed_in_time(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the keeper's own clock, which stands but for what it waits."""
    now, output = 0.0, Held()
    monkeypatch.setattr("voiceguide.player.keeper.monotonic", lambda: now)
    keeper = Keeper(output, RATE, lambda frames: np.zeros((frames, 2), np.float32), lambda *_: None)

    class Over(Event):
        def is_set(self) -> bool:
            return bool(keeper.lost)

        def wait(self, timeout: float | None = None) -> bool:
            nonlocal now
            now += timeout or 0
            output.consumed += RATE // 10 if now < 60 else 0
            output.fault = fault if now >= 60 else ""
            return self.is_set()

    keeper.open()
    keeper.run(Over())
    assert 60 <= now < 60 + NOTICED


def test_whoever_waits_for_a_device_can_still_quit_and_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.keeper.TRIES", 0.5)
    output = Vanishes()
    player = Player(Plain(TIMELINE), output)
    player.begin()
    until(player, "lost")
    wait(lambda: "space" in player.status().message)
    output.back = True
    sleep(0.5)
    assert player.status().state == "lost"  # it asks before it goes on
    player.press(Command.PAUSE)
    until(player, "playing")
    output.back, tried = False, output.openings
    until(player, "lost")
    wait(lambda: output.openings > tried)  # the place is settled before it is tried again
    player.press(Command.NEXT)
    player.press(Command.KEEP)
    assert player.join(LONG)
    player.close()
    assert (player.outcome.position, player.outcome.kept) == (90 * RATE, True)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds takes a moment."""
    for name, value in (("TRIES", 0.2), ("_PAUSE", 0.05), ("SELDOM", 0.05)):
        monkeypatch.setattr(f"voiceguide.player.keeper.{name}", value)


@pytest.mark.usefixtures("hurried")
def test_where_nobody_answers_a_device_that_stays_away_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.keeper.GIVES_UP", 1.0)
    player = Player(Plain(TIMELINE), Vanishes(), answers=False)
    player.begin()
    told = set()
    while not player.join(0.02):
        told.add(player.status().message)
    player.close()
    assert not [message for message in told if "space" in message]
    outcome = player.outcome
    assert isinstance(outcome.fault, OutputFailed)
    assert "--resume" in outcome.fault.hint
    assert outcome.state == "ended"
    assert 0.3 * RATE < outcome.position < 0.5 * RATE


@pytest.mark.usefixtures("hurried")
def test_where_nobody_answers_a_device_that_comes_back_is_taken_again() -> None:
    output = Vanishes()
    player = Player(Plain(TIMELINE), output, answers=False)
    player.begin()
    until(player, "lost")
    wait(lambda: output.openings > 9)  # more than it tries before it does so seldom
    assert player.status().state == "lost"
    output.back = True
    until(player, "playing")
    player.close()


class Hangs(NullOutput):
    """Never answers at first, as a sound server that is stuck."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Event()
        self.openings = 0

    def open(self, rate: int, pull: Pull) -> None:
        self.openings += 1
        assert self.answers.wait(LONG)
        super().open(rate, pull)


def test_a_device_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.taking.ANSWER", 0.2)
    output = Hangs()
    player = Player(Plain(TIMELINE), output)
    for _ in range(2):  # and another one is not asked for while the first hangs
        with pytest.raises(OutputFailed, match="does not answer"):
            player.begin()
        wait(lambda: output.openings > 0)
    assert output.openings == 1
    output.answers.set()
    # What answers too late is let go, and had nothing of the session.
    wait(lambda: output._stop.is_set() and output._thread is not None and not output._thread.is_alive())
    assert player.status().position == 0
    monkeypatch.setattr("voiceguide.player.taking.ANSWER", LONG)
    player.begin()
    until(player, "playing")
    wait(lambda: player.status().position > RATE / 10)
    player.close()


def test_a_program_that_fails_ends_it_and_says_why() -> None:
    class Breaks(Plain):
        def sound(self, start: int, frames: int, bed: int) -> tuple[Samples, Samples]:
            if start > 1.5 * RATE:
                raise SpeechFailed("line 3: nothing to say")
            return super().sound(start, frames, bed)

    player = Player(Breaks(TIMELINE), NullOutput())
    player.begin()
    assert player.join(LONG)
    player.close()
    assert isinstance(player.outcome.fault, SpeechFailed)
    assert player.outcome.position > RATE / 2


class Troubled(Slow):
    def trouble(self) -> str:
        return "the voice failed"

    def failure(self) -> SpeechFailed:
        return SpeechFailed("the voice failed")


def test_a_session_that_waits_says_why(held: Held) -> None:
    program = Troubled(TIMELINE, RATE)
    player = Player(program, held)
    player.begin()
    sound = held.take(player, 3)
    status = player.status()
    assert (status.state, status.position, status.message) == ("preparing", RATE, "the voice failed")
    assert np.abs(sound[2 * RATE :]).max() > 0.001
    program.until = TIMELINE.length
    held.take(player, 1)
    status = player.status()
    assert (status.state, status.message) == ("playing", "")
    assert status.position > RATE
    player.close()
    assert player.underruns == 0


def test_a_file_does_not_wait_for_a_voice_that_fails() -> None:
    player = Player(Troubled(TIMELINE, RATE), NullOutput("fast"))
    player.begin()
    assert player.join(LONG)
    player.close()
    assert isinstance(player.outcome.fault, SpeechFailed)


def test_no_device_is_said_at_once() -> None:
    class Nothing(NullOutput):
        def open(self, rate: int, pull: Pull) -> None:  # noqa: ARG002
            raise OutputFailed("there is no sound device that can be played on")

    player = Player(Plain(TIMELINE), Nothing())
    with pytest.raises(OutputFailed):
        player.begin()
    player.close()


def test_memory_is_flat() -> None:
    """Half an hour that repeats, in the memory of its first minutes; `tests/bench/live.py` listens for longer."""
    timeline = session(4, 30, rate=8_000)
    deck = Player(Cheap(timeline), NullOutput("fast"), repeat=True)._deck
    peaks = []
    tracemalloc.start()
    for hours in (0.1, 0.4):
        tracemalloc.reset_peak()
        for _ in range(round(hours * 360)):
            deck.pull(80_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.02


def test_a_device_may_need_seconds_to_wake() -> None:
    watch = Watch(0.0, 0, RATE)
    assert not any(watch.lost(look * LOOK, RATE // 10, "") for look in range(round(AT_FIRST / LOOK)))
    assert watch.lost(AT_FIRST + 2 * LOOK, RATE // 10, "")


def test_the_watch_is_not_fooled_by_its_own_sleep() -> None:
    watch = Watch(0.0, -RATE, RATE)
    assert not watch.lost(3600.0, 0, "")  # the program was stopped, and so was the device
    now, consumed = 3600.0, 0
    while not watch.lost(now, consumed, ""):
        now += LOOK
        consumed += now < 3605
    assert 3605 + PATIENCE <= now + 1e-6 < 3605 + NOTICED
    assert watch.lost(now, 5, "gone") == "gone"
