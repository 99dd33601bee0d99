"""The player on its threads: real time on a busy machine, and devices that fail it."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
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
from voiceguide.outputs.null import NullOutput
from voiceguide.player import Player
from voiceguide.player.watch import AT_FIRST, LOOK, PATIENCE, Watch

sys.path.insert(0, str(Path(__file__).parent))
from programs import RATE, Cheap, Plain, Renderer, Slow, session

TIMELINE = session(3)
SHORT = session(0.05, 1.5)
BUSY = "while True: pass"
NOTICED = 2.0
"""Seconds in which a lost device has to be noticed."""


class Recorder(NullOutput):
    """Keeps what it took."""

    def open(self, rate: int, pull: Pull) -> None:
        self.taken: list[Samples] = []

        def kept(frames: int) -> Samples:
            self.taken.append(pull(frames))
            return self.taken[-1]

        super().open(rate, kept)


class Raises(NullOutput):
    """Its callback fails once, after half a second; it is there again at the second try."""

    failed = False
    openings = 0

    def open(self, rate: int, pull: Pull) -> None:
        self.openings += 1
        if self.openings == 2:
            raise OutputFailed("not yet")

        def failing(frames: int) -> Samples:
            if self.consumed > rate / 2 and not self.failed:
                self.failed = True
                raise RuntimeError("a callback that raises")
            return pull(frames)

        super().open(rate, failing)


class Stops(NullOutput):
    """Calls back no more after half a second, and says nothing; another one plays."""

    openings = 0

    def open(self, rate: int, pull: Pull) -> None:
        self.openings += 1
        super().open(rate, pull)

    def _in_real_time(self, rate: int, pull: Pull, stop: object) -> None:
        first = self.openings == 1

        def limited(frames: int) -> Samples:
            while first and self.consumed > rate / 2:
                sleep(0.05)
                if self.openings > 1:
                    raise RuntimeError("over")
            return pull(frames)

        super()._in_real_time(rate, limited, stop)  # type: ignore[arg-type]


class Vanishes(NullOutput):
    """Gone after half a second, and there again when `back` is set."""

    back = False
    gone = False

    def open(self, rate: int, pull: Pull) -> None:
        if self.gone and not self.back:
            raise OutputFailed("there is no sound device")

        def vanishing(frames: int) -> Samples:
            if self.consumed > rate / 2 and not self.back:
                self.gone = True
                raise OSError("no such device")
            return pull(frames)

        super().open(rate, vanishing)


def until(player: Player, state: State, seconds: float) -> float:
    """Seconds that it took to come to a state."""
    begun = monotonic()
    while player.status().state != state:
        assert monotonic() < begun + seconds, player.status()
        sleep(0.01)
    return monotonic() - begun


def wait(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Until something is so."""
    begun = monotonic()
    while not condition():
        assert monotonic() < begun + seconds
        sleep(0.01)


def test_real_time_while_both_processors_are_busy() -> None:
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(2)]
    output = NullOutput()
    player = Player(Plain(TIMELINE), output)
    try:
        player.begin()
        begun, first, skipped = monotonic(), output.consumed, output.skipped
        for command in (Command.FORWARD, Command.NEXT, Command.LOUDER, Command.BACK_MINUTE):
            assert not player.join(5)
            player.press(command)
        # A machine may stop the whole program for longer than a device buffers: there the mixing is not at fault. So
        # a look may come at a bad moment, and is taken again; what really drifts does not come back.
        assert player.underruns == 0
        wait(lambda: abs(monotonic() - begun - (output.skipped - skipped) - (output.consumed - first) / RATE) < 0.02)
    finally:
        player.close()
        for other in others:
            other.kill()
            other.wait()


def test_what_the_device_takes_is_the_program() -> None:
    output = Recorder()
    player = Player(Plain(SHORT), output)
    player.begin()
    assert player.join(10)
    player.close()
    heard = np.concatenate(output.taken)
    np.testing.assert_allclose(heard[: SHORT.length], Renderer(SHORT, "drone")(0, SHORT.length, 0), atol=1e-6)
    assert not heard[SHORT.length :].any()
    assert player.underruns == 0
    assert (player.outcome.state, player.outcome.kept, player.outcome.fault) == ("ended", False, None)


def test_as_quickly_as_it_comes() -> None:
    output = NullOutput("fast")
    player = Player(Plain(TIMELINE), output)
    player.begin()
    assert player.join(30)
    player.close()
    assert output.consumed == TIMELINE.length


def test_keys_are_heard_soon_and_quitting_keeps_the_place() -> None:
    player = Player(Plain(TIMELINE), NullOutput(), start=Frames(20 * RATE))
    player.begin()
    player.press(Command.PAUSE)
    until(player, "paused", 5)
    place = player.status().position
    assert 20 * RATE <= place < 22 * RATE
    player.press(Command.NEXT)
    wait(lambda: player.status().position == 90 * RATE)
    player.press(Command.BACK)
    player.press(Command.PAUSE)
    until(player, "playing", 5)
    player.press(Command.KEEP)
    assert player.join(5)
    player.close()
    player.close()
    outcome = player.outcome
    says = [p for p in TIMELINE.placements if p.kind == "say"]
    assert (outcome.state, outcome.kept) == ("ended", True)
    assert 85 * RATE <= outcome.position < 87 * RATE
    assert outcome.sentence == outcome.position or any(
        say.start == outcome.sentence <= outcome.position < say.end for say in says
    )


def test_a_longer_technique_says_so() -> None:
    program = Plain(TIMELINE)
    player = Player(program, NullOutput())
    player.begin()
    player.press(Command.MORE)
    player.press(Command.FASTER)
    wait(lambda: player.status().message == "120 words a minute")
    status = player.status()
    assert (status.length, status.words) == (TIMELINE.length + 60 * RATE, 120)
    player.close()


@pytest.mark.parametrize("make", [Raises, Stops, Vanishes])
def test_a_device_that_fails_is_noticed_and_the_place_kept(make: type[NullOutput]) -> None:
    output = make()
    player = Player(Plain(TIMELINE), output)
    player.begin()
    begun = monotonic()
    # Half a second was played, and a second is for a machine that lets nobody work; the watch has its own test.
    assert until(player, "lost", 9) < 0.5 + NOTICED + 1.0
    place = player.status().position
    assert 0.4 * RATE < place < 0.7 * RATE
    assert "device" in player.status().message
    if isinstance(output, Vanishes):
        sleep(0.3)
        assert player.status().position == place
        output.back = True
    until(player, "playing", 9)
    wait(lambda: player.status().position > place + RATE / 5)
    assert player.status().position < place + (monotonic() - begun) * RATE
    assert player.status().message == ""
    player.close()


def test_whoever_waits_for_a_device_can_still_quit_and_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.keeper.TRIES", 0.5)
    output = Vanishes()
    player = Player(Plain(TIMELINE), output)
    player.begin()
    until(player, "lost", 5)
    wait(lambda: "space" in player.status().message)
    output.back = True
    sleep(0.5)
    assert player.status().state == "lost"  # it asks before it goes on
    player.press(Command.PAUSE)
    until(player, "playing", 5)
    output.back = False
    until(player, "lost", 5)
    player.press(Command.NEXT)
    player.press(Command.KEEP)
    assert player.join(5)
    player.close()
    assert (player.outcome.position, player.outcome.kept) == (90 * RATE, True)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes are a second."""
    for name, value in (("TRIES", 0.2), ("_PAUSE", 0.05), ("SELDOM", 0.05), ("GIVES_UP", 1.0)):
        monkeypatch.setattr(f"voiceguide.player.keeper.{name}", value)


@pytest.mark.usefixtures("hurried")
def test_where_nobody_answers_a_device_that_stays_away_ends_it() -> None:
    player = Player(Plain(TIMELINE), Vanishes(), answers=False)
    player.begin()
    until(player, "lost", 5)
    assert "space" not in player.status().message
    place = player.status().position
    assert player.join(5)
    player.close()
    outcome = player.outcome
    assert isinstance(outcome.fault, OutputFailed)
    assert "--resume" in outcome.fault.hint
    assert (outcome.state, outcome.position) == ("ended", place)
    assert place > 0.4 * RATE


@pytest.mark.usefixtures("hurried")
def test_where_nobody_answers_a_device_that_comes_back_is_taken_again() -> None:
    output = Vanishes()
    player = Player(Plain(TIMELINE), output, answers=False)
    player.begin()
    until(player, "lost", 5)
    sleep(0.5)
    assert player.status().state == "lost"
    output.back = True
    until(player, "playing", 5)
    player.close()


class Hangs(NullOutput):
    """Never answers at first, as a sound server that is stuck."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Event()
        self.openings = 0

    def open(self, rate: int, pull: Pull) -> None:
        self.openings += 1
        assert self.answers.wait(20)
        super().open(rate, pull)


def test_a_device_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.taking.ANSWER", 0.2)
    output = Hangs()
    player = Player(Plain(TIMELINE), output)
    for _ in range(2):  # and another one is not asked for while the first hangs
        with pytest.raises(OutputFailed, match="does not answer"):
            player.begin()
    assert output.openings == 1
    output.answers.set()
    wait(lambda: output._thread is not None and output._stop.is_set())  # what answers too late is let go
    sleep(0.05)
    assert output.consumed < RATE
    player.begin()
    until(player, "playing", 5)
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
    assert player.join(5)
    player.close()
    assert isinstance(player.outcome.fault, SpeechFailed)
    assert player.outcome.position > RATE / 2


class Troubled(Slow):
    def trouble(self) -> str:
        return "the voice failed"


def test_a_session_that_waits_says_why() -> None:
    program = Troubled(TIMELINE, RATE)
    player = Player(program, NullOutput())
    player.begin()
    until(player, "preparing", 5)
    assert player.status().message == "the voice failed"
    assert player.status().position == RATE
    program.until = TIMELINE.length
    until(player, "playing", 5)
    assert player.status().message == ""
    player.close()
    assert player.underruns == 0


def test_a_file_does_not_wait_for_a_voice_that_fails() -> None:
    player = Player(Troubled(TIMELINE, RATE), NullOutput("fast"))
    player.begin()
    assert player.join(10)
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
