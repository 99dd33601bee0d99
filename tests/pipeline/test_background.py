"""Whose word holds for the background, and how near it comes to speech."""

from dataclasses import replace
from pathlib import Path

import pytest

from voiceguide import pipeline
from voiceguide.errors import UsageError
from voiceguide.library import Library
from voiceguide.model.routine import Wishes
from voiceguide.pipeline.background import distance, too_near
from voiceguide.progress import Event, Warn
from voiceguide.settings import Settings

TEXT = """\
---
title: Three places
bed: wind
---
## Rain
[bed rain:-3]
Hear it. [pause 3s-9s]
## Wind
[bed wind]
Hear it. [pause 3s-9s]
## Again
Hear it. [pause 3s-9s]
## Sea
[bed ocean]
Hear it. [pause 3s-9s]
"""
PLAIN = Settings(engine="silent")


@pytest.fixture
def routine(tmp_path: Path) -> str:
    path = tmp_path / "places.md"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def planned(routine: str, settings: Settings = PLAIN) -> pipeline.Planned:
    return pipeline.plan(Library(()), routine, None, Wishes(), settings)


def test_a_session_has_the_beds_of_its_sections(routine: str) -> None:
    timeline = planned(routine).timeline
    starts = [chapter.start for chapter in timeline.chapters]
    assert [chapter.bed for chapter in timeline.chapters] == ["rain:-3", "", "", "ocean"]
    assert timeline.bed == "wind"
    assert timeline.beds == ((0, "rain:-3"), (starts[1], "wind"), (starts[3], "ocean"))


@pytest.mark.parametrize(
    ("settings", "bed"),
    [
        (replace(PLAIN, bed="night"), "night"),
        (replace(PLAIN, bed="none"), "none"),
        (replace(PLAIN, profile="acx"), "none"),
        (replace(PLAIN, profile="acx", bed="night"), "night"),
    ],
)
def test_what_the_user_or_the_profile_wants_holds_for_every_section(settings: Settings, bed: str, routine: str) -> None:
    assert planned(routine, settings).timeline.beds == ((0, bed),)


def test_a_bed_of_the_user_that_is_none_is_refused(routine: str) -> None:
    with pytest.raises(UsageError, match="there is no bed called 'nigth'"):
        planned(routine, replace(PLAIN, bed="nigth"))


@pytest.mark.parametrize(
    ("names", "level", "below"),
    [
        (("drone",), None, 24),
        (("drone", "ocean"), 10.0, 14),
        (("drone:-3",), 10.0, 17),
        (("rain:-6 + bowl:-3",), 0.0, 27),
        (("drone:+6",), 0.0, 24),
        (("rain:-6", "rain", "none"), -4.0, 28),
        (("none",), 10.0, None),
    ],
)
def test_how_far_the_nearest_bed_lies_below_speech(
    names: tuple[str, ...], level: float | None, below: float | None
) -> None:
    assert distance(names, Settings(bed_level=level)) == below


def test_a_bed_that_comes_too_near_is_told() -> None:
    assert too_near(14.0).startswith("the background will lie only about 14 dB below speech")
    assert "20 dB keep every word clear (WCAG 2, 1.4.7)" in too_near(21.5)
    assert too_near(24.0) == too_near(22.0) == too_near(None) == ""


def test_render_says_it_before_it_speaks(routine: str, tmp_path: Path) -> None:
    events: list[Event] = []
    target, settings = tmp_path / "a.flac", Settings(engine="tone", format="flac", cache=tmp_path / "c", bed_level=10.0)
    pipeline.render(Library(()), routine, None, Wishes(), settings, target, listener=events.append)
    assert isinstance(events[0], Warn)
    assert events[0].message == too_near(14.0)
    assert planned(routine, settings).below == 14.0
