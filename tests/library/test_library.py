"""Files → Routine: what authors write is read whole, and every mistake is reported at once, at its place."""

from pathlib import Path

import pytest

from voiceguide.errors import ContentError, InputMissing
from voiceguide.library import Library, shelves
from voiceguide.model.cues import Paragraph, Pause
from voiceguide.model.routine import EVERYONE, Each, Part

PACK = """\
schema: 1
title: Hands
words:
  self: {your: your}
  partner: {your: their}
encouragements:
- Good.
"""
STROKES = """\
schema: 1
title: Long strokes
seconds: {least: 10, ideal: 30s, most: 1:30}
rounds: 1-2
full:
- title: Begin
  self: |
    Hold your own {side} hand.
  partner: |
    Hold {your} {side} hand.
- text: |
    Stroke it.
    [pause 5s-60s]
brief: Stroke {your} {side} hand. [pause 5s-60s]
"""
ROUTINE = """\
schema: 1
title: Hands
pack: hands
who: partner
rate: 110
length: 5m
pauses: {sentence: 0.5s}
sections:
- title: Opening
  text: Sit down.
- each: side
  in: [left, right]
  title: "{title}, {side} hand"
  between: {title: Change, text: The other hand.}
  sections:
  - use: long-strokes
    priority: 70
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content/hands").mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "content/hands/pack.yaml").write_text(PACK)
    (tmp_path / "content/hands/long-strokes.yaml").write_text(STROKES)
    (tmp_path / "scripts/hands.yaml").write_text(ROUTINE)
    return tmp_path


def test_a_routine_with_its_pack(folder: Path) -> None:
    routine = Library([folder]).routine("hands")
    assert (routine.title, routine.who, routine.delivery.rate, routine.length) == ("Hands", "partner", 110, 300_000)
    opening, each = routine.parts
    assert isinstance(opening, Part)
    assert isinstance(each, Each)
    strokes = each.parts[0]
    assert (each.values, strokes.priority, strokes.rounds) == (("left", "right"), 70, (1, 2))
    technique = strokes.technique
    assert (technique.least, technique.ideal, technique.most) == (10_000, 30_000, 90_000)
    assert set(technique.tellings["full"][0].wordings) == {"self", "partner"}


def test_a_user_folder_comes_before_what_ships(folder: Path) -> None:
    (folder / "scripts/box-breathing.md").write_text("Mine.")
    assert Library([folder, *shelves()]).routine("box-breathing").title == "Box breathing"
    assert len(Library([folder, *shelves()]).routine("box-breathing").parts) == 1


def test_every_mistake_is_reported_at_once(folder: Path) -> None:
    (folder / "scripts/hands.yaml").write_text(
        "title: Hands\ntitel: x\npack: hands\nwho: partnr\nrate: fast\nlength: soon\n"
        "sections:\n- use: long-stroke\n- title: A\n  text: Say [puase 3s]\n- title: B\n  txt: x\n"
    )
    with pytest.raises(ContentError) as caught:
        Library([folder]).routine("hands")
    found = [(p.line, p.column, p.message, p.hint) for p in caught.value.problems]
    assert [(line, column) for line, column, *_ in found] == [
        (2, 1),
        (4, 6),
        (5, 7),
        (6, 9),
        (8, 8),
        (10, 13),
        (11, 3),
        (12, 3),
    ]
    assert "did you mean 'title'?" in found[0][3]
    assert "did you mean 'partner'?" in found[1][3]
    assert "did you mean 'long-strokes'?" in found[4][3]
    assert "did you mean 'pause'?" in found[5][3]
    assert "did you mean 'text'?" in found[7][3]


def test_mistakes_in_the_pack_are_found_through_the_routine(folder: Path) -> None:
    (folder / "content/hands/long-strokes.yaml").write_text("schema: 2\ntitle: A\nfull: |\n  One.\n\n    [bel]\n")
    with pytest.raises(ContentError) as caught:
        Library([folder]).routine("hands")
    assert [(Path(p.file).name, p.line, p.column) for p in caught.value.problems] == [
        ("long-strokes.yaml", 1, 9),
        ("long-strokes.yaml", 6, 5),
    ]


def test_text_with_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "evening.md"
    path.write_text("---\ntitle: Evening\nrate: 100\nbed: none\n---\n## One\nHello. [pause 3s]\n## Two\nBye.\n")
    routine = Library(()).routine(str(path))
    assert (routine.title, routine.delivery.rate, routine.bed) == ("Evening", 100, "none")
    one, two = (part for part in routine.parts if isinstance(part, Part))
    assert (one.technique.title, two.technique.title) == ("One", "Two")
    hello, pause = one.technique.tellings["full"][0].wordings[EVERYONE]
    assert isinstance(hello, Paragraph)
    assert hello.source.line == 7
    assert isinstance(pause, Pause)


def test_text_without_anything_around_it(tmp_path: Path) -> None:
    path = tmp_path / "my-evening.txt"
    path.write_text("Hello.\n")
    routine = Library(()).routine(str(path))
    assert routine.title == "My evening"


def test_a_mistake_in_front_matter_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: A\nvoise: x\n---\nHi.\n")
    with pytest.raises(ContentError, match=r"a.md:3:1: front matter has no 'voise'"):
        Library(()).routine(str(path))


def test_names_that_are_nearly_right() -> None:
    with pytest.raises(InputMissing) as caught:
        Library(shelves()).routine("foot-masage")
    assert caught.value.hint == "did you mean 'foot-massage'?"
    with pytest.raises(InputMissing, match=r"there is no file nowhere.md"):
        Library(shelves()).routine("nowhere.md")


def test_all_that_ships_is_without_fault() -> None:
    library = Library(shelves())
    for name in library.routine_names():
        library.routine(name)
    pack = library.pack("foot-massage")
    assert len(pack.techniques) == 12
    excluded = {name for condition in pack.safety for name in condition.leave_out}
    assert excluded == {"achilles-massage", "knuckle-work", "pressure-points", "thumb-work"}


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("bed: drome", 6, "there is no bed called 'drome'", "did you mean 'drone'?"),
        ("language: english language", 11, "'english language' is not a language tag", "en-GB"),
        ("language: en_US", 11, "'en_US' is not a language tag", "did you mean 'en-US'?"),
        ("voice: a[b]", 8, "this is not the name of a voice", "voiceguide voices"),
        ("voice: {pytsx3: en-gb}", 9, "there is no engine called 'pytsx3'", "did you mean 'pyttsx3'?"),
        ("voice: [a]", 8, "'voice' must be a name, or 'engine: name' lines", "espeak: en-gb"),
        ("voices: counter", 9, "'voices' must be 'role: voice' lines", "counter: en-gb"),
        ("voices: {a b: x}", 10, "'a b' cannot be a role", "'counter'"),
        ("voices: {counter: {name: x}}", 20, "the role 'counter' has no 'name'", "voice"),
        ("voices: {counter: {rate: 20}}", 26, "'20' is not right for 'rate'", "from 60 to 400"),
        ("pitch: +13", 8, "'+13' is not right for 'pitch'", "from -12 to 12"),
        ("pauses: all", 9, "'pauses' must be", "sentence"),
    ],
)
def test_who_speaks_and_over_what_is_checked(line: str, column: int, message: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\ntitle: A\n{line}\n---\nHi.\n")
    with pytest.raises(ContentError) as caught:
        Library(()).routine(str(path))
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (3, column)
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    "tag", ["en", "en-GB", "zh-cmn-Hans-CN", "sl-rozaj-biske", "de-CH-1901", "x-mine", "xx", "es-419"]
)
def test_any_tag_of_a_language_may_stand(tag: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\nlanguage: {tag}\n---\nHi.\n")
    assert Library(()).routine(str(path)).language == tag


def test_a_manner_that_no_words_follow_in_its_section(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("[voice counter]\n## One\nHi.\n")
    with pytest.raises(ContentError, match=r"a.md:1:1: no words follow this in its section"):
        Library(()).routine(str(path))
    path = tmp_path / "a.yaml"
    path.write_text("title: A\nsections:\n- title: One\n  text: |\n    [rate 90]\n")
    with pytest.raises(ContentError, match="there is nothing to say here"):
        Library(()).routine(str(path))
