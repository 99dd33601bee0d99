"""Music that cannot be played is found before anything is spoken, and what can be is opened once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide import pipeline
from voiceguide.beds.music import Music
from voiceguide.errors import InputMissing
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis
from voiceguide.pipeline.review import reviewed
from voiceguide.progress import Event, Progress
from voiceguide.settings import Settings

RATE = 44_100
TEXT = "---\nbed: {}\n---\n## One\nHello there.\n[pause 2s-9s]\n## Two\n[bed {}]\nAnd now something else.\n[pause 3s]\n"


@pytest.fixture
def settings(clips: Path) -> Settings:
    return Settings(engine="tone", cache=clips, format="flac")


def song(path: Path, seconds: float = 9.0) -> Path:
    noise = np.random.default_rng(1).standard_normal((round(seconds * RATE), 2))
    soundfile.write(path, 0.1 * noise, RATE)
    return path


def routine(folder: Path, bed: str, other: str = "none") -> str:
    (folder / "mine.md").write_text(TEXT.format(bed, other))
    return str(folder / "mine.md")


def text_as_mp3(folder: Path) -> str:
    (folder / "song.mp3").write_text("not a song")
    return "song.mp3"


def cut_wav(folder: Path) -> str:
    data = song(folder / "song.wav").read_bytes()
    (folder / "song.wav").write_bytes(data[: len(data) // 2])
    return "song.wav"


def cut_flac(folder: Path) -> str:
    data = song(folder / "song.flac").read_bytes()
    (folder / "song.flac").write_bytes(data[: len(data) // 2])
    return "song.flac"


def silent(folder: Path) -> str:
    soundfile.write(folder / "song.wav", np.zeros((RATE * 3, 2)), RATE)
    return "rain + song.wav:-3"


def one_of_a_folder(folder: Path) -> str:
    (folder / "songs").mkdir()
    song(folder / "songs" / "1.flac")
    (folder / "songs" / "2.mp3").write_text("not a song")
    return "./songs"


@pytest.mark.parametrize("place", ["routine", "section"])
@pytest.mark.parametrize(
    ("spoil", "known_to_plan"),
    [(text_as_mp3, True), (cut_wav, True), (cut_flac, False), (silent, False), (one_of_a_folder, True)],
)
def test_what_cannot_be_played_is_refused_before_a_word_is_spoken(
    spoil: Callable[[Path], str], known_to_plan: bool, place: str, settings: Settings, tmp_path: Path
) -> None:
    bed, events, target = spoil(tmp_path), list[Event](), tmp_path / "out.flac"
    text = routine(tmp_path, *((bed, "none") if place == "routine" else ("none", bed)))
    library = Library(shelves())
    with pytest.raises(InputMissing) as caught:
        pipeline.render(library, text, None, Wishes(), settings, target, listener=events.append)
    assert caught.value.hint
    assert not [event for event in events if isinstance(event, Progress)]
    assert not target.exists()
    (told,) = reviewed(library, text, None, settings).unplayable
    assert told.message == caught.value.message
    if known_to_plan:
        with pytest.raises(InputMissing):
            pipeline.plan(library, text, None, Wishes(), settings)


def test_every_file_that_cannot_be_played_is_told_once(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "other.ogg").write_text("not a song either")
    text = routine(tmp_path, text_as_mp3(tmp_path), "other.ogg")
    (tmp_path / "mine.md").write_text((tmp_path / "mine.md").read_text() + "## Three\n[bed rain + song.mp3]\nBye.\n")
    told = [error.message for error in reviewed(Library(shelves()), text, None, settings).unplayable]
    assert [("song.mp3" in one, "other.ogg" in one) for one in told] == [(True, False), (False, True)]


def test_what_is_not_heard_does_not_stop_a_session(settings: Settings, tmp_path: Path) -> None:
    bed = text_as_mp3(tmp_path)
    asked = replace(settings, bed="rain")
    pipeline.render(Library(shelves()), routine(tmp_path, bed), None, Wishes(), asked, tmp_path / "out.flac")
    assert (tmp_path / "out.flac").exists()


@pytest.mark.parametrize("length", [None, Millis(20_000)])
def test_music_is_opened_once(
    length: Millis | None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song(tmp_path / "song.flac")
    opened, begin = [], Music.__init__

    def counted(self: Music, *words: object) -> None:
        opened.append(words)
        begin(self, *words)  # type: ignore[arg-type]  # as they come

    monkeypatch.setattr(Music, "__init__", counted)
    text = routine(tmp_path, "song.flac", "rain:-6 + song.flac:-3")
    made = pipeline.render(Library(shelves()), text, length, Wishes(), settings, tmp_path / "out.flac")
    assert [name for _, name in made.timeline.beds] != []
    assert len(opened) == 1
