"""The cue notation: what authors write, what others wrote before, and what is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide import notation
from voiceguide.model.cues import Heading, Paragraph, Pause, Slot, Sound, Source, Until, Words, WrittenCue
from voiceguide.model.units import Millis

START = Source("routine.md", 1, 1)


def read(text: str) -> list[WrittenCue]:
    parsed = notation.parse(text, START)
    assert parsed.problems == []
    return [joined(cue) for cue in parsed.cues]


def joined(cue: WrittenCue) -> WrittenCue:
    """A paragraph with the words of its lines in one piece, as they are spoken."""
    if not isinstance(cue, Paragraph):
        return cue
    parts: list[Words | Slot] = []
    for part in cue.parts:
        if parts and isinstance(part, Words) and isinstance(last := parts[-1], Words):
            parts[-1] = Words(last.text + part.text)
        else:
            parts.append(part)
    return Paragraph(tuple(parts))


def say(text: str) -> Paragraph:
    return Paragraph((Words(text),))


def test_a_section_as_the_design_writes_it() -> None:
    text = """\
## Arch rubs
Hold the top of {your} foot.
[pause 3s]
[pause 5s-20s]
[pause]
[until 4s]
[bell]
\\[ is a bracket.
"""
    assert read(text) == [
        Heading("Arch rubs"),
        Paragraph((Words("Hold the top of "), Slot("your"), Words(" foot."))),
        Pause(Millis(3000), Millis(3000)),
        Pause(Millis(5000), Millis(20_000)),
        Pause(),
        Until(Millis(4000)),
        Sound("bell", Millis(2000)),
        say("[ is a bracket."),
    ]


@pytest.mark.parametrize(
    ("mark", "millis"),
    [
        ("[PAUSE:5]", 5000),
        ("[pause:2.5s]", 2500),
        ("[break 3s]", 3000),
        ("(pause 10 seconds)", 10_000),
        ("(Pause for 2 minutes)", 120_000),
        ('<break time="3s"/>', 3000),
        ("<break time='500ms' />", 500),
        ("[pause 0]", 0),
        ("[pause 600s]", 600_000),
    ],
)
def test_pause_marks_of_other_tools_are_understood_and_never_spoken(mark: str, millis: int) -> None:
    assert read(f"Breathe in. {mark} Breathe out.") == [
        say("Breathe in."),
        Pause(Millis(millis), Millis(millis)),
        say("Breathe out."),
    ]


def test_phrase_and_seconds_on_a_line() -> None:
    assert read("Breathe in;4\nHold ; 2.5\nBreathe out;6s") == [
        say("Breathe in"),
        Pause(Millis(4000), Millis(4000)),
        say("Hold"),
        Pause(Millis(2500), Millis(2500)),
        say("Breathe out"),
        Pause(Millis(6000), Millis(6000)),
    ]


def test_markdown_around_the_words_is_not_spoken() -> None:
    assert read("# One\n- first\n- second\n\n---\n3. third <!-- a note\nover lines [x] --> here\n> quoted") == [
        Heading("One"),
        say("first"),
        say("second"),
        say("third here"),
        say("quoted"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("Now [puase 3s] rest", "1:5", "'[puase 3s]' is not a cue", "did you mean 'pause'?"),
        ("ok\nThen [bel]", "2:6", "'[bel]' is not a cue", "did you mean 'bell'?"),
        ("[pause 20s-5s]", "1:1", "'20s-5s' runs backwards", "shorter one first"),
        ("[pause 601s]", "1:1", "'601s' is longer than 600 s", "several rests"),
        ("[pause nan]", "1:1", "'nan' is not a length of time", "expected something like 3s"),
        ("[pause -3s]", "1:1", "'-3s' is not a length of time", "expected"),
        ("[until]", "1:1", "'[until]' is not a cue", "[until 4s]"),
        ("A <b>bold</b> word", "1:3", "'<b>' is not understood", '<break time="3s"/>'),
        ("an [ open one", "1:4", "'[' has no partner", "\\["),
        ("a } there", "1:3", "'}' has no partner", "\\}"),
        ("{two words}", "1:1", "'{two words}' is not a word to fill in", "{side}"),
        ("words\n\n...", "3:1", "'...' has nothing to speak", "write words"),
    ],
)
def test_what_is_not_understood_is_an_error_at_its_place(text: str, place: str, message: str, hint: str) -> None:
    problem = notation.parse(text, START).problems[0]
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert hint in problem.hint


def test_every_problem_is_reported_at_once() -> None:
    problems = notation.parse("[a] b [c]\n<d> {e f}\n[pause x]", START).problems
    assert [(p.line, p.column) for p in problems] == [(1, 1), (1, 7), (2, 1), (2, 5), (3, 1)]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=40)
SPEAKABLE = TEXT.map(lambda t: " ".join(t.split())).filter(lambda t: any(c.isalnum() for c in t))
LENGTH = st.integers(0, 600_000).map(Millis)
CUES = st.one_of(
    SPEAKABLE.map(say),
    SPEAKABLE.map(lambda t: Heading(t)),
    st.builds(lambda a, b: Pause(min(a, b), max(a, b)), LENGTH, LENGTH),
    st.just(Pause()),
    LENGTH.map(Until),
    st.builds(Sound, st.sampled_from(notation.SOUNDS), LENGTH),
    st.just(Paragraph((Slot("your"), Words(" foot; 5 of them")))),
)


@given(st.lists(CUES, max_size=8))
def test_printed_cues_parse_back_to_themselves(cues: list[WrittenCue]) -> None:
    assert read(notation.write(cues)) == cues


@given(st.text(max_size=200))
def test_any_text_gives_cues_or_problems_and_never_an_exception(text: str) -> None:
    parsed = notation.parse(text, START)
    for problem in parsed.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
