"""The words ahead of a session: exactly as long as the wait, each at the moment that it names."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.compiler import compile_routine
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis, to_frames
from voiceguide.pipeline.live import live
from voiceguide.pipeline.live.lead import lines, placed, words
from voiceguide.progress import Event, Note
from voiceguide.settings import Settings
from voiceguide.spoken import pace

RATE = 44_100
LIBRARY = Library(shelves())
SCRIPT = compile_routine(LIBRARY.routine("foot-massage"))
SESSION = Timeline("Foot massage", RATE, Frames(RATE), (), (), bed="drone")


def guessed(utterance: Utterance) -> Frames:
    return to_frames(pace.estimate(utterance), RATE)


@given(st.integers(500, 7_200_000).map(Millis))
@settings(max_examples=80, deadline=None)
def test_a_wait_of_any_length_is_met_to_the_frame(wait: Millis) -> None:
    timeline = placed(lines(SCRIPT, wait), wait, guessed, SESSION)
    at = 0
    for placement in timeline.placements:
        assert placement.start == at
        at = placement.end
    assert at == timeline.length == to_frames(wait, RATE)
    assert timeline.beds == ((0, "drone"),)
    for placement in timeline.placements:
        if placement.text == "Ten seconds more.":
            assert timeline.length - placement.start == 10 * RATE
        if placement.text == "Five minutes more.":
            assert timeline.length - placement.start == 300 * RATE


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (5_000, []),
        (10_000, ["We begin in 10 seconds."]),
        (30_000, ["We begin in 30 seconds.", "Ten seconds more."]),
        (60_000, ["We begin in one minute.", "Ten seconds more."]),
        (90_000, ["We begin in one and a half minutes.", "One minute more.", "Ten seconds more."]),
        (600_000, ["We begin in 10 minutes.", "Five minutes more.", "One minute more.", "Ten seconds more."]),
    ],
)
def test_what_is_said(wait: int, said: list[str]) -> None:
    assert [text for _, text in words(Millis(wait)) if "comfortable" not in text] == said


def test_numbers_are_spoken_as_words_in_the_voice_of_the_session() -> None:
    utterance = lines(SCRIPT, Millis(30_000))[0][1].utterance
    assert utterance.spoken == "We begin in thirty seconds."
    assert utterance.rate == SCRIPT.rate


def test_a_countdown_is_a_program_of_its_own(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path, engine="tone")
    program = live(LIBRARY, "foot-massage", Millis(300_000), Wishes(), settings, lead_in=Millis(12_000))
    try:
        lead = program.lead
        assert lead is not None
        assert lead.ready(0) == lead.timeline().length == 12 * RATE
        sound = np.add(*lead.sound(0, 12 * RATE, 0))
        said = next(p for p in lead.timeline().placements if p.kind == "say")
        assert np.abs(sound[said.start : said.end]).max() > 0.1
        assert np.abs(sound[: said.start]).max() < 0.05
        assert np.abs(lead.waiting(6 * RATE, 100, 0)).max() > 0.001
        assert lead.stretched(0, Millis(60_000)) == lead.at_rate(0, 90) == "not before the session begins"
        assert program.timeline().placements[0].start == 0
    finally:
        program.close()


@pytest.mark.parametrize(("language", "told"), [("de", 1), ("en", 0)])
def test_where_there_are_no_words_for_it_that_is_said_once(tmp_path: Path, language: str, told: int) -> None:
    text = tmp_path / "rest.md"
    text.write_text(f"---\nlanguage: {language}\nbed: none\n---\nAlles ist gut. [pause 3s]\n")
    events: list[Event] = []
    settings = Settings(cache=tmp_path, engine="tone")
    live(LIBRARY, str(text), None, Wishes(), settings, lead_in=Millis(12_000), listener=events.append).close()
    notes = [event.message for event in events if isinstance(event, Note)]
    assert [("in silence" in note) for note in notes] == [True] * told
