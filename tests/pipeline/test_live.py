"""A session that plays while it is spoken: what was heard is what the renderer gives for the plan it ended with."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide import engines
from voiceguide.audio.clip import Clip, Samples
from voiceguide.errors import EngineError, EngineMissing, ImpossibleLength, SpeechFailed
from voiceguide.library import Library, shelves
from voiceguide.mixer import Mix
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames, Millis
from voiceguide.pipeline import plan
from voiceguide.pipeline.live import Live, at_once, live
from voiceguide.pipeline.live.preparing import short_by
from voiceguide.progress import Event, Note, Warn, ignore
from voiceguide.settings import Settings

sys.path.insert(0, str(Path(__file__).parent.parent / "player"))
from uneven import PATIENCE, SPEAKER, Clocked, Uneven, never_too_late, until

RATE = 44_100
BLOCK = RATE // 2
FIVE = Millis(300_000)
LIBRARY = Library(shelves())


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
    """It has spoken what a session begins with, and nothing else before its clock goes on."""
    made = Clocked(0.25)
    monkeypatch.setattr(engines, "make", lambda *_: made)
    monkeypatch.setattr("voiceguide.pipeline.live.speaking.time", made)
    yield made
    made.let_go()


def begun(
    cache: Path,
    length: Millis = FIVE,
    start: Callable[[Timeline], Frames] | None = None,
    lead_in: Millis | None = None,
    listener: Callable[[Event], None] = ignore,
    bed: str = "",
) -> Live:
    settings = Settings(cache=cache, engine="tone", bed=bed)
    return live(LIBRARY, "foot-massage", length, Wishes(), settings, start=start, lead_in=lead_in, listener=listener)


def listened(program: Live, start: int, end: int | None = None, voice: Clocked | None = None) -> Samples:
    """What is heard from `start` on, as a player asks for it, waiting wherever nothing is ready.

    The clock of `voice` goes on only while it has not spoken what is to be heard.
    """
    heard, at = [np.zeros((0, 2), np.float32)], start
    while at < (stop := program.timeline().length if end is None else end):
        while voice and waits_for_the_voice(program, at):
            voice.pass_by(0.1, lambda: program.timeline().exact)
        until(lambda at=at: program.ready(at) > at)
        frames = min(BLOCK, program.ready(at) - at, stop - at)
        heard.append(sum(program.sound(at, frames, at)))
        at += frames
    return np.concatenate(heard)


def waits_for_the_voice(program: Live, at: int) -> bool:
    """Whether somebody who hears frame `at` waits for a sentence that is not spoken yet."""
    ready, blocking = program.ready(at), program._planner.plan.blocking(at)
    return ready <= at and blocking is not None and not spoken(program, blocking)


def rendered(program: Live, start: int, end: int) -> Samples:
    """The renderer's samples of the plan in force, at the gain that is held."""
    mix: Mix = program._planner.plan.mix
    again = program._planner._mixed(program.timeline())
    assert again.held is mix.held
    return np.concatenate(list(again.blocks(start, end)))


def words(timeline: Timeline) -> list[str]:
    return [p.text for p in timeline.placements if p.kind == "say"]


def spoken(program: Live, say: Placement) -> bool:
    return say.utterance is not None and program._voice.length(say.utterance) is not None


def said_at(program: Live, start: int) -> set[int]:
    """How many words a minute are planned from `start` on."""
    return {p.utterance.rate for p in program.timeline().placements if p.utterance and p.start >= start}


def test_what_is_heard_is_what_the_renderer_gives_for_the_last_plan(tmp_path: Path, voice: Clocked) -> None:
    voice.seconds = 0.002
    program = begun(tmp_path)
    try:
        first = words(program.timeline())
        assert not program.timeline().exact
        voice.let_go()
        heard = listened(program, 0)
        assert program.timeline().exact
        assert program.timeline().length == len(heard) == 300 * RATE
        assert words(program.timeline()) == first
        np.testing.assert_array_equal(heard, rendered(program, 0, len(heard)))
    finally:
        voice.let_go()
        program.close()


def test_with_every_clip_there_it_is_the_plan_that_is_printed(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path, engine="tone")
    for _ in range(2):
        program = begun(tmp_path)
        until(lambda: program.timeline().exact)  # noqa: B023
        program.close()
    assert program.ready(0) == program.timeline().length
    planned = plan(LIBRARY, "foot-massage", FIVE, Wishes(), settings).timeline
    assert words(planned) == words(program.timeline())
    assert planned.length == program.timeline().length
    assert program.timeline().placements[0].length < planned.placements[0].length
    assert program.timeline().placements[1].start < RATE // 4


@pytest.mark.usefixtures("engine")
def test_the_gain_is_the_same_whatever_was_spoken_before(tmp_path: Path) -> None:
    programs = []
    for _ in range(2):
        programs.append(begun(tmp_path))
        until(lambda: programs[-1].timeline().exact)
        programs[-1].close()
    one, other = (program._planner.plan.mix.held for program in programs)
    assert (one.gain, one.ceiling, one.beds) == (other.gain, other.ceiling, other.beds)


def test_longer_shorter_slower_while_it_is_heard(tmp_path: Path, engine: Uneven) -> None:
    engine.seconds = 0.001
    program = begun(tmp_path)
    try:
        heard = listened(program, 0, 45 * RATE)
        message = program.stretched(44 * RATE, Millis(60_000))
        assert message == "Warm-up twists, left foot a minute longer, 6:00 in all"
        assert program.timeline().length == 360 * RATE
        heard = np.concatenate((heard, listened(program, len(heard), 70 * RATE)))
        assert "90 words a minute" in program.at_rate(70 * RATE, 90)
        assert program.words == 90
        # This listener hears an hour in a second: whoever speaks anew is given the time that a person would take.
        until(lambda: said_at(program, 75 * RATE) == {90})
        heard = np.concatenate((heard, listened(program, len(heard), 200 * RATE)))
        assert "shorter" in program.stretched(200 * RATE, Millis(-60_000))
        heard = np.concatenate((heard, listened(program, len(heard))))
        np.testing.assert_array_equal(heard, rendered(program, 0, program.timeline().length))
        rates = [p.utterance.rate for p in program.timeline().placements if p.utterance]
        assert rates == sorted(rates, reverse=True)
        assert set(rates) == {115, 90}
        assert rates.count(90) > 10
    finally:
        program.close()


@pytest.mark.usefixtures("engine")
def test_a_change_that_comes_too_late_changes_nothing(tmp_path: Path) -> None:
    program = begun(tmp_path)
    try:
        until(lambda: program.timeline().exact)
        end = program.timeline().length
        program.ready(end - 4 * RATE)
        assert "nearly over" in program.stretched(end - 4 * RATE, Millis(60_000))
        assert "cannot be shorter" in program.stretched(end - 4 * RATE, Millis(-60_000))
        assert program.stretched(end + RATE, Millis(60_000)) == "the session is over"
        assert program.timeline().length == end
        np.testing.assert_array_equal(sum(program.sound(end, 100, end)), 0)
    finally:
        program.close()


def test_who_goes_elsewhere_is_spoken_to_there_first(tmp_path: Path, voice: Clocked) -> None:
    program = begun(tmp_path)
    try:
        listened(program, 0, 3 * RATE, voice)
        assert program.ready(240 * RATE) < 250 * RATE
        there = listened(program, 240 * RATE, 250 * RATE, voice)
        between = [p.utterance for p in program.timeline().placements if p.utterance and 20 < p.start / RATE < 235]
        assert any(program._voice.length(utterance) is None for utterance in between)
        np.testing.assert_array_equal(there, rendered(program, 240 * RATE, 250 * RATE))
        voice.let_go()
        back = listened(program, 20 * RATE, 60 * RATE)
        np.testing.assert_array_equal(back, rendered(program, 20 * RATE, 60 * RATE))
    finally:
        voice.let_go()
        program.close()


def test_a_sentence_that_cannot_be_spoken_is_told_and_never_left_out(tmp_path: Path, engine: Uneven) -> None:
    engine.silent_about = frozenset({"one palm toward"})
    program = begun(tmp_path)
    try:

        def place() -> Frames:
            return next(p.start for p in program.timeline().placements if "one palm toward" in p.text)

        def all_others_are_placed() -> bool:
            says = [p for p in program.timeline().placements if p.utterance and "one palm toward" not in p.text]
            return all(spoken(program, say) for say in says) and not program._planner.unplaced()

        until(all_others_are_placed)  # nothing moves any more
        until(lambda: program.ready(0) == place())
        at = place()
        assert program.trouble() == ""
        assert program.ready(at) == at
        error, hint = until(program.trouble).splitlines()
        assert error.startswith("error: ")
        assert "could not be spoken, 3 times over: not this one" in error
        assert hint.startswith("hint: ")
        with pytest.raises(SpeechFailed):
            program.sound(at, RATE, at)
        assert np.abs(program.waiting(at, RATE, at)).max() > 0.001
        later = program.timeline().chapters[3].start
        assert len(listened(program, later, later + 5 * RATE)) == 5 * RATE
        assert program.trouble() == ""
        engine.silent_about = frozenset()
        assert len(listened(program, at, at + 5 * RATE)) == 5 * RATE
    finally:
        program.close()


def test_a_beginning_that_cannot_be_spoken_is_an_error(tmp_path: Path, engine: Uneven) -> None:
    engine.broken = True
    with pytest.raises(EngineMissing, match="it is gone"):
        begun(tmp_path)
    with pytest.raises(ImpossibleLength):
        begun(tmp_path, Millis(20_000))


@pytest.mark.parametrize("pace", [0.4, 1.2, 3.0])
def test_a_voice_of_any_pace_never_runs_dry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pace: float) -> None:
    voice = Clocked(pace)
    monkeypatch.setattr(engines, "make", lambda *_: voice)
    monkeypatch.setattr("voiceguide.pipeline.live.speaking.time", voice)
    events: list[Event] = []
    program = begun(tmp_path, listener=events.append)
    try:
        prepared = voice.now
        notes = [event.message for event in events if isinstance(event, Note)]
        assert (prepared < 15) == (pace < 1)
        assert any("slower" in note for note in notes) == (pace > 1)
        for at in range(0, program.timeline().length, BLOCK):
            assert program.ready(at) >= min(at + BLOCK, program.timeline().length), at / RATE
            voice.pass_by(BLOCK / RATE, lambda: program.timeline().exact)
    finally:
        voice.let_go()
        program.close()


def test_words_that_outlast_their_until_are_waited_for_and_told(tmp_path: Path, engine: Uneven) -> None:
    engine.seconds = 0.01
    text = tmp_path / "breath.md"
    text.write_text("## One\nGood morning.\n[pause 2s]\nBreathe in as far as you like.\n[until 2s]\nBreathe out.\n")
    events: list[Event] = []
    settings = Settings(cache=tmp_path, engine="tone")
    program = live(LIBRARY, str(text), None, Wishes(), settings, listener=events.append)
    try:
        until(lambda: program.timeline().exact and any(isinstance(event, Warn) for event in events))
        warnings = [event.message for event in events if isinstance(event, Warn)]
        assert len(warnings) == 1
        assert "breath.md:5" in warnings[0]
        assert "longer than it allows" in warnings[0]
        assert len(words(program.timeline())) == 3
    finally:
        program.close()


def test_a_session_that_goes_on_in_its_middle_is_spoken_there_first(tmp_path: Path, voice: Clocked) -> None:
    def start(timeline: Timeline) -> Frames:
        return next(p.start for p in timeline.placements if "float away" in p.text)

    program = begun(tmp_path, start=start)
    try:
        at = start(program.timeline())
        assert program.ready(at) > at + RATE
        assert program.ready(0) < at
        voice.let_go()
        heard = listened(program, at, at + 20 * RATE)
        np.testing.assert_array_equal(heard, rendered(program, at, at + 20 * RATE))
    finally:
        voice.let_go()
        program.close()


def test_closing_cuts_off_what_is_being_said(tmp_path: Path, engine: Uneven, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts, closed, speaking = [], threading.Event(), threading.Event()
    program = begun(tmp_path)

    def hangs(utterance: Utterance, deadline: float) -> Clip:
        attempts.append(utterance.spoken)
        speaking.set()
        assert closed.wait(min(deadline, PATIENCE))
        raise EngineError("it was cut off")

    monkeypatch.setattr(engine, "speak", hangs)
    monkeypatch.setattr(engine, "close", closed.set)
    until(lambda: speaking.is_set() or program.timeline().exact)
    program.close()
    program.close()
    until(lambda: SPEAKER not in [thread.name for thread in threading.enumerate()])
    assert len(attempts) <= 1


def test_the_default_voice_speaks_while_it_is_heard(tmp_path: Path) -> None:
    program = live(LIBRARY, "foot-massage", FIVE, Wishes(), Settings(cache=tmp_path))
    try:
        assert program.ready(0) > RATE
        heard = listened(program, 0, 30 * RATE)
        np.testing.assert_array_equal(heard, rendered(program, 0, len(heard)))
        says = [p for p in program.timeline().placements if p.utterance and p.end < 30 * RATE]
        assert len(says) >= 3
        assert all(np.abs(heard[p.start : p.end]).max() > 0.1 for p in says)
    finally:
        program.close()


@pytest.mark.usefixtures("engine")
def test_several_beds_stay_as_they_are_when_the_plan_changes(tmp_path: Path) -> None:
    program = begun(tmp_path, bed="ocean:-3 + bowl@60s")
    try:
        heard = listened(program, 0, 60 * RATE)
        program.stretched(59 * RATE, Millis(60_000))
        np.testing.assert_array_equal(heard, rendered(program, 0, len(heard)))
    finally:
        program.close()


@pytest.mark.parametrize("seed", [3, 8])
def test_whatever_is_asked_in_any_order_is_heard_as_planned(tmp_path: Path, engine: Uneven, seed: int) -> None:
    dice = np.random.default_rng(seed)
    engine.seconds = 0.002
    program = begun(tmp_path)
    start = at = 0
    heard = np.zeros((0, 2), np.float32)
    try:
        for wish in dice.choice(["listen", "more", "less", "rate", "seek"], 14, p=[0.5, 0.15, 0.1, 0.15, 0.1]):
            if wish == "seek":
                start = at = int(dice.integers(0, program.timeline().length - 30 * RATE))
                heard = heard[:0]
            elif wish == "listen":
                stop = min(program.timeline().length, at + int(dice.integers(1, 15) * RATE))
                heard = np.concatenate((heard, listened(program, at, stop)))
                at = stop
            elif wish == "rate":
                program.at_rate(at, int(dice.integers(70, 200)))
            else:
                program.stretched(at, Millis(60_000 if wish == "more" else -60_000))
        np.testing.assert_array_equal(heard, rendered(program, start, at) if at > start else heard)
        timeline = program.timeline()
        ends = [0, *(p.end for p in timeline.placements)]
        assert [p.start for p in timeline.placements] == ends[:-1]
        assert ends[-1] == timeline.length
    finally:
        program.close()


@pytest.mark.parametrize(
    ("lines", "pace", "short"),
    [
        ([], 3.0, 0.0),
        ([(10, 5)], 0.5, 0.0),
        ([(0, 4)], 0.8, 4.0),
        ([(0, 4), (10, 4), (12, 4)], 2.4, 24.0),
        ([(5, 4), (10, 4), (1000, 4)], 0.4, 0.0),
    ],
)
def test_how_much_is_to_be_prepared(lines: list[tuple[float, float]], pace: float, short: float) -> None:
    assert short_by(lines, pace) == pytest.approx(short)


def test_the_script_begins_at_once() -> None:
    from voiceguide.compiler import compile_routine

    script = compile_routine(LIBRARY.routine("foot-massage"))
    first = at_once(script).sections[0]
    assert first.before is not None
    assert first.before.exact
    assert first.before.most <= 300
    assert at_once(script).sections[1:] == script.sections[1:]
