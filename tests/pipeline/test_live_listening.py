"""Half an hour of a session that is spoken while it is heard, with any keys, on a clock that the test holds.

Without a bed, which takes most of the time: what becomes of that is tested where everything is spoken.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest

from voiceguide import engines
from voiceguide.audio.clip import Samples
from voiceguide.library import Library, shelves
from voiceguide.mixer import Mix
from voiceguide.model.live import Command
from voiceguide.model.routine import Wishes
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis
from voiceguide.pipeline.live import Live, live
from voiceguide.player import Deck
from voiceguide.player.deck import FADE
from voiceguide.settings import Settings

sys.path.insert(0, str(Path(__file__).parent.parent / "player"))
from uneven import Clocked, never_too_late, until

RATE = 44_100
MINUTES = 30
BLOCK = RATE
F = round(FADE * RATE)
WAIT = 60.0
"""Seconds that nobody waits for a voice that speaks quicker than one listens."""
ADVERBS = "softly slowly gently warmly calmly quietly"
KEYS = {
    Command.PAUSE: 4,
    Command.BACK: 1,
    Command.FORWARD: 2,
    Command.BACK_MINUTE: 1,
    Command.FORWARD_MINUTE: 1,
    Command.NEXT: 1,
    Command.PREVIOUS: 1,
    Command.REPEAT: 1,
    Command.MORE: 2,
    Command.LESS: 2,
    Command.SLOWER: 0.3,
    Command.FASTER: 0.3,
}


def routine(folder: Path) -> str:
    """A short section, a long one, and others."""
    rows = ["---", "bed: none", "pauses: written", "---"]
    for title, count in (("Arrive", 3), ("Long", 30), ("Turn", 6), ("Close", 2)):
        rows.append(f"## {title}")
        for number in range(count):
            more = ADVERBS[: 7 * (number * 5 % 6)].strip()
            rows.append(f"{title} {number + 1} is a breath that goes {more}. [pause {2 + number % 5}s-{9 + number}s]")
    path = folder / "long.md"
    path.write_text("\n".join(rows))
    return str(path)


class Listener:
    """Presses keys, hears, and holds what is heard against the renderer with the plan of that moment."""

    def __init__(self, program: Live, voice: Clocked) -> None:
        self.program, self.voice = program, voice
        self.deck = Deck(program, repeat=True)
        self.words = program.words
        self.waited = self.compared = 0.0
        self.states: Counter[str] = Counter()
        self._rendered: tuple[Timeline, Mix] | None = None

    def press(self, command: Command) -> None:
        at = self.deck.now()[0].at
        if command in (Command.MORE, Command.LESS):
            self.program.stretched(at, Millis(60_000 if command is Command.MORE else -60_000))
        elif command in (Command.SLOWER, Command.FASTER):
            self.program.at_rate(at, self.program.words + (10 if command is Command.FASTER else -10))
        else:
            self.deck.press(command)

    def listen(self, *, faded: bool) -> None:
        """The next second; with `faded` there was a key just before, and the first 30 ms belong to it."""
        before, state = self.deck.now()
        sound = self.deck.pull(BLOCK)
        after, now = self.deck.now()
        assert len(sound) == BLOCK
        assert 0 <= after.at <= self.program.timeline().length
        assert (now == "paused") == after.paused
        self.states[now] += 1
        if (state, now) == ("paused", "paused"):
            assert not sound[F:].any()
            assert after.at == before.at
        elif state == now == "playing" and after.at - before.at == BLOCK:
            skipped = F if faded else 0
            np.testing.assert_allclose(sound[skipped:], self._expected(before.at, before.clock)[skipped:], atol=1e-6)
            self.compared += BLOCK / RATE
        self._wait(now, after.at)
        self.voice.pass_by(BLOCK / RATE, self._all_spoken)

    def _wait(self, state: str, at: Frames) -> None:
        """Nobody waits for what is spoken, and for nothing for long."""
        self.waited = self.waited + BLOCK / RATE if state == "preparing" else 0.0
        assert self.waited < WAIT, at / RATE
        if state == "preparing":
            until(lambda: self._unspoken(at) or self.program.ready(at) > at)

    def _unspoken(self, at: int) -> bool:
        blocking = self.program._planner.plan.blocking(at)
        return blocking is not None and self.program._voice.length(self.wanted(blocking.utterance)) is None

    def wanted(self, utterance: object) -> object:
        return self.program._wanted(utterance)  # type: ignore[arg-type]

    def _all_spoken(self) -> bool:
        says = [p.utterance for p in self.program.timeline().placements if p.utterance]
        return all(self.program._voice.length(self.wanted(one)) is not None for one in says)  # type: ignore[arg-type]

    def _expected(self, at: int, clock: int) -> Samples:
        timeline = self.program.timeline()
        if self._rendered is None or self._rendered[0] is not timeline:
            self._rendered = timeline, self.program._planner._mixed(timeline)
        return np.add(*self._rendered[1].sound(at, BLOCK, clock))


def test_half_an_hour_of_any_keys_while_it_is_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice, dice = Clocked(0.7, spread=0.8), Random(7)
    monkeypatch.setattr(engines, "make", lambda *_: voice)
    monkeypatch.setattr("voiceguide.pipeline.live.speaking.time", voice)
    never_too_late(monkeypatch)
    settings = Settings(cache=tmp_path / "clips", engine="tone")
    program = live(Library(shelves()), routine(tmp_path), None, Wishes(), settings)
    try:
        listener = Listener(program, voice)
        pressed: Counter[Command] = Counter()
        for _ in range(2):  # to where nothing can be spoken yet
            listener.press(Command.NEXT)
        for _ in range(MINUTES * 60 * RATE // BLOCK):
            command = dice.choices(list(KEYS), list(KEYS.values()))[0] if dice.random() < 0.08 else None
            if listener.deck.now()[1] == "paused" and not command and dice.random() < 0.15:
                command = Command.PAUSE
            if command:
                pressed[command] += 1
                listener.press(command)
            listener.listen(faded=command is not None)
        assert set(pressed) == set(KEYS)
        assert listener.compared > 0.5 * MINUTES * 60
        assert listener.states["preparing"] > 0
        assert listener.states["paused"] > 60
    finally:
        voice.let_go()
        program.close()
