from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import mutagen.mp4
import numpy as np
import pytest

from voiceguide.audio import ffmpeg
from voiceguide.encoders import Mark, Tags, ffmetadata, m4a
from voiceguide.encoders.m4a import M4aEncoder, M4bEncoder
from voiceguide.errors import EncoderError, EngineMissing, UsageError
from voiceguide.model.units import Millis

NOISE = (0.1 * np.random.default_rng(1).standard_normal((100_000, 2))).astype(np.float32)
ODD = ("a=b;c#d", "ends in a backslash \\", "[CHAPTER]", "title=x", "  blanks", "", "🦶", "\\\\")


def written(encoder: M4aEncoder) -> M4aEncoder:
    encoder.write(NOISE)
    encoder.close()
    return encoder


def test_tags_and_chapters_of_an_audiobook(tmp_path: Path) -> None:
    marks = tuple(Mark(title, Millis(at * 200), Millis(at * 200 + 200)) for at, title in enumerate(ODD))
    tags = Tags("A = b; \\", "Some # one", "Sessions", "de", "Arch rubs\nToe \\\nbends", marks)
    encoder = written(M4bEncoder(tmp_path / "a", 44_100, len(NOISE), tags))
    assert encoder.marks() == marks
    file = mutagen.mp4.MP4(tmp_path / "a")
    assert file.tags is not None
    found = {name: file.tags[name] for name in ("©nam", "©ART", "©alb", "©cmt", "stik")}
    assert found.pop("©nam")[0].rstrip() == "A = b; \\"
    assert found == {"©ART": ["Some # one"], "©alb": ["Sessions"], "©cmt": ["Arch rubs\nToe \\\nbends"], "stik": [2]}
    assert (tmp_path / "a").read_bytes()[8:12] == b"M4B "
    assert (tmp_path / "a").read_bytes().index(b"moov") < 1000  # in front: it plays before it is all there


def test_metadata_reads_back() -> None:
    marks = tuple(Mark(title, Millis(at), Millis(at + 1)) for at, title in enumerate(ODD))
    assert ffmetadata.marks(ffmetadata.written(Tags("T", marks=marks))) == marks


@pytest.mark.parametrize("quality", ["32", "1000", "v2", "64-mono"])
def test_what_aac_does_not_know(quality: str) -> None:
    with pytest.raises(UsageError):
        M4aEncoder.traits(quality)


def test_without_ffmpeg_the_cure_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    ffmpeg.program.cache_clear()
    try:
        with pytest.raises(EngineMissing) as caught:
            M4aEncoder.traits("")
    finally:
        ffmpeg.program.cache_clear()
    assert caught.value.hint == "pip install 'voiceguide[ffmpeg]'"
    assert caught.value.exit_code == 69


def pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Puts a program of this shell script in ffmpeg's place."""
    fake = folder / "ffmpeg"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(ffmpeg, "program", lambda: str(fake))
    monkeypatch.setattr(m4a, "program", lambda: str(fake))


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        ("exit 1", EncoderError, "failed"),
        ("cat > /dev/null; exit 3", EncoderError, "failed"),
        ("cat > /dev/null; echo 'Error writing trailer of a: No space left on device' >&2", OSError, "No space"),
        ("cat > /dev/null; echo 'odd' >&2", EncoderError, "odd"),
        ("cat > /dev/null; kill -9 $$", EncoderError, "failed"),
        ("exec <&-; sleep 0.2", EncoderError, "ended before"),
    ],
)
def test_an_ffmpeg_that_fails_in_any_way_is_noticed(
    script: str, error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, tmp_path, script)
    encoder = M4aEncoder(tmp_path / "a", 44_100, len(NOISE), Tags("T"))
    with pytest.raises(error, match=message):
        written(encoder)
    encoder.abort()


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
def test_abort_stops_an_ffmpeg_that_hangs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pretend(monkeypatch, tmp_path, "exec sleep 100")
    encoder = M4aEncoder(tmp_path / "a", 44_100, len(NOISE), Tags("T"))
    encoder.abort()
    assert encoder._run.process.returncode is not None


@pytest.mark.parametrize("extra", [0, m4a.FRAME, m4a.FRAME + 1])
def test_up_to_a_frame_too_much_is_the_format_s(extra: int, tmp_path: Path) -> None:
    encoder = written(M4aEncoder(tmp_path / "a", 44_100, len(NOISE), Tags("T")))
    reader = M4aEncoder(tmp_path / "b", 44_100, len(NOISE) - extra, Tags("T"))
    reader.abort()
    reader._path = encoder._path
    heard = sum(map(len, reader.heard()))
    assert heard == len(NOISE) - (extra if extra <= m4a.FRAME else 0)


def test_a_playlist_that_calls_itself_m4a_is_not_followed(tmp_path: Path) -> None:
    encoder = written(M4aEncoder(tmp_path / "a", 44_100, len(NOISE), Tags("T")))
    (tmp_path / "a").rename(tmp_path / "secret")
    (tmp_path / "a").write_text(f"ffconcat version 1.0\nfile '{tmp_path / 'secret'}'\n")
    with pytest.raises(EncoderError):
        list(encoder.heard())


def test_the_program_is_there() -> None:
    done = subprocess.run([ffmpeg.program(), "-version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"ffmpeg version")
