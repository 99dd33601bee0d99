"""A section by itself begins and ends without a step, and its samples are of their frames alone."""

from collections.abc import Iterator

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.mixer import PARTS, Mix
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames
from voiceguide.pipeline.part import FADE, Part, cut

RATE = 44_100
LENGTH = 10 * RATE
START, END = 3 * RATE + 7, 6 * RATE
SHORT = round(FADE * RATE)
LEVELS = {"voice": 0.25, "sounds": 0.125, "bed": 0.5}


class Flat(Mix):
    """A mix whose parts are constants; everything is the same as a second before."""

    def __init__(self) -> None:
        """Nothing is mixed."""

    @property
    def length(self) -> int:
        return LENGTH

    def blocks(
        self, start: int = 0, end: int | None = None, size: int = 46_080, parts: frozenset[str] = PARTS
    ) -> Iterator[Samples]:
        for at in range(start, LENGTH if end is None else end, size):
            count = min(size, (LENGTH if end is None else end) - at)
            yield np.full((count, 2), sum(LEVELS[part] for part in parts), np.float32)

    def same_as(self, start: int, frames: int, unit: int = 1) -> int | None:  # noqa: ARG002
        return start - RATE


def whole(part: Part, at: int = 0, parts: frozenset[str] = PARTS) -> Samples:
    return np.concatenate(list(part.blocks(at, parts)))


def test_what_is_behind_the_voice_comes_and_goes_and_the_voice_stays() -> None:
    part = Part(Flat(), START, END, RATE)
    lane = whole(part)[:, 0]
    assert len(lane) == END - START
    assert lane[0] == pytest.approx(LEVELS["voice"], abs=1e-4)
    assert lane[-1] == pytest.approx(LEVELS["voice"], abs=1e-4)
    assert np.abs(np.diff(lane)).max() < 1e-3
    np.testing.assert_array_equal(lane[SHORT:-SHORT], np.float32(sum(LEVELS.values())))
    assert lane[SHORT // 2] == pytest.approx(0.25 + 0.625 / 2, abs=1e-3)
    np.testing.assert_array_equal(whole(part, parts=frozenset({"voice"})), np.full((END - START, 2), 0.25, np.float32))


@pytest.mark.parametrize("at", [0, 1, SHORT - 1, SHORT, RATE, END - START - SHORT, END - START - SHORT + 9])
def test_any_frame_may_be_the_first_that_is_asked_for(at: int) -> None:
    part = Part(Flat(), START, END, RATE)
    np.testing.assert_array_equal(whole(part, at), whole(part)[at:])


def test_a_whole_session_is_left_as_it_is_and_so_are_its_ends() -> None:
    assert np.unique(whole(Part(Flat(), 0, LENGTH, RATE))).tolist() == [sum(LEVELS.values())]
    first, last = whole(Part(Flat(), 0, END, RATE)), whole(Part(Flat(), START, LENGTH, RATE))
    assert first[0, 0] == last[-1, 0] == sum(LEVELS.values())
    assert first[-1, 0] == pytest.approx(0.25, abs=1e-4)
    assert last[0, 0] == pytest.approx(0.25, abs=1e-4)


def test_a_moment_by_itself_fades_too() -> None:
    lane = whole(Part(Flat(), START, START + 100, RATE))[:, 0]
    assert len(lane) == 100
    assert lane[[0, -1]] == pytest.approx(0.25, abs=1e-2)


def test_nothing_that_fades_is_the_same_as_anything() -> None:
    part = Part(Flat(), START, END, RATE)
    assert part.same_as(RATE + SHORT, 1000, 1) == SHORT
    assert part.same_as(RATE + SHORT - 1, 1000, 1) is None  # a second before, it fades
    assert part.same_as(SHORT - 1, 10, 1) is None
    assert part.same_as(END - START - SHORT - 10, 11, 1) is None
    assert Part(Flat(), 0, LENGTH, RATE).same_as(RATE, LENGTH - RATE, 1) == 0


def test_a_timeline_is_cut_with_its_sections() -> None:
    chapters = tuple(Chapter(title, title, Frames(at), Frames(5)) for title, at in (("One", 0), ("Two", 5)))
    placements = tuple(Placement("rest", Frames(at), Frames(5), "", at // 5) for at in (0, 5))
    timeline = Timeline("T", RATE, Frames(10), chapters, placements)
    part = cut(timeline, 5, 10)
    assert (part.length, part.chapters[0].title, part.chapters[0].start) == (5, "Two", 0)
    assert [(one.start, one.chapter) for one in part.placements] == [(0, 0)]
