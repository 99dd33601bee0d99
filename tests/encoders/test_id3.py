from __future__ import annotations

import io
from pathlib import Path

import mutagen.id3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voiceguide.encoders import Mark, Tags, id3
from voiceguide.errors import EncoderError
from voiceguide.model.units import Millis


def marks(count: int) -> tuple[Mark, ...]:
    return tuple(Mark("x" * (count - at), Millis(at * 10), Millis(at * 10 + 10)) for at in range(count))


def kinds(tag: bytes) -> list[tuple[str, str]]:
    """Each frame's name and its element, as they lie in the file."""
    at, found = 10, []
    while at < len(tag):
        size = int.from_bytes(tag[at + 4 : at + 8])
        found.append((tag[at : at + 4].decode(), tag[at + 10 : at + 10 + size].split(b"\0")[0].decode("latin-1")))
        at += 10 + size
    return found


def test_frames_lie_in_the_file_in_the_order_of_time() -> None:
    tag = id3.render(Tags("T", marks=marks(40)), Millis(400))
    found = kinds(tag)
    assert tag[:4] == b"ID3\x03"
    order = [kind for kind, _ in found]
    assert order == sorted(order, key=["TIT2", "TLAN", "TLEN", "CTOC", "CHAP"].index)
    assert [name for kind, name in found if kind == "CHAP"] == [f"ch{at:05d}" for at in range(40)]


@pytest.mark.parametrize("count", [1, 255, 256, 300, 700])
def test_contents_nest_above_what_one_list_holds(count: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(id3.render(Tags("T", marks=marks(count)), Millis(count * 10)))
    lists = {frame.element_id: frame for frame in mutagen.id3.ID3(tmp_path / "a").getall("CTOC")}
    assert [name for name, frame in lists.items() if frame.flags & 2] == ["toc"]
    assert all(frame.flags & 1 and len(frame.child_element_ids) <= 255 for frame in lists.values())
    assert id3.read_marks(tmp_path / "a") == marks(count)


def test_there_are_no_contents_without_chapters(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(id3.render(Tags("T"), Millis(10)))
    assert not mutagen.id3.ID3(tmp_path / "a").getall("CTOC")
    assert id3.read_marks(tmp_path / "a") == ()


def test_a_file_without_a_tag_has_no_chapters(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xfb" + bytes(100))
    assert id3.read_marks(tmp_path / "a") == ()


def test_texts_and_length(tmp_path: Path) -> None:
    tags = Tags("Füße 🦶", "Someone", "Sessions", "de-AT", "Arch rubs\nToe bends")
    (tmp_path / "a").write_bytes(id3.render(tags, Millis(61_500)))
    found = mutagen.id3.ID3(tmp_path / "a")
    assert found.version == (2, 3, 0)
    assert {name: str(found[name]) for name in ("TIT2", "TPE1", "TALB", "TLAN", "TLEN", "COMM::deu")} == {
        "TIT2": "Füße 🦶",
        "TPE1": "Someone",
        "TALB": "Sessions",
        "TLAN": "deu",
        "TLEN": "61500",
        "COMM::deu": "Arch rubs\nToe bends",
    }


def test_an_unknown_language_is_left_open() -> None:
    tag = id3.render(Tags("T", language="tlh", comment="c"), Millis(10))
    found = mutagen.id3.ID3(io.BytesIO(tag))
    assert "TLAN" not in found
    assert "COMM::XXX" in found


def test_too_many_chapters_are_refused() -> None:
    with pytest.raises(EncoderError, match="65026 chapters"):
        id3.render(Tags("T", marks=(Mark("x", Millis(0), Millis(1)),) * (255 * 255 + 1)), Millis(1))


titles = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(titles, max_size=20))
def test_any_titles_come_back(tmp_path: Path, given_titles: list[str]) -> None:
    given_marks = tuple(Mark(title, Millis(at), Millis(at + 1)) for at, title in enumerate(given_titles))
    (tmp_path / "a").write_bytes(id3.render(Tags("T", marks=given_marks), Millis(100)))
    assert id3.read_marks(tmp_path / "a") == given_marks
