"""A session is asked for in some way, and goes on in that way unless somebody asks for another."""

import os
from pathlib import Path
from typing import Any

import pytest

from voiceguide.cli.session import Session
from voiceguide.errors import InputMissing
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis

NOTHING: dict[str, Any] = {
    **dict.fromkeys(("length", "engine", "voice", "rate", "pitch", "recordings", "profile", "places", "cache")),
    **dict.fromkeys(("only", "skip", "boost", "condition"), ()),
}
LONG = {"length": Millis(900_000), "skip": ("toe-bends", "arch-rubs"), "voice": "en-gb", "rate": 100}


@pytest.fixture
def flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name in [name for name in os.environ if name.startswith("VOICEGUIDE_")]:
        monkeypatch.delenv(name)
    return {**NOTHING, "places": tmp_path / "places", "cache": tmp_path / "clips", "engine": "tone"}


def planned(session: Session) -> Timeline:
    from voiceguide import pipeline
    from voiceguide.cli.options import library_from
    from voiceguide.cli.plan import wishes_from

    settings, length = session.settings, session.flags["length"]
    return pipeline.plan(library_from(settings), session.routine, length, wishes_from(session.flags), settings).timeline


def test_it_goes_on_as_it_was_asked_for(flags: dict[str, Any]) -> None:
    asked = {**flags, **LONG, "recordings": None}
    session = Session("foot-massage", asked)
    plan = planned(session)
    here = next(one for one in plan.placements if one.kind == "say" and one.start > plan.length // 2)
    assert session.keep(plan, Frames(here.start + here.length // 2)) == here.start
    again = Session("foot-massage", {**flags, "engine": None}).resumed()
    assert again.asked == session.asked
    assert again.rendered() == [
        *("voiceguide", "render", "foot-massage"),
        *("--length", "15m", "--skip", "toe-bends", "--skip", "arch-rubs"),
        *("--engine", "tone", "--voice", "en-gb", "--rate", "100"),
    ]
    found = again.find(planned(again))
    assert found
    assert (found.start, found.same) == (here.start, True)
    again.forget()
    with pytest.raises(InputMissing, match="no place is kept for 'foot-massage'"):
        Session("foot-massage", flags).resumed()


def test_asked_for_in_another_way_it_goes_on_from_the_same_sentence(flags: dict[str, Any]) -> None:
    first = Session("foot-massage", {**flags, "length": Millis(900_000)})
    plan = planned(first)
    section = plan.chapters[6]
    first.keep(plan, section.start)
    longer = Session("foot-massage", {**flags, "length": Millis(1_500_000)}).resumed()
    found = longer.find(planned(longer))
    assert found
    assert (found.section, found.same) == (section.title, True)
    longer.keep(planned(longer), found.start)
    assert len(list(flags["places"].iterdir())) == 1


def test_the_bed_is_kept_too_and_makes_no_other_session(flags: dict[str, Any]) -> None:
    over_rain = Session("foot-massage", {**flags, "bed": "rain", "bed_level": -6.0, "library": Path("mine")})
    where = ("--bed", "rain", "--bed-level", "-6", "--library", "mine")
    assert over_rain.rendered() == ["voiceguide", "render", "foot-massage", "--engine", "tone", *where]
    places_dir = ("--places-dir", str(flags["places"]))
    assert over_rain.again() == ["voiceguide", "play", "foot-massage", "--resume", *where, *places_dir]
    left = Session("foot-massage", {**flags, "bed": "rain", "bed_level": -6.0})
    plan = planned(left)
    left.keep(plan, plan.chapters[2].start)
    for asked in ({**flags, "engine": None}, flags):
        again = Session("foot-massage", asked).resumed()
        assert (again.settings.bed, again.settings.bed_level) == ("rain", -6.0)
    other = Session("foot-massage", {**flags, "bed": "drone"}).resumed()
    assert (other.settings.bed, other.settings.bed_level) == ("drone", -6.0)
    other.keep(plan, plan.chapters[3].start)
    assert len(list(flags["places"].iterdir())) == 1


def test_without_options_the_session_that_was_left_last_goes_on(flags: dict[str, Any]) -> None:
    bare = {**flags, "engine": None}
    plan = planned(Session("foot-massage", flags))
    Session("foot-massage", bare).keep(plan, plan.chapters[1].start)
    os.utime(next(flags["places"].iterdir()), (1, 1))
    Session("foot-massage", {**bare, "rate": 99}).keep(plan, plan.chapters[2].start)
    again = Session("foot-massage", bare).resumed()
    assert again.asked == {"rate": 99}
    assert again.place
    assert again.place.section == plan.chapters[2].title


def test_a_folder_of_recordings_is_a_folder_again(flags: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "short.md").write_text("Let go.\n")
    session = Session(str(tmp_path / "short.md"), {**flags, "recordings": tmp_path / "mine"})
    plan = planned(Session(session.routine, flags))
    session.keep(plan, Frames(0))
    again = Session(session.routine, {**flags, "engine": None}).resumed()
    assert again.settings.recordings == tmp_path / "mine"


def test_a_routine_that_was_taken_away_keeps_its_place(flags: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "short.md"
    path.write_text("Let go.\n")
    session = Session(str(path), flags)
    plan = planned(session)
    path.rename(tmp_path / "away.md")
    session.keep(plan, plan.placements[0].start)
    assert len(list(flags["places"].iterdir())) == 1
