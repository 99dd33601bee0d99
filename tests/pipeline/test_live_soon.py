"""What was spoken is heard when its turn comes: whatever the voice is busy with, and whoever clears the cache."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide import engines
from voiceguide.audio.clip import Clip
from voiceguide.library import Library, shelves
from voiceguide.model.live import Command
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say, Utterance
from voiceguide.model.timeline import Placement
from voiceguide.model.units import Millis
from voiceguide.pipeline.live import Live, live
from voiceguide.pipeline.live.speaking import Voice
from voiceguide.player import Deck
from voiceguide.settings import Settings

sys.path.insert(0, str(Path(__file__).parent.parent / "player"))
from uneven import Clocked, Uneven, never_too_late, until

RATE = 44_100
BLOCK = RATE // 2
SENTENCES = 40
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def words(number: int) -> str:
    """A sentence of 4 to 12 words that is told by its number."""
    more = " ".join("softly slowly gently warmly calmly"[: 7 * (number % 6)].split())
    return f"Sentence {NUMBERS[number // 12]} {NUMBERS[number % 12]} breathes {more}".strip() + "."


def text(folder: Path, count: int = SENTENCES, pause: str = "5s") -> str:
    """A routine of one section."""
    lines = "".join(f"{words(number)} [pause {pause}]\n" for number in range(count))
    path = folder / "long.md"
    path.write_text(f"---\nbed: none\npauses: written\n---\n## All\n{lines}")
    return str(path)


def begun(folder: Path, routine: str) -> Live:
    settings = Settings(cache=folder / "clips", engine="tone")
    return live(Library(shelves()), routine, None, Wishes(), settings)


@pytest.fixture(autouse=True)
def heard_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    never_too_late(monkeypatch)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Uneven:
    made = Uneven()
    monkeypatch.setattr(engines, "make", lambda *_: made)
    return made


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocked]:
    made = Clocked(0.25, spread=0.8)
    monkeypatch.setattr(engines, "make", lambda *_: made)
    monkeypatch.setattr("voiceguide.pipeline.live.speaking.time", made)
    yield made
    made.let_go()


def says(program: Live) -> list[Placement]:
    return [p for p in program.timeline().placements if p.kind == "say"]


def spoken(program: Live, say: Placement) -> bool:
    return say.utterance is not None and program._voice.length(say.utterance) is not None


def heard_until(program: Live, voice: Clocked, stop: Callable[[], int]) -> None:
    """Listens to everything before frame `stop`, on a clock that stands still while a plan is to be made."""
    at = 0
    while at < stop():
        until(lambda at=at: program.ready(at) >= min(at + BLOCK, stop()))
        voice.pass_by(BLOCK / RATE, lambda: all(spoken(program, say) for say in says(program)))
        at += BLOCK


def test_nobody_waits_for_what_is_spoken(tmp_path: Path, voice: Clocked) -> None:
    program = begun(tmp_path, text(tmp_path))
    try:
        heard_until(program, voice, lambda: program.timeline().length)
        assert program.timeline().length > 300 * RATE
        assert program.timeline().exact
    finally:
        voice.let_go()
        program.close()


def test_nobody_waits_for_what_is_spoken_while_the_voice_is_stuck_with_a_sentence_far_ahead(
    tmp_path: Path, voice: Clocked
) -> None:
    voice.pace = 0.02
    voice.stuck = frozenset({words(30)[:-1]})
    program = begun(tmp_path, text(tmp_path))
    try:
        heard_until(program, voice, lambda: says(program)[30].start)
        assert not spoken(program, says(program)[30])
        assert program.ready(says(program)[30].start) == says(program)[30].start
    finally:
        voice.let_go()
        program.close()


def test_another_rate_is_heard_while_the_voice_is_stuck_with_a_sentence_far_ahead(
    tmp_path: Path, voice: Clocked
) -> None:
    voice.pace, voice.listener = 0.02, False
    program = begun(tmp_path, text(tmp_path, 30))
    try:
        until(lambda: program.timeline().exact)
        program.ready(0)
        voice.stuck = frozenset({words(25)[:-1]})
        voice.listener = True
        program.at_rate(0, 90)
        while voice.busy_until < voice.now + 1e4:
            voice.pass_by(5, lambda: False)
        for number in range(8, 24):
            # Four seconds ahead of each it is settled how it is said.
            program.ready(says(program)[number].start - 8 * RATE)
            until(lambda number=number: says(program)[number].utterance.rate == 90)  # type: ignore[union-attr]
            assert program.ready(says(program)[number - 1].end) >= says(program)[number].end
    finally:
        voice.let_go()
        program.close()


def test_a_cache_that_is_cleared_is_spoken_again_and_not_by_whoever_mixes(tmp_path: Path, engine: Uneven) -> None:
    speakers, silence = set[str](), threading.Event()
    silence.set()
    program = begun(tmp_path, text(tmp_path, 30))
    speak = engine.speak

    def asked(utterance: Utterance, deadline: float) -> Clip:
        speakers.add(threading.current_thread().name)
        assert silence.wait(60)
        return speak(utterance, deadline)

    engine.speak = asked  # type: ignore[method-assign]
    try:
        until(lambda: program.timeline().exact)
        deck = Deck(program)
        deck.pull(RATE)
        silence.clear()
        speakers.clear()
        shutil.rmtree(tmp_path / "clips")
        late = says(program)[25].start
        assert program.ready(late) == late
        deck.pull(RATE)
        assert deck.now()[1] == "playing"  # what is said now and next was fetched before
        for _ in range(2):
            deck.press(Command.FORWARD_MINUTE)
        until(lambda: deck.pull(RATE // 4) is not None and deck.now()[1] == "preparing")
        place = deck.now()[0].at
        deck.pull(RATE)
        assert (deck.now()[0].at, deck.now()[1]) == (place, "preparing")
        silence.set()
        until(lambda: deck.pull(RATE // 4) is not None and deck.now()[1] == "playing")
        until(lambda: all(program._voice.length(say.utterance) == say.length for say in says(program)[20:]))
        deck.pull(RATE // 2)
        at, clock = deck.now()[0].at, deck.now()[0].clock
        again = program._planner._mixed(program.timeline())
        np.testing.assert_array_equal(deck.pull(10 * RATE), np.add(*again.sound(at, 10 * RATE, clock)))
        assert speakers == {"voiceguide-live"}
    finally:
        silence.set()
        program.close()


def test_whatever_goes_wrong_beside_speaking_is_told_and_tried_again(
    tmp_path: Path, voice: Clocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceguide.pipeline.live.speaker.AGAIN", 0.05)
    monkeypatch.setattr("voiceguide.pipeline.live.soon.AGAIN", 0.05)
    program = begun(tmp_path, text(tmp_path, 20))
    place = program.place

    def fails() -> None:
        raise RuntimeError("no plan today")

    for part in (program._speaker, program._soon):
        monkeypatch.setattr(part, "_place", fails)
    voice.let_go()
    try:
        told = until(lambda: program.ready(program.ready(0)) and program.trouble())
        assert told == "error: RuntimeError: no plan today\nhint: run 'voiceguide doctor'"
        for part in (program._speaker, program._soon):
            monkeypatch.setattr(part, "_place", place)
        until(lambda: program.timeline().exact)
        assert not program.trouble()
    finally:
        voice.let_go()
        program.close()


def test_a_clip_that_is_gone_as_soon_as_it_is_stored_is_no_success() -> None:
    class Forgetful:
        def speak(self, _lines: list[Say]) -> None:
            return

        def length(self, _utterance: Utterance) -> None:
            return

    voice, say = Voice(Uneven(), Forgetful(), RATE), Say("Let go.", Utterance("let go"))  # type: ignore[arg-type]
    voice.speak(say)
    assert "gone" in voice.failed[say.utterance].message


@pytest.mark.usefixtures("engine")
def test_more_time_changes_nothing_before_the_place_that_somebody_went_to_in_a_pause(tmp_path: Path) -> None:
    program = begun(tmp_path, text(tmp_path, 30, "3s-9s"))
    try:
        until(lambda: program.timeline().exact)
        deck = Deck(program)
        deck.pull(2 * RATE)
        deck.press(Command.PAUSE)
        deck.press(Command.FORWARD_MINUTE)
        deck.pull(RATE)
        at = deck.now()[0].at
        assert program._planner.heard == at
        for place in (at, at + 60 * RATE):  # and where nobody has asked for anything yet
            before, length = [p for p in says(program) if p.start < place], program.timeline().length
            program.stretched(place, Millis(60_000))
            assert says(program)[: len(before)] == before
            assert program.timeline().length == length + 60 * RATE
    finally:
        program.close()
