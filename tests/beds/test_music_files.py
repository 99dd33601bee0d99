"""Music that nobody could measure beforehand, that libsndfile cannot read, and folders with a lot of it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "audio"))

from streams import APE, PITCHES, UNTAGGED, lame, pitches, saved, streamed, tune

from voiceguide import beds
from voiceguide.audio import copies, ffmpeg
from voiceguide.beds import music, tracks
from voiceguide.beds.music import files
from voiceguide.beds.tracks import Track, looked_at
from voiceguide.errors import EngineMissing, InputMissing

RATE = 44_100
OPEN = {
    "flac": lambda: streamed(tune(8), "flac"),
    "aac": lambda: streamed(tune(8), "adts", "-c:a", "aac"),
    "wma": lambda: streamed(tune(8), "asf", "-c:a", "wmav2"),
}
"""Other eight seconds, by the name that they are known by."""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUIDE_CACHE", str(tmp_path_factory.mktemp("clips")))


def made(path: Path) -> music.Music:
    bed = beds.make(f'music:"{path}"', RATE)
    assert isinstance(bed, music.Music)
    return bed


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", UNTAGGED)
def test_an_mp3_that_does_not_say_how_long_it_is_is_played_to_its_end(kind: str, tmp_path: Path) -> None:
    track = Track(written(tmp_path / "song.mp3", UNTAGGED[kind]()), RATE)
    whole = track.at(0, track.length)
    assert 8 * RATE <= track.length <= 8.2 * RATE
    assert pitches(whole[:, 0], RATE) == PITCHES
    np.testing.assert_array_equal(track.at(3 * RATE, 99_000), whole[3 * RATE :][:99_000])


@pytest.mark.parametrize("kind", OPEN)
def test_other_kinds_of_open_length_too(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"song.{kind}", OPEN[kind]())
    track = Track(path, RATE)
    whole = track.at(0, track.length)
    assert 7.9 * RATE <= track.length <= 8.2 * RATE
    assert pitches(whole[:, 0], RATE) == PITCHES
    np.testing.assert_array_equal(Track(path, RATE).at(3 * RATE, 99_000), whole[3 * RATE :][:99_000])


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("song.mp3", lambda _: cut(lame(tune(8), variable=True)), "is truncated: its last frame lacks"),
        ("song.flac", lambda _: cut(OPEN["flac"]()), "cannot be read to its end"),
        ("song.aac", lambda _: cut(OPEN["aac"]()), "is truncated, or not music"),
        ("song.wma", lambda _: cut(OPEN["wma"]()), "is truncated, or not music"),
        ("song.mp3", lambda path: saved(path) * 2, "several streams joined end to end, of which only the first"),
        ("song.ogg", lambda path: saved(path) * 2, "several streams joined end to end, of which only the first"),
        ("song.ogg", lambda path: saved(path, "OPUS", 48_000) * 2, "several streams joined end to end"),
    ],
)
def test_what_would_be_played_in_part_is_refused(name: str, make: object, said: str, tmp_path: Path) -> None:
    assert callable(make)
    path = written(tmp_path / name, make(tmp_path / name))
    with pytest.raises(InputMissing, match=said) as caught:
        made(path)
    assert name in caught.value.message
    assert "convert it to FLAC" in caught.value.hint


@pytest.mark.parametrize(("kind", "form"), [("flac", "flac"), ("aac", "aac"), ("wma", "asf")])
def test_a_look_at_a_file_tells_what_it_is_and_decodes_nothing(
    kind: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / f"song.{kind}", OPEN[kind]())
    monkeypatch.setattr(copies.Copy, "_make", None)
    assert looked_at(path) == looked_at(path) == (form, 0)
    assert looked_at(written(tmp_path / "song.mp3", lame(tune(1))))[0] == "mp3"
    saved(tmp_path / "song.ogg")
    assert looked_at(tmp_path / "song.ogg") == ("", 0)
    path.unlink()
    with pytest.raises(InputMissing, match="there is no file"):
        looked_at(path)


def test_a_cure_that_is_named_is_one(tmp_path: Path) -> None:
    path = tmp_path / "joined.ogg"
    path.write_bytes(saved(path) * 2)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, tmp_path / "whole.flac"]
    subprocess.run(command, check=True)
    assert made(tmp_path / "whole.flac").period > 4 * RATE


def test_who_has_no_ffmpeg_is_told_which_file_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise EngineMissing("M4A and M4B need ffmpeg, which is not installed", ffmpeg.INSTALL)

    written(tmp_path / "song.wma", OPEN["wma"]())
    monkeypatch.setattr(ffmpeg, "program", missing)
    with pytest.raises(EngineMissing, match=r"song\.wma needs ffmpeg") as caught:
        made(tmp_path)
    assert caught.value.hint == ffmpeg.INSTALL


def test_digits_that_are_no_numbers_are_words(tmp_path: Path) -> None:
    for name in ("①1 a.mp3", "²  b.mp3", "10 c.mp3", "٣ d.mp3", "2 e.mp3"):
        (tmp_path / name).touch()
    assert [path.name[-5] for path in files(tmp_path)][:3] == ["e", "d", "c"]
    assert len(files(tmp_path)) == 5


def folder(path: Path, count: int = 6) -> Path:
    """Songs that have to be copied, and one that need not be."""
    for number in range(count):
        song = tune(3, 0.5 - 0.05 * number, rate=16_000) if number % 2 else tune(4, 0.1 + 0.1 * number)
        written(path / f"{number}.mp3", lame(song, rate=16_000 if number % 2 else RATE))
    saved(path / f"{count}.flac")
    return path


def test_what_was_measured_once_is_known_until_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[Path] = []
    measure = tracks.Track._found_out

    def watched(self: tracks.Track, rate: int) -> object:
        measured.append(self._named)
        return measure(self, rate)

    monkeypatch.setattr(tracks.Track, "_found_out", watched)
    first = made(folder(tmp_path))
    assert sorted(measured) == files(tmp_path)
    measured.clear()
    second = made(tmp_path)
    assert measured == []
    assert (second.heard, second.period) == (first.heard, first.period)
    np.testing.assert_array_equal(second.at(0, 20 * RATE), first.at(0, 20 * RATE))
    written(tmp_path / "1.mp3", lame(tune(5, 0.01)))
    assert made(tmp_path).period > first.period
    assert measured == [tmp_path / "1.mp3"]
    measured.clear()
    beds.make(f'music:"{tmp_path}"', 48_000)
    assert len(measured) == 7


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").touch()
    monkeypatch.setenv("VOICEGUIDE_CACHE", str(tmp_path / "cache"))
    path = written(tmp_path / "song.mp3", lame(tune(8)))
    assert made(path).heard == made(path).heard


def copied(path: Path) -> list[Path]:
    return list(path.glob("voiceguide-*/*"))


def test_copies_take_no_more_of_the_disk_than_they_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    songs = folder(tmp_path / "songs", 9)
    rich = made(songs)
    assert len(copied(tmp_path / "tmp")) == 9
    whole = rich.at(0, 2 * rich.period)
    del rich
    assert copied(tmp_path / "tmp") == []
    monkeypatch.setattr(music, "MOST_COPIED", 0)
    poor = made(songs)
    held = 0
    for at in range(0, len(whole) - RATE, RATE):
        np.testing.assert_array_equal(poor.at(at, RATE), whole[at : at + RATE])
        held = max(held, len(copied(tmp_path / "tmp")))
    assert 1 <= held <= 4
    for at in (30 * RATE, 5 * RATE, 17 * RATE):
        np.testing.assert_array_equal(poor.at(at, RATE), whole[at : at + RATE])


def test_what_comes_next_is_prepared_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by: list[str] = []
    rewrite = copies._rewrite

    def watched(*words: object) -> None:
        by.append(threading.current_thread().name)
        rewrite(*words)  # type: ignore[arg-type]

    folder(tmp_path)
    made(tmp_path)
    monkeypatch.setattr(copies, "_rewrite", watched)
    bed = made(tmp_path)
    for at in range(0, 16 * RATE, RATE // 2):
        bed.at(at, RATE // 2)
        for thread in threading.enumerate():
            if "_try" in thread.name:
                thread.join()
    assert len(by) == 6
    assert all("_try" in name for name in by)


def test_a_file_that_changes_while_it_is_played_is_named(tmp_path: Path) -> None:
    folder(tmp_path)
    made(tmp_path)
    bed = made(tmp_path)
    written(tmp_path / "2.mp3", lame(tune(9)))
    with pytest.raises(InputMissing, match=r"2\.mp3 was changed while it was played"):
        bed.at(0, bed.period)


def test_nothing_is_said_on_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for number in range(4):
        path = tmp_path / f"{number}.mp3"
        written(path, saved(path) + APE)  # libmpg123 finds the size strange
    for _ in range(2):
        made(tmp_path).at(0, 20 * RATE)
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
