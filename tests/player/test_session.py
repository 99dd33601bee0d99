"""Half an hour of listening on a clock that the test holds: what was heard, sample for sample, against the renderer."""

import sys
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.model.live import Command
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Millis
from voiceguide.player.deck import FADE, Deck

sys.path.insert(0, str(Path(__file__).parent))
from programs import RATE, Plain, Renderer, session

MINUTES = 30
F = round(FADE * RATE)
SEEKS = {Command.BACK: -5, Command.FORWARD: 5, Command.BACK_MINUTE: -60, Command.FORWARD_MINUTE: 60}
KEYS = [*SEEKS, Command.PAUSE, Command.NEXT, Command.PREVIOUS, Command.REPEAT, Command.MORE, Command.LESS]


@dataclass
class Model:
    """Where somebody must be, reckoned once more."""

    at: int = 0
    clock: int = 0
    paused: bool = False

    def press(self, command: Command, timeline: Timeline) -> None:
        starts = [chapter.start for chapter in timeline.chapters]
        here = bisect_right(starts, self.at) - 1
        match command:
            case Command.PAUSE:
                self.paused = not self.paused
            case Command.NEXT:
                self.at = starts[here + 1] if here + 1 < len(starts) else self.at
            case Command.REPEAT:
                self.at = starts[here]
            case Command.PREVIOUS:
                self.at = starts[here if self.at - starts[here] > 3 * RATE else max(0, here - 1)]
            case _ if command in SEEKS:
                self.at = min(max(0, self.at + SEEKS[command] * RATE), timeline.length - 1)

    def move(self, frames: int) -> None:
        if not self.paused:
            self.at += frames
            self.clock += frames


class Listener:
    """Hears, and compares with the renderer given the plan of that moment."""

    def __init__(self, bed: str) -> None:
        self.bed = bed
        self.program = Plain(session(MINUTES), bed)
        self.deck = Deck(self.program)
        self.model = Model()
        self.render = Renderer(self.program.timeline(), bed)
        self.last = np.zeros((1, 2), np.float32)
        self.heard = 0

    def press(self, command: Command) -> None:
        if command in (Command.MORE, Command.LESS):
            self.program.stretched(self.model.at, Millis(20_000 if command is Command.MORE else -20_000))
            self.render = Renderer(self.program.timeline(), self.bed)
        self.model.press(command, self.program.timeline())
        self.deck.press(command)

    def listen(self, frames: int, *, fades: bool) -> None:
        """The next frames; with `fades` there was a key just before, and the first 30 ms belong to it."""
        while frames and not self.deck.finished:
            before = self.expected(F) if fades else self.last
            sound = self.deck.pull(min(frames, 5 * RATE))
            expected = self.expected(len(sound))
            skipped = F if fades else 0
            np.testing.assert_allclose(sound[skipped:], expected[skipped:], atol=1e-6)
            self.check_steps(sound, expected, before, slope=np.pi / 2 / F if fades else 0)
            self.model.move(len(sound))
            playing, _ = self.deck.now()
            assert (playing.at, playing.clock) == (self.model.at, self.model.clock)
            self.last, self.heard = sound[-F:], self.heard + len(sound)
            frames, fades = frames - len(sound), False

    def expected(self, frames: int) -> Samples:
        frames = min(frames, self.program.timeline().length - self.model.at)
        if self.model.paused:
            return np.zeros((frames, 2), np.float32)
        return self.render(self.model.at, frames, self.model.clock)

    def check_steps(self, sound: Samples, expected: Samples, before: Samples, slope: float) -> None:
        """No step above those of what was heard before and of what follows, but for the slope of a fade."""
        joined = np.concatenate((self.last[-1:], sound[: 2 * F]))
        sources = [np.abs(np.diff(part[: 2 * F], axis=0)).max(initial=0) for part in (self.last, before, expected)]
        assert np.abs(np.diff(joined, axis=0)).max() <= sum(sources) + slope + 1e-6


@pytest.mark.parametrize("bed", ["drone"])
def test_half_an_hour_of_any_keys(bed: str) -> None:
    dice, listener = Random(5), Listener(bed)
    pressed = set()
    while not listener.deck.finished and listener.heard < MINUTES * 60 * RATE:
        listener.listen(dice.randint(1, 30 * RATE), fades=bool(pressed))
        command = dice.choice(KEYS) if not listener.model.paused or dice.random() < 0.3 else Command.PAUSE
        pressed.add(command)
        listener.press(command)
    assert pressed == set(KEYS)
    assert listener.heard > 0.9 * MINUTES * 60 * RATE
