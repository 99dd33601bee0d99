"""Boxes and glue: the length asked for to the frame, or a clear no."""

import itertools

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from voiceguide.compiler import compile_routine
from voiceguide.library import Library, shelves
from voiceguide.model.cues import Sound, Until
from voiceguide.model.script import Rest, Say, Script, ScriptCue, Section, Telling, Utterance
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis, to_frames, to_millis
from voiceguide.scheduler import Choice, choose, natural_length, place, reach
from voiceguide.scheduler.glue import extent, lay, solve

RATE = 44_100
LIBRARY = Library(shelves())
SCRIPTS = {name: compile_routine(LIBRARY.routine(name)) for name in LIBRARY.routine_names()}


def spoken(utterance: Utterance) -> Frames:
    """Half a second a word and a little: near enough to speech, and odd on purpose."""
    return Frames(len(utterance.spoken.split()) * 22_801 + 1_237)


def made(script: Script, seconds: float) -> tuple[Choice, Timeline]:
    target = Frames(round(seconds * RATE))
    choice = choose(script, spoken, target, RATE)
    assert choice is not None
    timeline = place(choice, spoken, target, RATE, exact=True)
    assert timeline is not None
    return choice, timeline


def rests(least: int, natural: int, most: int) -> Rest:
    return Rest(Millis(least), Millis(natural), Millis(most), written=True)


def say(text: str) -> Say:
    return Say(text, Utterance(text))


@given(st.sampled_from(sorted(SCRIPTS)), st.integers(60_000, 4_000_000).map(Millis))
@settings(max_examples=150, deadline=None)
def test_any_length_within_reach_is_met_to_the_frame(name: str, length: Millis) -> None:
    script, target = SCRIPTS[name], to_frames(length, RATE)
    least, most = reach(script, spoken, spoken, RATE)
    choice = choose(script, spoken, target, RATE)
    assert (choice is not None) == (least <= length <= most) or abs(length - least) < 1000 or abs(length - most) < 1000
    assume(choice is not None)
    assert choice is not None
    timeline = place(choice, spoken, target, RATE, exact=True)
    assert timeline is not None
    check_whole(timeline, choice, target)


def check_whole(timeline: Timeline, choice: Choice, target: Frames) -> None:
    """What holds for every timeline."""
    at = 0
    for placement in timeline.placements:
        assert placement.start == at
        assert placement.length >= 0
        at = placement.end
    assert at == timeline.length == target
    assert [p.text for p in timeline.placements if p.kind == "say"] == [line.text for line in choice.lines()]
    assert all(p.length == spoken(p.utterance) for p in timeline.placements if p.utterance)
    assert timeline.chapters[0].start == 0
    for one, following in zip(timeline.chapters, timeline.chapters[1:], strict=False):
        assert one.end == following.start
    assert timeline.chapters[-1].end == target
    check_rests(timeline, choice)


def check_rests(timeline: Timeline, choice: Choice) -> None:
    """No rest is shorter than its least, and an exact pause is exact."""
    written: list[ScriptCue] = []
    for chosen in choice.sections:
        section = chosen.section
        written += [*([section.before] if section.before else []), *chosen.cues]
        written += [section.after] if section.after else []
    heard = [cue for cue in written if not (isinstance(cue, Until) or (isinstance(cue, Rest) and cue.least == 0))]
    placed = list(timeline.placements)
    if not any(isinstance(cue, Until) for cue in written):
        assert len(heard) == len(placed)
        for cue, placement in zip(heard, placed, strict=True):
            if isinstance(cue, Rest):
                assert placement.length >= to_frames(cue.least, RATE)
                assert not cue.exact or placement.length == to_frames(cue.least, RATE)
            if isinstance(cue, Sound):
                assert placement.length == to_frames(cue.length, RATE)


def test_chapters_begin_on_whole_seconds() -> None:
    _, timeline = made(SCRIPTS["foot-massage"], 754.3)
    off = [chapter for chapter in timeline.chapters if chapter.start % RATE]
    assert len(off) <= 1


def test_twenty_minutes_hold_all_twelve_techniques_on_both_feet() -> None:
    script = SCRIPTS["foot-massage"]
    assert natural_length(script, spoken, RATE) == 1200 * RATE
    choice, _ = made(script, 1200)
    assert len({chosen.section.key for chosen in choice.sections if chosen.section.ideal}) == 12
    assert len(choice.sections) == 27
    assert choice.lines()[0].text == "Welcome."


def test_a_short_session_keeps_what_matters_most() -> None:
    choice, _ = made(SCRIPTS["foot-massage"], 300)
    kept = {chosen.section.key for chosen in choice.sections}
    assert {"warm-up-twists", "finishing-strokes", "arch-rubs"} <= kept
    for key in kept:
        assert len({c.section.title for c in choice.sections if c.section.key == key}) in (1, 2)


def test_both_feet_get_the_same() -> None:
    for seconds in (240, 450, 720, 1800, 2700):
        choice, _ = made(SCRIPTS["foot-massage"], seconds)
        left = [c.section.key for c in choice.sections if "left" in c.section.title]
        right = [c.section.key for c in choice.sections if "right" in c.section.title]
        assert left == right


def test_nobody_is_left_alone_for_long() -> None:
    for name in ("foot-massage", "foot-massage-partner", "foot-massage-quick"):
        for seconds in (300, 600, 1200, 1500):
            _, timeline = made(SCRIPTS[name], seconds)
            longest = max(p.length for p in timeline.placements if p.kind == "rest")
            assert to_millis(longest, RATE) <= 73_000


def test_encouragements_differ_from_one_to_the_next() -> None:
    choice, _ = made(SCRIPTS["foot-massage-quick"], 1500)
    for chosen in choice.sections:
        said = [cue for cue in chosen.cues if isinstance(cue, Say) and cue in chosen.section.encouragements]
        assert all(one != following for one, following in itertools.pairwise(said))
        if chosen.section.ideal and chosen.rounds == 1:
            assert len(set(said)) == len(said) or len(said) > len(chosen.section.encouragements)


def test_breath_phases_fall_on_the_second() -> None:
    choice, timeline = made(SCRIPTS["box-breathing"], 240)
    box = next(c for c in timeline.chapters if c.length >= 64 * RATE and c.length % (16 * RATE) < 3 * RATE)
    index = timeline.chapters.index(box)
    assert choice.sections[index].rounds >= 6
    says = [p for p in timeline.placements if p.kind == "say" and p.chapter == index]
    phases = [p.start for p in says if p.text.startswith(("Breathe", "Hold"))]
    assert len(phases) >= 4 * 6
    assert {(b - a) for a, b in itertools.pairwise(phases)} == {4 * RATE}


def test_what_cannot_be_is_refused() -> None:
    script = SCRIPTS["foot-massage"]
    least, most = reach(script, spoken, spoken, RATE)
    assert choose(script, spoken, to_frames(Millis(30_000), RATE), RATE) is None
    assert choose(script, spoken, to_frames(Millis(most + 1000), RATE), RATE) is None
    for length in (least, most):
        assert made(script, length / 1000)[1].length == to_frames(length, RATE)


CUES = st.one_of(
    st.text("abc ", min_size=1, max_size=40).map(say),
    st.tuples(st.integers(0, 9000), st.integers(0, 9000), st.integers(0, 9000)).map(lambda t: rests(*sorted(t))),
    st.integers(100, 5000).map(lambda n: Sound("bell", Millis(n))),
)


@given(st.lists(CUES, min_size=1, max_size=20), st.floats(0, 1))
def test_glue_sums_exactly_between_its_ends(cues: list[ScriptCue], share: float) -> None:
    items = lay(cues, spoken, RATE)
    sums = extent(items)
    length = round(sums.least + share * (sums.most - sums.least))
    lengths = solve(items, length)
    assert lengths is not None
    assert sum(lengths) == length
    assert all(item.least <= got <= item.most for item, got in zip(items, lengths, strict=True))
    assert solve(items, sums.least - 1) is None


@given(st.lists(CUES, max_size=6), st.integers(60_000, 120_000))
def test_until_counts_from_the_last_sentence(cues: list[ScriptCue], after: int) -> None:
    items = lay([say("breathe"), *cues, Until(Millis(after))], spoken, RATE)
    last = max(n for n, item in enumerate(items) if isinstance(item.cue, Say))
    assert sum(item.natural for item in items[last:]) == to_frames(Millis(after), RATE)
    assert all(item.least == item.most for item in items[last:])


def test_a_techniques_bounds_win_over_those_of_its_rests() -> None:
    cues = (say("one two three"), rests(5_000, 8_000, 20_000))
    bounds = {"least": Millis(30_000), "ideal": Millis(60_000), "most": Millis(90_000)}
    section = Section("A", "a", (Telling("full", cues),), again=cues, **bounds)
    script = Script("a", "A", (section,))
    assert reach(script, spoken, spoken, RATE) == (30_000, 90_000)
    assert natural_length(script, spoken, RATE) == 60 * RATE
    _, timeline = made(script, 90)
    assert timeline.placements[-1].length == 90 * RATE - spoken(Utterance("one two three"))
