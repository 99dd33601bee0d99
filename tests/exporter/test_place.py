from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from voiceguide.errors import CannotCreate
from voiceguide.exporter import place

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_kept_file_takes_the_name_and_nothing_else_stays(tmp_path: Path) -> None:
    with place.claim(tmp_path / "a.mp3") as part:
        assert part.path.parent == tmp_path
        assert part.path.name.startswith(".a.mp3.")
        part.path.write_bytes(b"new")
        part.keep()
    assert names(tmp_path) == ["a.mp3"]
    assert (tmp_path / "a.mp3").read_bytes() == b"new"


@posix
def test_a_kept_file_has_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with place.claim(tmp_path / "a.mp3") as part:
        part.keep()
    assert (tmp_path / "a.mp3").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_interrupted_file_is_gone_and_the_old_one_untouched(error: type[BaseException], tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"old")

    def interrupted() -> None:
        with place.claim(tmp_path / "a.mp3") as part:
            part.path.write_bytes(b"new")
            raise error

    with pytest.raises(error):
        interrupted()
    assert names(tmp_path) == ["a.mp3"]
    assert (tmp_path / "a.mp3").read_bytes() == b"old"


def test_a_name_taken_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = place.check(tmp_path / "a.mp3", clobber=False)
    with place.claim(target) as part:
        part.path.write_bytes(b"ours")
        target.write_bytes(b"theirs")
        with pytest.raises(CannotCreate, match="exists already"):
            part.keep(clobber=False)
    assert names(tmp_path) == ["a.mp3"]
    assert target.read_bytes() == b"theirs"


def test_a_free_name_is_taken_without_clobber(tmp_path: Path) -> None:
    with place.claim(tmp_path / "a.mp3") as part:
        part.path.write_bytes(b"ours")
        part.keep(clobber=False)
    assert names(tmp_path) == ["a.mp3"]
    assert (tmp_path / "a.mp3").stat().st_nlink == 1


@posix
def test_a_temporary_that_somebody_took_away_leaves_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for link in (os.link, refuse):
        monkeypatch.setattr(os, "link", link)
        with place.claim(tmp_path / "a.mp3") as part:
            part.path.unlink()
            with pytest.raises(CannotCreate):
                part.keep(clobber=False)
        assert names(tmp_path) == []


def refuse(_source: Path, _target: Path) -> None:
    raise PermissionError(1, "Operation not permitted")


@posix
@pytest.mark.parametrize("taken", [True, False])
def test_a_disk_without_hard_links(taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", refuse)
    if taken:
        (tmp_path / "a.mp3").write_bytes(b"theirs")
    with place.claim(tmp_path / "a.mp3") as part:
        part.path.write_bytes(b"ours")
        if taken:
            with pytest.raises(CannotCreate):
                part.keep(clobber=False)
        else:
            part.keep(clobber=False)
    assert names(tmp_path) == ["a.mp3"]
    assert (tmp_path / "a.mp3").read_bytes() == (b"theirs" if taken else b"ours")


def test_what_cannot_be_a_target(tmp_path: Path) -> None:
    (tmp_path / "there.mp3").touch()
    for target, message in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "a.mp3", "there is no folder"),
        (tmp_path / "there.mp3" / "a.mp3", "there is no folder"),
        (tmp_path / ("x" * 300), "too long"),
        (tmp_path / "a\0b", "null"),
    ):
        with pytest.raises(CannotCreate, match=message):
            place.check(target)
    with pytest.raises(CannotCreate, match="exists already"):
        place.check(tmp_path / "there.mp3", clobber=False)
    assert place.check(tmp_path / "there.mp3") == (tmp_path / "there.mp3").resolve()
    assert names(tmp_path) == ["there.mp3"]


@posix
def test_a_device_is_never_replaced() -> None:
    with pytest.raises(CannotCreate, match="not an ordinary file"):
        place.check(Path(os.devnull))
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@posix
def test_a_link_keeps_pointing_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.mp3").symlink_to(tmp_path / "real" / "b.mp3")
    with place.claim(place.check(tmp_path / "a.mp3")) as part:
        assert part.path.parent == tmp_path / "real"
        part.path.write_bytes(b"new")
        part.keep()
    assert (tmp_path / "a.mp3").is_symlink()
    assert (tmp_path / "real" / "b.mp3").read_bytes() == b"new"


def test_the_longest_name_works(tmp_path: Path) -> None:
    target = tmp_path / ("ü" * 125 + ".mp3")
    with place.claim(target) as part:
        part.path.write_bytes(b"new")
        part.keep()
    assert names(tmp_path) == [target.name]


RUN = """
import sys
from pathlib import Path
from voiceguide.exporter import place
with place.claim(Path(sys.argv[1])) as part:
    part.path.write_bytes(b"half")
    print(part.path.name, flush=True)
    sys.stdin.read()
"""


@posix
def test_what_a_killed_run_left_is_cleared_and_a_live_one_s_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, tmp_path / "a.mp3"]
    runs = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    killed, live = (run.stdout.readline().strip() for run in runs if run.stdout)
    for name in (".a.mp3.part", ".a.mp3.12-zz.part", ".b.mp3.12-0123abcd.part"):
        (tmp_path / name).touch()  # not ours
    others = [name for name in names(tmp_path) if name not in (killed, live)]
    runs[0].send_signal(signal.SIGKILL)
    runs[0].wait()
    assert killed in names(tmp_path)
    with place.claim(tmp_path / "a.mp3") as part:
        assert names(tmp_path) == sorted([*others, live, part.path.name])
    runs[1].communicate("", timeout=10)
    runs[0].communicate(timeout=10)
    assert names(tmp_path) == others
