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
