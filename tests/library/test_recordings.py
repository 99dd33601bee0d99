"""Recordings by name: which file a line takes, and which files a text may have."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import ContentError, InputMissing
from voiceguide.library import Library
from voiceguide.library import recordings as stage
from voiceguide.library.recordings import line_name, open_folder, recording
from voiceguide.model.cues import Paragraph, Recorded
from voiceguide.model.routine import EVERYONE, Part, Routine


def routine(text: str, folder: Path, *, shelf: Path | None = None) -> Routine:
    path = folder / "routine.md"
    path.write_text(text, encoding="utf-8")
    return Library([shelf] if shelf else []).routine(str(path))


def refused(text: str, folder: Path) -> tuple[str, str]:
    """The message and hint of the only problem, at line 1, column 4."""
    with pytest.raises(ContentError) as caught:
        routine(f"Hi [recording {text}]", folder)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (1, 4)
    return problem.message, problem.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Breathe in.", "breathe-in"),
        ("  breathe — in!? ", "breathe-in"),
        ("Don't rush; let go.", "dont-rush-let-go"),
        ("Half-way there", "half-way-there"),
        ("One two three four five six seven eight.", "one-two-three-four-five-six-seven-eight"),
        ("One two three four five six seven eight nine.", "one-two-three-four-five-six-seven-eight-5d8c51"),
        ("One two three four five six seven eight ten.", "one-two-three-four-five-six-seven-eight-0ad74e"),
        ("Take $5", "take-5-1dcf1c"),
        ("Résumé", "resume-e9f7b5"),
        ("吸气", "line-15b196"),
        ("Con.", "con-1143da"),
    ],
)
def test_a_line_has_one_name_that_hangs_on_its_own_words(text: str, name: str) -> None:
    assert line_name(text) == name


@given(st.text(min_size=1, max_size=200))
def test_any_line_has_a_name_that_any_system_takes(text: str) -> None:
    name = line_name(text)
    assert 0 < len(name) <= 67
    assert name.isascii()
    assert name == name.lower()
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_every_recording_is_found_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "in.wav").write_bytes(b"in")
    (tmp_path / "my out.flac").write_bytes(b"out")
    loaded = routine('[recording takes/in.wav "In."] and [recording "my out.flac" "Out."]', tmp_path)
    part = loaded.parts[0]
    assert isinstance(part, Part)
    paragraph = part.technique.tellings["full"][0].wordings[EVERYONE][0]
    assert isinstance(paragraph, Paragraph)
    found = [piece for piece in paragraph.parts if isinstance(piece, Recorded)]
    assert [(Path(one.path).name, one.sha256) for one in found] == [
        ("in.wav", hashlib.sha256(b"in").hexdigest()),
        ("my out.flac", hashlib.sha256(b"out").hexdigest()),
    ]


PACK = "title: Hands\nencouragements:\n- '[recording {} \"Good.\"]'\n"
ROUTINE = "title: Hands\npack: hands\nsections:\n- use: strokes\n"


@pytest.mark.parametrize(("named", "message"), [("good.wav", ""), ("god.wav", "there is no file 'god.wav'")])
def test_a_pack_names_files_in_its_own_folder(tmp_path: Path, named: str, message: str) -> None:
    hands = tmp_path / "content" / "hands"
    hands.mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    (hands / "pack.yaml").write_text(PACK.format(named))
    (hands / "strokes.yaml").write_text("title: Strokes\ntext: Stroke it.\n")
    (hands / "good.wav").write_bytes(b"good")
    (tmp_path / "scripts" / "hands.yaml").write_text(ROUTINE)
    if not message:
        assert Library([tmp_path]).routine("hands").pack
        return
    with pytest.raises(ContentError, match=message) as caught:
        Library([tmp_path]).routine("hands")
    assert "pack.yaml:3:" in caught.value.message
    assert caught.value.hint == "did you mean 'good.wav'?"


def test_an_encouragement_is_words_or_a_recording(tmp_path: Path) -> None:
    (tmp_path / "good.wav").write_bytes(b"good")
    text = "title: T\nsections:\n- title: A\n  text: Hi.\n  encouragements: ['Very [recording good.wav \"good\"]']\n"
    (tmp_path / "t.yaml").write_text(text)
    with pytest.raises(ContentError, match="one short paragraph or recording"):
        Library([]).routine(str(tmp_path / "t.yaml"))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("/etc/hostname", "is not a path from the folder of this file"),
        ("~/breath.wav", "is not a path from the folder of this file"),
        ("C:\\breath.wav", "is not a path from the folder of this file"),
        ("\\\\host\\breath.wav", "is not a path from the folder of this file"),
        ("../breath.wav", "leads out of the folder of this file"),
        ("takes/../../breath.wav", "leads out of the folder of this file"),
        ("link.wav", "leads out of the folder of this file"),
        ("loop.wav", ""),
        ("takes", "it is not an ordinary file"),
        ("pipe.wav", "it is not an ordinary file"),
        ("empty.wav", "it is empty"),
        ("x" * 300 + ".wav", ""),
    ],
)
def test_a_text_has_no_business_with_other_files(tmp_path: Path, file: str, message: str) -> None:
    home = tmp_path / "home"
    (home / "takes").mkdir(parents=True)
    (tmp_path / "breath.wav").write_bytes(b"breath")
    (home / "link.wav").symlink_to(tmp_path / "breath.wav")
    (home / "loop.wav").symlink_to("loop.wav")
    (home / "empty.wav").touch()
    if hasattr(os, "mkfifo"):
        os.mkfifo(home / "pipe.wav")
    told, hint = refused(f'"{file}" "In."'.replace("\\", "\\\\"), home)
    assert message in told
    assert hint


def test_a_text_may_name_files_of_the_users_library(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "in.wav").write_bytes(b"in")
    routine('[recording ../takes/in.wav "In."]', tmp_path / "scripts", shelf=tmp_path)
    with pytest.raises(ContentError, match="leads out"):
        routine('[recording ../takes/in.wav "In."]', tmp_path / "scripts")


def test_a_near_miss_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "breathe-in.wav").write_bytes(b"in")
    assert refused('takes/breath-in.wav "In."', tmp_path) == (
        "there is no file 'takes/breath-in.wav'",
        "did you mean 'takes/breathe-in.wav'?",
    )
    assert refused('breath.wav "In."', tmp_path)[1].startswith("put it into ")


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "LARGEST", 10)
    (tmp_path / "long.wav").write_bytes(b"x" * 11)
    assert "it is larger than" in refused('long.wav "In."', tmp_path)[0]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions mean nothing to root")
def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "locked.wav").write_bytes(b"x")
    (tmp_path / "locked.wav").chmod(0)
    assert "cannot be read: Permission denied" in refused('locked.wav "In."', tmp_path)[0]


def test_a_folder_is_its_sounds_by_name(tmp_path: Path) -> None:
    for name in ("In.WAV", "in.flac", "out.mp3", ".hidden.wav", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    files = open_folder(tmp_path).files
    assert {name: {file.name for file in row} for name, row in files.items()} == {
        "in": {"In.WAV", "in.flac"},
        "out": {"out.mp3"},
    }
    with pytest.raises(InputMissing, match="cannot be read: No such file"):
        open_folder(tmp_path / "nowhere")
    (tmp_path / "none.wav").touch()
    with pytest.raises(InputMissing, match="it is empty"):
        recording(tmp_path / "none.wav")


def test_a_routine_may_name_a_folder_beside_it_and_nothing_beyond(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "takes").mkdir(parents=True)
    assert routine("---\nrecordings: takes\n---\nHi.", home).recordings == str((home / "takes").resolve())
    for named, message in (("..", "leads out"), ("tales", "there is no folder 'tales'"), ("/tmp", "is not a path")):
        with pytest.raises(ContentError, match=message) as caught:
            routine(f"---\nrecordings: {named}\n---\nHi.", home)
        assert caught.value.problems[0].line == 2
    (tmp_path / "secret.wav").write_bytes(b"x")
    (home / "takes" / "hi.wav").symlink_to(tmp_path / "secret.wav")
    assert open_folder(home / "takes", links=False).files == {}
    assert set(open_folder(home / "takes").files) == {"hi"}
