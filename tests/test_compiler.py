"""Routine → Script: words filled in, sentences with their places, and the rests that nobody wrote."""

from pathlib import Path

import pytest

from voiceguide.compiler import compile_routine
from voiceguide.errors import ContentError, UsageError
from voiceguide.library import Library, shelves
from voiceguide.model.cues import Sound, Until
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Rest, Say, Script, ScriptCue
from voiceguide.spoken.sentences import split

LIBRARY = Library(shelves())


def compiled(text: str, folder: Path) -> Script:
    path = folder / "routine.md"
    path.write_text(text, encoding="utf-8")
    return compile_routine(Library(()).routine(str(path)))


def spelled(cues: tuple[ScriptCue, ...]) -> list[str]:
    return [_spelled(cue) for cue in cues]


def _spelled(cue: ScriptCue) -> str:
    match cue:
        case Say(text):
            return text
        case Rest(least, _, most):
            return f"{least}" if least == most else f"{least}-{most}"
        case Until(after):
            return f"until {after}"
        case Sound(name):
            return name


def test_a_paragraph_becomes_sentences_with_breaths(tmp_path: Path) -> None:
    script = compiled("One. Two.\nThree.\n\nFour. [pause 3s] Five. [bell] Six.", tmp_path)
    assert spelled(script.sections[0].tellings[0].cues) == [
        "One.",
        "350-900",
        "Two.",
        "350-900",
        "Three.",
        "800-2500",
        "Four.",
        "3000",
        "Five.",
        "bell",
        "Six.",
    ]


def test_each_sentence_knows_its_line(tmp_path: Path) -> None:
    script = compiled("One. Two\ngoes on. Three.\n\nFour.", tmp_path)
    says = [cue for cue in script.sections[0].tellings[0].cues if isinstance(cue, Say)]
    assert [(say.text, say.source.line) for say in says] == [
        ("One.", 1),
        ("Two goes on.", 1),
        ("Three.", 2),
        ("Four.", 4),
    ]


def test_a_written_rest_at_a_border_is_all_there_is(tmp_path: Path) -> None:
    sections = compiled("## A\nOne. [pause 5]\n## B\nTwo.\n## C\n[pause 2] Three.\n## D\nFour.", tmp_path).sections
    assert [bool(section.after) for section in sections] == [False, False, True, True]
    assert [bool(section.before) for section in sections] == [True, False, False, False]


def test_until_needs_a_sentence_before_it(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"routine.md:1:1: nothing is said before this \[until\]"):
        compiled("[until 4s] One.", tmp_path)


def test_unknown_words_in_braces_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        compiled("Hold {your} foot.\n\nAnd {titel}.", tmp_path)
    assert [(p.line, p.column) for p in caught.value.problems] == [(1, 6), (3, 5)]
    assert caught.value.problems[1].hint == "did you mean 'title'?"


def test_sides_and_people_are_filled_in() -> None:
    own = compile_routine(LIBRARY.routine("foot-massage"))
    others = compile_routine(LIBRARY.routine("foot-massage-partner"))
    for script, whose in ((own, "your"), (others, "their")):
        sides = [s for s in script.sections if s.ideal is not None]
        assert len(sides) == 24
        for section in sides:
            side = "left" if "left" in section.title else "right"
            assert any(
                f"{whose} {side}" in cue.text.lower() for cue in section.tellings[0].cues if isinstance(cue, Say)
            )


def test_the_second_side_is_reminded_and_not_taught() -> None:
    sections = compile_routine(LIBRARY.routine("foot-massage")).sections
    told = {section.title: [telling.name for telling in section.tellings] for section in sections}
    assert told["Arch rubs, left foot"] == ["full", "brief", "minimal"]
    assert told["Arch rubs, right foot"] == ["brief", "brief", "minimal"]


def test_wishes_choose_techniques() -> None:
    routine = LIBRARY.routine("foot-massage")
    keys = {s.key for s in compile_routine(routine, Wishes(only=frozenset({"arch-rubs"}))).sections}
    assert "arch-rubs" in keys
    assert len(keys) == 4
    without = compile_routine(routine, Wishes(skip=frozenset({"arch-rubs"})))
    assert "arch-rubs" not in {s.key for s in without.sections}
    boosted = compile_routine(routine, Wishes(boost=frozenset({"ankle-circles"})))
    assert {s.priority for s in boosted.sections if s.key == "ankle-circles"} == {None}
    with pytest.raises(UsageError) as caught:
        compile_routine(routine, Wishes(skip=frozenset({"arch-rub"})))
    assert caught.value.hint == "did you mean 'arch-rubs'?"


def test_a_condition_changes_the_plan_or_refuses_it() -> None:
    routine = LIBRARY.routine("foot-massage")
    assert routine.pack is not None
    for condition in routine.pack.safety:
        wishes = Wishes(conditions=frozenset({condition.name}))
        if condition.action == "refuse":
            with pytest.raises(UsageError, match="this session is not for"):
                compile_routine(routine, wishes)
        else:
            script = compile_routine(routine, wishes)
            assert not {s.key for s in script.sections} & set(condition.leave_out)
            opening = " ".join(cue.text for cue in script.sections[0].tellings[0].cues if isinstance(cue, Say))
            assert all(sentence in opening for _, sentence in split(condition.say))


def test_two_conditions_say_a_shared_sentence_once() -> None:
    wishes = Wishes(conditions=frozenset({"diabetes", "neuropathy"}))
    opening = compile_routine(LIBRARY.routine("foot-massage"), wishes).sections[0]
    for telling in opening.tellings:
        said = [cue.text for cue in telling.cues if isinstance(cue, Say)]
        assert len(said) == len(set(said))


TWO = """\
---
title: Two
language: en
voice: {pyttsx3: en-us, piper: joe}
rate: 100
pitch: 1
voices:
  counter: {voice: {pyttsx3: en-gb, piper: amy}, rate: 80, pitch: 3}
  guest: en-gb-scotland
  slow: {rate: 60}
---
## A
Plain. [voice counter] Counted. [rate 90] Told. [voice] Plain again.

[voice guest] Guest. [pitch -2] Lower.
[voice COUNTER]
Standing. [voice en-us+f3] Another. [voice] And plain.

Standing still. [rate] As ever.
[voice]
Gone.
## B
Plain. [voice slow] Slow.
"""


def ways(text: str, folder: Path, wishes: Wishes) -> dict[str, tuple[str, int, int]]:
    path = folder / "two.md"
    path.write_text(text, encoding="utf-8")
    script = compile_routine(Library(()).routine(str(path)), wishes)
    says = [cue for s in script.sections for cue in s.tellings[0].cues if isinstance(cue, Say)]
    return {say.text: (say.utterance.voice, say.utterance.rate, say.utterance.pitch) for say in says}


def test_what_is_nearest_to_a_line_says_how_it_is_spoken(tmp_path: Path) -> None:
    assert ways(TWO, tmp_path, Wishes(engine="pyttsx3")) == {
        "Plain.": ("en-us", 100, 1),
        "Counted.": ("en-gb", 80, 3),
        "Told.": ("en-gb", 90, 3),
        "Plain again.": ("en-us", 90, 1),
        "Guest.": ("en-gb-scotland", 100, 1),
        "Lower.": ("en-gb-scotland", 100, -2),
        "Standing.": ("en-gb", 80, 3),
        "Another.": ("en-us+f3", 100, 1),
        "And plain.": ("en-us", 100, 1),
        "Standing still.": ("en-gb", 80, 3),
        "As ever.": ("en-gb", 80, 3),
        "Gone.": ("en-us", 100, 1),
        "Slow.": ("en-us", 60, 1),
    }


def test_voices_are_called_differently_from_engine_to_engine(tmp_path: Path) -> None:
    piper = ways(TWO, tmp_path, Wishes(engine="piper"))
    assert (piper["Plain."][0], piper["Counted."][0], piper["Guest."][0]) == ("joe", "amy", "en-gb-scotland")
    other = ways(TWO, tmp_path, Wishes(engine="kokoro"))
    assert (other["Plain."][0], other["Counted."][0]) == ("", "")


def test_the_users_wish_takes_the_routines_own_place_and_leaves_the_second_voice(tmp_path: Path) -> None:
    wished = ways(TWO, tmp_path, Wishes(engine="pyttsx3", voice="en-029,counter=en-gb-x-rp", rate=150, pitch=-11))
    assert wished["Plain."] == ("en-029", 150, -11)
    assert wished["Counted."] == ("en-gb-x-rp", 120, -9)
    assert wished["Told."] == ("en-gb-x-rp", 135, -9)
    assert wished["Lower."] == ("en-gb-scotland", 150, -12)
    assert wished["Slow."] == ("en-029", 90, -11)
    alone = ways(TWO, tmp_path, Wishes(engine="pyttsx3", voice="counter = x"))
    assert (alone["Plain."][0], alone["Counted."][0]) == ("en-us", "x")
    with pytest.raises(UsageError, match="this routine has no role 'conter'") as caught:
        ways(TWO, tmp_path, Wishes(voice="conter=x"))
    assert caught.value.hint == "did you mean 'counter'?"


def test_sections_have_voices_and_rests_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        "title: Two\nvoices: {counter: {voice: en-gb, rate: 80}}\nsections:\n"
        "- {title: A, text: One. Two.}\n"
        "- {title: B, text: One. Two., voice: counter, pauses: {sentence: 2s}}\n"
        "- {title: C, text: '[rate 200] One. Two.', voice: counter, rate: 90, pitch: -2, pauses: written}\n"
    )
    sections = compile_routine(Library(()).routine(str(path))).sections
    ones = [section.tellings[0].cues[0] for section in sections]
    assert [(s.utterance.voice, s.utterance.rate, s.utterance.pitch) for s in ones if isinstance(s, Say)] == [
        ("", 115, 0),
        ("en-gb", 80, 0),
        ("en-gb", 200, -2),
    ]
    assert [spelled(section.tellings[0].cues)[1] for section in sections] == ["350-900", "2000", "0"]


def test_rests_that_are_all_written(tmp_path: Path) -> None:
    text = "---\npauses: written\n---\n## A\nOne. Two.\n\nThree.\n## B\nFour. [pause]"
    sections = compiled(text, tmp_path).sections
    assert spelled(sections[0].tellings[0].cues) == ["One.", "0", "Two.", "0", "Three."]
    assert spelled(sections[1].tellings[0].cues) == ["Four.", "3000-8000"]
    around = [rest.most for section in sections for rest in (section.before, section.after) if rest]
    assert around == [0, 0, 0]
