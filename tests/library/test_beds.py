"""Backgrounds that routines name: layers, music that lies beside them, another one for each section."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide import beds
from voiceguide.compiler import compile_routine
from voiceguide.errors import ContentError
from voiceguide.library import Library


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "songs").mkdir(parents=True)
    for path in (tmp_path / "other.flac", tmp_path / "home" / "my river.flac", tmp_path / "home" / "songs" / "a.flac"):
        soundfile.write(path, np.full((44_100, 2), 0.1), 44_100)
    return tmp_path / "home"


def bed(text: str, home: Path, *, shelf: Path | None = None) -> str:
    path = home / "routine.md"
    path.write_text(f"---\ntitle: One\nbed: '{text}'\n---\nBreathe in.\n", encoding="utf-8")
    return Library([shelf] if shelf else []).routine(str(path)).bed


def test_layers_are_taken_as_they_are_written(home: Path) -> None:
    assert bed("ocean:-3 + bowl@60s + drone:A2", home) == "ocean:-3 + bowl@60s + drone:A2"


@pytest.mark.parametrize("name", ["my river.flac", "songs", "./songs/a.flac"])
def test_music_is_found_beside_the_routine(name: str, home: Path) -> None:
    music, rain = beds.parse(bed(f"music:{name}:-3 + rain", home))
    assert Path(music.parameter) == (home / name).resolve()
    assert (music.level, rain.name) == (-3, "rain")


def test_a_plan_is_read_back_with_its_music(home: Path) -> None:
    found = bed('"my river.flac" + rain', home)
    assert bed(found, home) == found


def test_music_is_found_in_a_library_by_its_whole_path(home: Path) -> None:
    assert bed(f"music:{home.parent}/other.flac", home, shelf=home.parent)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("my rivr.flac", "there is no file or folder 'my rivr.flac'", "my river.flac"),
        ("../other.flac", "leads out of the folder", "put it into"),
        ("/etc/passwd.flac", "not a path from the folder", "put it into"),
        ("rain + ocaen", "there is no bed called 'ocaen'", "ocean"),
        ("rain@60s", "not struck", "'rain'"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(text: str, said: str, hint: str, home: Path) -> None:
    with pytest.raises(ContentError) as caught:
        bed(text, home)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (3, 7)
    assert said in problem.message
    assert hint in problem.hint


def laid(text: str, folder: Path, name: str = "routine.md") -> list[tuple[str, str]]:
    """The title and the bed of every section, once the routine is compiled."""
    (folder / name).write_text(text, encoding="utf-8")
    script = compile_routine(Library([]).routine(str(folder / name)))
    return [(section.title, section.bed) for section in script.sections]


def test_a_mark_holds_from_its_section_up_to_the_next_mark(home: Path) -> None:
    text = """\
# All of it
[bed rain]
## One
Hi. [bell]
## Two
Hi.
## Three
[voice b]
[bed ocean:-3 + bowl@60s]
Hi.
## Four
[bed]
Hi.
## Five
[bed none]
[pause 3s]
"""
    assert laid(text, home) == [
        ("One", "rain"),
        ("Two", "rain"),
        ("Three", "ocean:-3 + bowl@60s"),
        ("Four", ""),
        ("Five", "none"),
    ]


def test_what_stands_above_the_first_heading_has_a_bed_too(home: Path) -> None:
    assert laid("[bed wind]\nHi.\n## Two\nHo.", home) == [("Routine", "wind"), ("Two", "wind")]


def test_in_a_structure_a_bed_belongs_to_what_it_stands_in(home: Path) -> None:
    text = """\
title: One
bed: drone
sections:
  - title: Before
    bed: rain
    text: Hi.
  - title: Between
    text: Hi.
  - each: side
    in: [left, right]
    title: "{title} {side}"
    bed: ocean
    between: {title: Change, text: Ho.}
    sections:
      - {title: A, text: Hi.}
      - {title: B, bed: none, text: Hi.}
"""
    assert laid(text, home, "routine.yaml") == [
        ("Before", "rain"),
        ("Between", ""),
        ("A left", "ocean"),
        ("B left", "none"),
        ("Change", "ocean"),
        ("A right", "ocean"),
        ("B right", "none"),
    ]


def test_a_technique_may_have_a_bed_of_its_own(home: Path) -> None:
    (home / "content" / "feet").mkdir(parents=True)
    (home / "scripts").mkdir()
    (home / "content" / "feet" / "pack.yaml").write_text("title: Feet\n", encoding="utf-8")
    (home / "content" / "feet" / "rub.yaml").write_text("title: Rub\nfull: Rub it.\n", encoding="utf-8")
    text = "title: One\npack: feet\nsections:\n  - {use: rub, bed: stream}\n  - {use: rub}\n"
    assert laid(text, home / "scripts", "one.yaml") == [("Rub", "stream"), ("Rub", "")]


def test_the_music_of_a_section_is_found_beside_the_routine(home: Path) -> None:
    ((_, found),) = laid('## One\n[bed "my river.flac":-3 + rain]\nHi.', home)
    music, _ = beds.parse(found)
    assert Path(music.parameter) == (home / "my river.flac").resolve()
    assert laid(f"## One\n[bed {found}]\nHi.", home) == [("One", found)]


@pytest.mark.parametrize(
    ("name", "text", "place", "said", "hint"),
    [
        ("a.md", "## One\n[bed ocaen]\nHi.", (2, 1), "there is no bed called 'ocaen'", "ocean"),
        ("a.md", "---\ntitle: A\n---\n[bed pad:H]\nHi.", (4, 1), "H", ""),
        ("a.md", '## One\n[bed "my rivr.flac"]\nHi.', (2, 1), "no file or folder 'my rivr.flac'", "my river.flac"),
        ("a.md", "## One\nHi.\n[bed rain]\n## Two\nHo.", (3, 1), "not amid its words", "below the heading"),
        ("a.md", "## One\n[pause 3s]\n[bed rain]\nHi.", (3, 1), "not amid its words", "begin a new section"),
        ("a.md", "## One\n[bed wind]\n[bed rain]\nHi.", (2, 1), "nothing follows this [bed]", "write words"),
        ("a.md", "Hi.\n## One\n[bed wind]", (3, 1), "nothing follows this [bed]", "write words"),
        ("a.yaml", "title: A\nsections:\n- title: B\n  bed: ocaen\n  text: Hi.", (4, 8), "no bed called", "ocean"),
        (
            "a.yaml",
            "title: A\nsections:\n- title: B\n  text: |\n    [bed rain]\n    Hi.",
            (5, 5),
            "cannot",
            "bed: rain",
        ),
    ],
)
def test_a_bed_that_cannot_be_is_told_at_its_line(
    name: str, text: str, place: tuple[int, int], said: str, hint: str, home: Path
) -> None:
    with pytest.raises(ContentError) as caught:
        laid(text, home, name)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == place
    assert said in problem.message
    assert hint in problem.hint
