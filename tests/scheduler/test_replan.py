"""A layout planned anew while it is heard: what was heard stays, what is told stays, the sum is right."""

import hashlib
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.compiler import compile_routine
from voiceguide.library import Library, shelves
from voiceguide.model.cues import Sound, Until
from voiceguide.model.script import Rest, Say, Utterance
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, to_frames
from voiceguide.scheduler import Layout, choose, lay_out, replanned, reworded, stretched, timeline_of
from voiceguide.scheduler.choose import section_cues
from voiceguide.scheduler.replan import holding

RATE = 44_100
LIBRARY = Library(shelves())
SCRIPTS = {name: compile_routine(LIBRARY.routine(name)) for name in LIBRARY.routine_names()}
LENGTHS = {"foot-massage": (300, 900, 2400), "foot-massage-quick": (300, 900), "box-breathing": (240, 600)}


def guessed(utterance: Utterance) -> Frames:
    """Half a second a word."""
    return Frames(len(utterance.spoken.split()) * 22_050)


def true(spread: float) -> Callable[[Utterance], Frames]:
    """Each utterance up to `spread` off its guess, always by the same."""

    def length_of(utterance: Utterance) -> Frames:
        dice = hashlib.sha256(utterance.spoken.encode()).digest()[0] / 127.5 - 1
        return Frames(round(guessed(utterance) * (1 + spread * dice)))

    return length_of


def layout_of(name: str, seconds: int) -> Layout:
    target = Frames(seconds * RATE)
    choice = choose(SCRIPTS[name], guessed, target, RATE)
    assert choice is not None
    layout = lay_out(choice, guessed, target, RATE)
    assert layout is not None
    return layout


LAYOUTS = {(name, seconds): layout_of(name, seconds) for name, rows in LENGTHS.items() for seconds in rows}
LAID = st.sampled_from(sorted(LAYOUTS)).map(LAYOUTS.__getitem__)
SHARE = st.floats(0, 0.999)


def whole(layout: Layout) -> Timeline:
    """The timeline, after a look at what holds for each: contiguous, every word once in order, exact pauses exact."""
    timeline = timeline_of(layout, exact=False)
    at = 0
    for placement in timeline.placements:
        assert placement.start == at
        assert placement.length > 0
        at = placement.end
    assert at == timeline.length == timeline.chapters[-1].end
    assert [p.text for p in timeline.placements if p.kind == "say"] == [say.text for say in layout.choice.lines()]
    for chosen, lengths in zip(layout.choice.sections, layout.lengths, strict=True):
        cues = section_cues(chosen)
        for cue, length in zip(cues, lengths, strict=True):
            assert length >= 0
            if isinstance(cue, Rest) and not any(isinstance(other, Until) for other in cues):
                assert length >= to_frames(cue.least, RATE)
                assert not cue.exact or length == to_frames(cue.least, RATE)
            if isinstance(cue, Sound):
                assert length == to_frames(cue.length, RATE)
    return timeline


def heard(timeline: Timeline, at: int) -> list[object]:
    return [p for p in timeline.placements if p.end <= at]


def same_before(old: Timeline, new: Timeline, at: int) -> None:
    """All that ended by frame `at` is as it was, and what is heard at it is still that."""
    before = heard(old, at)
    assert list(new.placements[: len(before)]) == before
    one, other = old.placements[len(before)], new.placements[len(before)]
    assert (one.kind, one.start, one.text) == (other.kind, other.start, other.text)
    assert other.end >= at
    assert one.start == at or one.kind == "rest" or one == other


@given(LAID, SHARE, st.sampled_from((0.05, 0.2, 0.5)))
@settings(max_examples=70, deadline=None)
def test_true_lengths_change_only_what_is_ahead(layout: Layout, share: float, spread: float) -> None:
    old = whole(layout)
    at = round(share * old.length)
    new = whole(replanned(layout, at, true(spread), old.length))
    same_before(old, new, at)
    ahead = [p for p in new.placements if p.utterance and p.start >= at]
    assert all(p.length == true(spread)(p.utterance) for p in ahead)
    if spread == 0.05 and share < 0.5:
        assert new.length == old.length


@given(LAID, st.lists(SHARE, min_size=1, max_size=6), st.sampled_from((0.05, 0.3)))
@settings(max_examples=40, deadline=None)
def test_lengths_that_come_one_after_the_other_leave_the_sum(
    layout: Layout, shares: list[float], spread: float
) -> None:
    target = layout.starts()[-1]
    for share in sorted(shares):
        at = round(share * layout.starts()[-1])
        old = timeline_of(layout, exact=False)
        layout = replanned(layout, at, true(spread), target)
        same_before(old, whole(layout), at)
    if spread == 0.05 and min(shares) < 0.3:
        assert layout.starts()[-1] == target


@given(LAID, SHARE)
@settings(max_examples=40, deadline=None)
def test_nothing_new_changes_nothing(layout: Layout, share: float) -> None:
    at = round(share * layout.starts()[-1])
    assert replanned(layout, at, guessed, layout.starts()[-1]).starts() == layout.starts()


@given(LAID, SHARE, st.integers(1, 180 * RATE))
@settings(max_examples=70, deadline=None)
def test_more_time_is_given_to_the_frame(layout: Layout, share: float, by: int) -> None:
    old = whole(layout)
    at = round(share * old.length)
    section = holding(layout, at)
    assert section is not None
    longer = stretched(layout, section, at, by, guessed)
    new = whole(longer)
    same_before(old, new, at)
    assert new.length == old.length + by
    for number, (one, other) in enumerate(zip(old.chapters, new.chapters, strict=True)):
        assert other.length == one.length + by * (number == section)
    again = whole(replanned(longer, at, guessed, new.length))
    assert [c.length for c in again.chapters] == [c.length for c in new.chapters]


@given(LAID, SHARE, st.integers(1, 180 * RATE))
@settings(max_examples=70, deadline=None)
def test_less_time_stops_at_the_least(layout: Layout, share: float, by: int) -> None:
    old = whole(layout)
    at = round(share * old.length)
    section = holding(layout, at)
    assert section is not None
    shorter = stretched(layout, section, at, -by, guessed)
    new = whole(shorter)
    same_before(old, new, at)
    assert old.length - by <= new.length <= old.length
    if new.length > old.length - by:
        assert stretched(shorter, section, at, -RATE, guessed).lengths == shorter.lengths


@given(LAID, st.lists(st.tuples(SHARE, st.integers(-120, 120)), max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_a_listener_asked_for_outlives_true_lengths(layout: Layout, wishes: list[tuple[float, int]]) -> None:
    at = 0
    for share, seconds in wishes:
        old = timeline_of(layout, exact=False)
        at = max(at, round(share * old.length * 0.9))
        section = holding(layout, at)
        assert section is not None
        layout = stretched(layout, section, at, seconds * RATE, guessed)
        same_before(old, whole(layout), at)
    asked = {number: sum(layout.lengths[number]) for number in layout.asked}
    after = replanned(layout, at, true(0.05), layout.starts()[-1])
    same_before(timeline_of(layout, exact=False), whole(after), at)
    assert all(abs(sum(after.lengths[number]) - length) < 5 * RATE for number, length in asked.items())


def test_a_rest_that_is_heard_grows_when_more_time_is_asked_for() -> None:
    layout = LAYOUTS["foot-massage", 900]
    timeline = timeline_of(layout, exact=False)
    rest = max((p for p in timeline.placements if p.kind == "rest"), key=lambda p: p.length)
    at = rest.start + rest.length // 2
    new = timeline_of(stretched(layout, rest.chapter, at, 60 * RATE, guessed), exact=False)
    grown = next(p for p in new.placements if p.start == rest.start)
    assert grown.length > rest.length + 20 * RATE


def test_a_section_of_counted_breaths_ends_in_a_rest_when_more_time_is_asked_for() -> None:
    layout = LAYOUTS["box-breathing", 240]
    section = max(range(len(layout.lengths)), key=lambda number: sum(layout.lengths[number]))
    start, end = layout.starts()[section : section + 2]
    new = timeline_of(stretched(layout, section, start + RATE, 60 * RATE, guessed), exact=False)
    last = [p for p in new.placements if p.chapter == section][-1]
    assert last.kind == "rest"
    assert last.length >= 60 * RATE
    assert new.chapters[section].length == end - start + 60 * RATE


@given(LAID, SHARE)
@settings(max_examples=40, deadline=None)
def test_other_words_begin_where_they_may(layout: Layout, share: float) -> None:
    at = round(share * layout.starts()[-1])
    slower = {say.utterance: Utterance(say.utterance.spoken, rate=90) for say in layout.choice.lines()}
    new = timeline_of(reworded(layout, at, slower), exact=False)
    for old, other in zip(timeline_of(layout, exact=False).placements, new.placements, strict=True):
        assert (old.start, old.length) == (other.start, other.length)
        if old.utterance is not None:
            assert other.utterance == (slower[old.utterance] if old.start >= at else old.utterance)


def test_a_heard_say_is_never_cut() -> None:
    layout = LAYOUTS["foot-massage", 300]
    say = [p for p in timeline_of(layout, exact=False).placements if p.kind == "say"][7]
    assert isinstance(layout.choice.lines()[7], Say)
    at = say.start + say.length // 2
    new = timeline_of(replanned(layout, at, true(0.5), layout.starts()[-1]), exact=False)
    assert say in new.placements
