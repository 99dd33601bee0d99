"""A routine's own background: layers, and music that lies beside it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide import beds
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
