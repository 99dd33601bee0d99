"""`--picture`, `--voice-shaping` and what `render` says it has written, as a person or a script meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from voiceguide.cli import program
from voiceguide.errors import CannotCreate, UsageError, VoiceguideError

SMALL = """---
title: A small <session>
---
## One
Let go. [pause 2s-9s]
[bell]
## Two & more
And rest. [pause 2s-9s]
"""
STEMS = ("voice", "sounds", "bed", "mix")
PLAN, RENDER = ("plan",), ("render", "-o", "c.wav")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a routine, and settings of its own."""
    for name in [name for name in os.environ if name.startswith("VOICEGUIDE_")]:
        monkeypatch.delenv(name)
    for name, value in (("XDG_CONFIG_HOME", tmp_path), ("XDG_CACHE_HOME", tmp_path), ("VOICEGUIDE_ENGINE", "tone")):
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(tmp_path)
    Path("small.md").write_text(SMALL, encoding="utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(program, [*words, "small.md", "--length", "20s"])


def words(path: str) -> set[str]:
    """All that a picture says, to eyes and to pointers."""
    return {part.text.strip() for part in ElementTree.parse(path).iter() if part.text}


def test_a_plan_is_drawn_and_printed_as_ever(place: Path) -> None:
    done = run("plan", "--picture", "small.svg")
    assert (done.exit_code, done.stdout) == (0, run("plan").stdout)
    said = words("small.svg")
    assert {"A small <session>", "0:01 Let go.", "Two & more", "voice", "bed", "loudness over 3 s"} <= said
    assert sorted(path.name for path in place.iterdir() if path.is_file()) == ["small.md", "small.svg"]


@pytest.mark.usefixtures("place")
def test_a_render_lists_all_it_wrote() -> None:
    asked = ("render", "small.md", "--length", "20s", "-o", "a.wav", "--stems", "--picture", "a.svg")
    done = subprocess.run(
        [sys.executable, "-m", "voiceguide", *asked], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == "a.wav\n"
    assert done.stderr.splitlines()[-5:] == [*(f"{name}: a.{name}.wav" for name in STEMS), "picture: a.svg"]
    assert all(Path(name).is_file() for name in (*(f"a.{name}.wav" for name in STEMS), "a.svg", "a.wav"))


@pytest.mark.usefixtures("place")
def test_the_same_as_json() -> None:
    there = str(Path("output", "b.svg"))
    wanted = ("-o", "b.wav", "--stems", "--section", "Two & more", "--picture", there, "--voice-shaping", "studio")
    document = json.loads(run("render", *wanted, "--json", "-qq").stdout)
    assert document["stems"] == {name: f"b.{name}.wav" for name in STEMS}
    assert document["picture"] == there
    said = words(there)
    assert "A small <session>: Two & more" in said
    assert "0:00 And rest." in said
    assert not any("Let go." in text for text in said)
    document = json.loads(run("render", "-o", "d.wav", "--json", "-qq").stdout)
    assert (document["stems"], document["picture"]) == ({}, None)


@pytest.mark.parametrize(
    ("command", "more", "kind", "error", "hint"),
    [
        (PLAN, ("c.png",), UsageError, "'c.png' is no name for a picture", ".svg"),
        (PLAN, ("folder.svg",), CannotCreate, "it is a folder", "file name"),
        (PLAN, ("there.svg", "--no-clobber"), CannotCreate, "exists already", "another"),
        (RENDER, ("nowhere/c.svg",), CannotCreate, "there is no folder", "make the folder"),
        (RENDER, ("there.svg", "--no-clobber"), CannotCreate, "exists already", "another"),
    ],
)
def test_what_cannot_be_drawn_is_said_first(
    command: tuple[str, ...], more: tuple[str, ...], kind: type[VoiceguideError], error: str, hint: str, place: Path
) -> None:
    Path("folder.svg").mkdir()
    Path("there.svg").write_text("mine")
    done = run(*command, "--picture", *more)
    assert isinstance(done.exception, kind)
    assert error in done.exception.message
    assert hint in done.exception.hint
    assert done.stdout == ""
    assert Path("there.svg").read_text() == "mine"
    assert sorted(path.name for path in place.iterdir()) == ["folder.svg", "small.md", "there.svg"]


def test_an_unknown_shape_is_refused_at_once(place: Path) -> None:
    refused = run("render", "-o", "d.wav", "--voice-shaping", "sutle").exception
    assert isinstance(refused, UsageError)
    assert (refused.message, refused.hint) == ("there is no voice shaping called 'sutle'", "did you mean 'subtle'?")
    assert not (place / "d.wav").exists()


def test_a_render_that_cannot_be_leaves_no_picture(place: Path) -> None:
    done = CliRunner().invoke(program, ["render", "small.md", "--length", "10m", "-o", "e.wav", "--picture", "e.svg"])
    assert isinstance(done.exception, UsageError)
    assert not list(place.glob("*.svg"))
