"""What was asked of a session that plays stays, whoever plans next; it begins at once where nothing near is missing."""

import sys
from pathlib import Path
from time import sleep

import pytest

from voiceguide import engines
from voiceguide.audio.clip import Clip
from voiceguide.errors import StorageError
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames, Millis
from voiceguide.pipeline import places
from voiceguide.pipeline.live import live
from voiceguide.pipeline.live.plan import Change, Plan, Planner
from voiceguide.pipeline.live.preparing import may_be_short
from voiceguide.settings import Settings

sys.path.insert(0, str(Path(__file__).parent.parent / "player"))
from uneven import Uneven, until

LIBRARY = Library(shelves())
RATE = 1_000


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Uneven:
    made = Uneven()
    monkeypatch.setattr(engines, "make", lambda *_: made)
    return made


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("by", [60_000, -60_000])
def test_a_plan_that_others_make_meanwhile_keeps_the_minute(
    by: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(cache=tmp_path, engine="tone")
    program = live(LIBRARY, "foot-massage", Millis(600_000), Wishes(), settings)
    try:
        until(lambda: program.timeline().exact)
        before, swap = program.timeline().length, Planner.swap

        def slowly(self: Planner, change: Change, *rest: object) -> tuple[Plan, Plan]:
            plans = swap(self, change, *rest)  # type: ignore[arg-type]
            monkeypatch.setattr(Planner, "swap", swap)
            program.place()
            return plans

        monkeypatch.setattr(Planner, "swap", slowly)
        program.stretched(100 * program.rate, Millis(by))
        after = program.timeline().length
        assert (after > before) == (by > 0)
        assert after != before
        program.place()
        assert program.timeline().length == after
    finally:
        program.close()


@pytest.mark.parametrize(
    ("lines", "may"),
    [
        ([], False),
        ([(0.0, 4.0)], True),
        ([(30.0, 6.0)], True),
        ([(60.0, 6.0), (70.0, 6.0)], False),
        ([(600.0, 4.0), (620.0, 4.0)], False),
        ([(60.0 + 8 * at, 5.0) for at in range(100)], True),  # far ahead, and hundreds of seconds of it
    ],
)
def test_where_a_voice_that_nobody_knows_may_be_too_slow(lines: list[tuple[float, float]], may: bool) -> None:
    assert may_be_short(lines) == may


def text(last: str) -> str:
    lines = "".join(f"Sentence number {number} is here. [pause 20s]\n" for number in range(12))
    return f"---\nbed: none\npauses: written\n---\n{lines}{last} [pause 20s]\n"


def test_what_is_missing_far_ahead_is_not_waited_for(
    tmp_path: Path, engine: Uneven, monkeypatch: pytest.MonkeyPatch
) -> None:
    routine, settings = tmp_path / "mine.md", Settings(cache=tmp_path / "clips", engine="tone")
    routine.write_text(text("The last."))
    program = live(LIBRARY, str(routine), None, Wishes(), settings)
    until(lambda: program.timeline().exact)
    program.close()
    routine.write_text(text("Another one at the end."))
    speak, begun, said = engine.speak, [False], list[bool]()

    def spoken(utterance: Utterance, deadline: float) -> Clip:
        said.append(begun[0])
        while not begun[0]:
            sleep(0.01)
        return speak(utterance, deadline)

    monkeypatch.setattr(engine, "speak", spoken)
    program = live(LIBRARY, str(routine), None, Wishes(), settings)  # comes back though nobody can speak yet
    begun[0] = True
    until(lambda: program.timeline().exact)
    program.close()
    assert len(said) == 1


def timeline(*cues: tuple[str, int]) -> Timeline:
    """One section of (kind, milliseconds)."""
    placements, at = [], 0
    for kind, length in cues:
        placements.append(Placement(kind, Frames(at), Frames(length), kind, 0))  # type: ignore[arg-type]
        at += length
    chapter = Chapter("Arrive", "Arrive", Frames(0), Frames(at))
    return Timeline("Rest", RATE, Frames(at), (chapter,), tuple(placements), exact=True)


@pytest.mark.parametrize(
    ("cues", "at", "start"),
    [
        ([("say", 2000), ("rest", 3000), ("say", 2000)], 5000, 4600),
        ([("say", 2000), ("rest", 100), ("say", 2000)], 2100, 2000),
        ([("say", 2000), ("say", 2000)], 2000, 2000),
        ([("say", 2000), ("rest", 500), ("sound", 2000), ("say", 2000)], 4500, 4500),
        ([("rest", 120), ("say", 2000)], 120, 0),
        ([("say", 2000), ("rest", 3000)], 3000, 3000),  # somebody left in the rest
        ([("say", 2000)], 0, 0),
    ],
)
def test_it_goes_on_a_moment_before_the_sentence_and_never_in_another(
    cues: list[tuple[str, int]], at: int, start: int
) -> None:
    assert places.run_up(timeline(*cues), Frames(at)) == start


def test_a_place_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "places"
    place = places.place_at(timeline(("say", 65_400), ("rest", 100)), Frames(65_300), "t")
    with pytest.raises(StorageError) as raised:
        places.keep(folder, "mine", {}, place)
    assert "the place cannot be kept, 1:05 in Arrive: " in raised.value.message
    assert "--places-dir" in raised.value.hint
    assert "file" in places.unkept(folder)


def test_a_folder_that_is_tried_is_left_as_it_was(tmp_path: Path) -> None:
    assert places.unkept(tmp_path / "places") == ""
    assert list((tmp_path / "places").iterdir()) == []
