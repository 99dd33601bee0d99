"""The cue notation: what authors write, what others wrote before, and what is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide import notation
from voiceguide.model.cues import (
    Bed,
    Heading,
    Manner,
    Paragraph,
    Pause,
    Piece,
    Recorded,
    Slot,
    Sound,
    Source,
    Until,
    Words,
    WrittenCue,
)
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
    parts: list[Piece] = []
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
NAME = st.text(st.characters(codec="utf-8", categories=("L", "N")) | st.sampled_from("-+_. :#|;~"), min_size=1).map(
    lambda name: " ".join(name.lstrip(": ").split()) or "joe"
)
MANNERS = st.lists(
    st.one_of(
        st.builds(Manner, st.just("voice"), NAME | st.just("")),
        st.builds(Manner, st.just("rate"), st.integers(60, 400) | st.just("")),
        st.builds(Manner, st.just("pitch"), st.integers(-12, 12) | st.just("")),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda manner: manner.aspect,
).map(lambda manners: sorted(manners, key=lambda manner: ("voice", "rate", "pitch").index(manner.aspect)))
BEDS = st.sampled_from(("", "none", "ocean:-3 + bowl@60s", "pad:Dm", "river.flac:+2dB")) | SPEAKABLE.map(
    lambda path: f'music:"{path.replace("<!--", "").replace(chr(34), "")}.flac":-3'
)
CUES = st.one_of(
    SPEAKABLE.map(say),
    MANNERS.map(lambda manners: manners[0]),
    st.builds(
        lambda one, first, two, second: Paragraph((*one, Words(first), *two, Slot("you"), Words(f" {second}"))),
        MANNERS | st.just([]),
        SPEAKABLE,
        MANNERS,
        SPEAKABLE,
    ),
    SPEAKABLE.map(Heading),
    st.builds(Bed, BEDS),
    SPEAKABLE.map(lambda title: Heading(f"{title} ##")),
    st.builds(lambda a, b: Pause(min(a, b), max(a, b)), LENGTH, LENGTH),
    st.just(Pause()),
    LENGTH.map(Until),
    st.builds(Sound, st.sampled_from(notation.SOUNDS), LENGTH),
    st.just(Paragraph((Slot("your"), Words(" foot; 5 of them")))),
    st.builds(lambda file, text: Paragraph((Recorded(file, text),)), SPEAKABLE, SPEAKABLE),
    st.builds(
        lambda before, text, after: Paragraph((Words(f"{before} "), Recorded("a/b.wav", text), Words(f" {after}"))),
        *[SPEAKABLE] * 3,
    ),
    st.just(Paragraph((Recorded("in.wav", "In."), Words(" "), Recorded("out.wav", "Out."), Slot("now")))),
)


@given(st.lists(CUES, max_size=8))
def test_printed_cues_parse_back_to_themselves(cues: list[WrittenCue]) -> None:
    assert read(notation.write(cues)) == cues


def test_how_words_are_spoken() -> None:
    text = """\
[voice counter]
Sit. [rate 95] Count with [voice: Guide] me. [pause 3s]
One.

Two. [PITCH +2] Three.
[rate] [pitch −3]
[voice] Four.
"""
    rate, guide = Manner("rate", 95), Manner("voice", "Guide")
    assert read(text) == [
        Manner("voice", "counter"),
        Paragraph((Words("Sit."), rate, Words("Count with"), guide, Words("me."))),
        Pause(Millis(3000), Millis(3000)),
        Paragraph((guide, rate, Words("One."))),
        Paragraph((Words("Two."), Manner("pitch", 2), Words("Three."))),
        Manner("rate"),
        Manner("pitch", -3),
        Paragraph((Manner("voice"), Words("Four."))),
    ]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("Hi. [rate fast] Now.", "1:5", "'fast' is not a rate", "from 60 to 400"),
        ("[rate 59]", "1:1", "'59' is not a rate", "[rate 95]"),
        ("[pitch 13]", "1:1", "'13' is not a pitch", "from -12 to 12"),
        ("[voice a{b}]", "1:1", "'a{b}' is not a voice", "[voice counter]"),
        ("Hi. [voice b]\n\nYou.", "1:5", "no words follow this [voice]", "alone on a line"),
        ("Hi. [voice b] , [voice c] you.", "1:14", "',' has nothing to speak", "take it out"),
        ("Hi. [voise b] you", "1:5", "'[voise b]' is not a cue", "did you mean 'voice'?"),
    ],
)
def test_a_manner_that_cannot_be_is_an_error(text: str, place: str, message: str, hint: str) -> None:
    problem = notation.parse(text, START).problems[0]
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("Hi.\n```sh\nrun it\n```\nBye.", "2:1", "a block of code cannot be spoken", "take it out"),
        ("Hi.\n\n> - ~~~\n> run it\n> ~~~", "3:5", "a block of code cannot be spoken", "plain words"),
        ("```\nnever closed <b>", "1:1", "a block of code cannot be spoken", "take it out"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "1:1", "a table cannot be spoken", "write its rows as sentences"),
        ("Hi.\n\n  a | b\n:-- | --:\n 1 | 2\n\nBye.", "3:3", "a table cannot be spoken", "take it out"),
        ("Hi.\n| a | b |", "2:1", "a table cannot be spoken", "\\|"),
        ("Title\n---\nHi.", "2:1", "'---' right under words", "empty line above it for a break"),
        ("One\ntwo\n===\nHi.", "3:1", "underlines more than a title", "## Title"),
        ("A [link](http://x.org) here", "1:3", "'[link]' is not a cue", "a link cannot be heard"),
        ("Some [bed rest](http://x.org)", "1:6", "'[bed rest]' is not a cue", "a link cannot be heard"),
        ("A [link][1] here", "1:3", "'[link]' is not a cue", "a reference cannot be heard"),
        ("[1]: http://x.org", "1:1", "'[1]' is not a cue", "a reference cannot be heard"),
        ("A ![foot](foot.png) here", "1:4", "'[foot]' is not a cue", "a picture cannot be heard"),
        ("A note[^1].", "1:7", "'[^1]' is not a cue", "a footnote cannot be heard"),
        ("- [ ] do it", "1:3", "'[ ]' is not a cue", "take the box out"),
        ("<div>\nHi.\n</div>", "1:1", "'<div>' is not understood", "take it out"),
    ],
)
def test_markdown_that_nobody_can_say_is_an_error_at_its_place(text: str, place: str, message: str, hint: str) -> None:
    problem = notation.parse(text, START).problems[0]
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert hint in problem.hint


def test_a_bed_stands_alone_on_a_line() -> None:
    text = """\
[bed rain]
## Sea
Before. [pause 3s]
[Bed:  ocean:-3 + bowl@60s ] [voice b]
Hear it.
[bed]
- [bed "songs [live]/my river.flac":-3]
"""
    assert read(text) == [
        Bed("rain"),
        Heading("Sea"),
        say("Before."),
        Pause(Millis(3000), Millis(3000)),
        Bed("ocean:-3 + bowl@60s"),
        Manner("voice", "b"),
        say("Hear it."),
        Bed(""),
        Bed('"songs [live]/my river.flac":-3'),
    ]


@pytest.mark.parametrize("text", ["Hi. [bed rain]", "[bed rain] Hi.", "Hi.\n[bed rain] [pause 3s]", "[bed rain];3"])
def test_a_bed_amid_words_is_an_error(text: str) -> None:
    (problem,) = notation.parse(text, START).problems
    assert problem.message == "the background changes with a section, not amid its words"
    assert "alone on a line" in problem.hint


def test_a_block_is_one_problem_and_reading_goes_on_behind_it() -> None:
    parsed = notation.parse("| a | b |\n|---|---|\n| [x] | <b> |\n\n```\n[y]\n```\nBye. [z]", START)
    assert [(p.line, p.column) for p in parsed.problems] == [(1, 1), (5, 1), (8, 6)]


def test_underlined_titles_are_headings() -> None:
    assert read("Arch \\[rubs\\]\n=====\nHold.\n\n---\n\n- one\n---\ntwo `code` | three\n") == [
        Heading("Arch [rubs]"),
        say("Hold."),
        say("one"),
        say("two `code` | three"),
    ]


def test_long_lines_of_signs_do_not_take_forever() -> None:
    for sign in ("`", "~", "|", "- ", "> ", "=", "1.", "[voice a] ", "[bed a] ", "| -"):
        notation.parse(sign * 40_000 + "\n" + sign * 40_000, START)


def test_a_recording_is_part_of_its_paragraph() -> None:
    first, second = '[recording breath.wav "Breathe in."]', '[Recording: "my out.wav" "And \\"out\\" [slowly]."]'
    assert read(f"Sit down. {first} {second}\n[pause 3s]") == [
        Paragraph(
            (
                Words("Sit down. "),
                Recorded("breath.wav", "Breathe in."),
                Words(" "),
                Recorded("my out.wav", 'And "out" [slowly].'),
            )
        ),
        Pause(Millis(3000), Millis(3000)),
    ]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("Now [recording]", "1:5", "does not name a file", '[recording breath.wav "Breathe in."]'),
        ("[recording breath.wav]", "1:1", "does not name a file", "straight quotes"),
        ('[recording "Breathe in."]', "1:1", "does not name a file", "straight quotes"),
        ("[recording a.wav “Breathe in.”]", "1:1", "does not name a file", "straight quotes"),
        ('[recording a.wav "Breathe in.] Now.', "1:1", "does not name a file", "straight quotes"),
        ('[recording a.wav "…"]', "1:1", "leaves its file or its words empty", "what is heard"),
        ('[recording "" "Breathe."]', "1:1", "leaves its file or its words empty", "what is heard"),
        ('Hi [recording a.wav "Hold {your} foot."]', "1:4", "no words to fill in", "same to everybody"),
        ('[recording a.wav "In."], [recording b.wav "Out."]', "1:24", "',' has nothing to speak", "take it out"),
        ('[recoding a.wav "In."]', "1:1", "is not a cue", "did you mean 'recording'?"),
    ],
)
def test_a_recording_that_is_not_whole_is_an_error(text: str, place: str, message: str, hint: str) -> None:
    problem = notation.parse(text, START).problems[0]
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert hint in problem.hint


def test_unclosed_quotes_do_not_take_forever() -> None:
    for mark in ("recording", "bed"):
        assert notation.parse(f'[{mark} "\\"' * 60_000, START).problems


@given(st.text(max_size=200))
def test_any_text_gives_cues_or_problems_and_never_an_exception(text: str) -> None:
    parsed = notation.parse(text, START)
    for problem in parsed.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
