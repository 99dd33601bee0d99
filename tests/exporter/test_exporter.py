"""An output file is complete and verified, or it is not there."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from voiceguide import encoders
from voiceguide.audio.levels import Loudness
from voiceguide.audio.true_peak import TruePeak
from voiceguide.encoders import Mark, Tags
from voiceguide.encoders import flac as flac_module
from voiceguide.encoders import m4a as m4a_module
from voiceguide.encoders import mp3 as mp3_module
from voiceguide.encoders import ogg as ogg_module
from voiceguide.encoders import wav as wav_module
from voiceguide.errors import CannotCreate, EncoderError, StorageError, UsageError, VoiceguideError
from voiceguide.exporter import Report, export
from voiceguide.model.units import Millis
from voiceguide.progress import Progress, Warn

FORMATS = ("mp3", "m4a", "ogg", "flac", "wav")
RATE = 44_100
FRAMES = 5 * RATE + 321
MARKS = (Mark("Wel\ncome 🦶", Millis(0), Millis(2000)), Mark("Close", Millis(2000), Millis(5007)))
TAGS = Tags("A session", "Someone", marks=MARKS)
Samples = NDArray[np.float32]


def sound(frames: int = FRAMES) -> Samples:
    """A bed that swells, with different lanes."""
    time_axis = np.arange(frames) / RATE
    noise = np.random.default_rng(1).standard_normal((frames // 8 + 1, 2)).repeat(8, axis=0)[:frames]
    tone = 0.2 * np.sin(2 * np.pi * 220 * time_axis) * (1.2 + np.sin(2 * np.pi * 0.7 * time_axis))
    return (tone[:, None] + 0.02 * noise).astype(np.float32)


def blocks(samples: Samples, step: int = 10_000) -> Iterator[Samples]:
    for start in range(0, len(samples), step):
        yield samples[start : start + step]


def decoded(path: Path) -> Samples:
    """By ffmpeg, which reads every format."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4").reshape(-1, 2)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["old", "none"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A target that the test must leave as it was: an old file, or nothing."""
    path = tmp_path / "a session.out"
    if request.param == "old":
        path.write_bytes(b"old")
    before = files(tmp_path)
    yield path
    assert files(tmp_path) == before
    assert not before or path.read_bytes() == b"old"


@pytest.mark.parametrize("name", FORMATS)
def test_a_finished_file_and_its_report(name: str, tmp_path: Path) -> None:
    target = tmp_path / "a.out"
    target.write_bytes(b"old")
    report = export(blocks(sound()), target, name, RATE, FRAMES, TAGS)
    heard = decoded(target)
    loudness, peak = Loudness(RATE, 2), TruePeak(2)
    loudness.add(heard)
    peak.add(heard)
    chapters = 0 if name == "wav" else 2
    measured = (report.loudness_lufs, report.true_peak_dbtp)
    assert measured == pytest.approx((loudness.integrated(), peak.dbtp), abs=0.01)
    assert report == Report(target, name, RATE, FRAMES, *measured, chapters)
    assert len(heard) == FRAMES
    assert files(tmp_path) == ["a.out"]


@pytest.mark.parametrize("name", FORMATS)
def test_silence_and_the_shortest_sound_are_fine(name: str, tmp_path: Path) -> None:
    silent = export(iter([np.zeros((RATE, 2), np.float32)]), tmp_path / "a", name, RATE, RATE, Tags("T"))
    assert (silent.loudness_lufs, silent.true_peak_dbtp) == (float("-inf"), float("-inf"))
    assert export(blocks(sound(1)), tmp_path / "b", name, RATE, 1, Tags("T")).frames == 1


def test_a_maker_may_use_its_memory_again(tmp_path: Path) -> None:
    def reused() -> Iterator[Samples]:
        buffer = np.empty((10_000, 2), np.float32)
        for block in blocks(sound()):
            buffer[: len(block)] = block
            yield buffer[: len(block)]

    export(reused(), tmp_path / "a", "wav", RATE, FRAMES, TAGS)
    export(blocks(sound()), tmp_path / "b", "wav", RATE, FRAMES, TAGS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_progress_goes_through_both_stages(tmp_path: Path) -> None:
    events: list[Progress | Warn] = []
    export(blocks(sound()), tmp_path / "a", "mp3", RATE, FRAMES, TAGS, listener=events.append)
    for stage in ("mix", "verify"):
        done = [event.done for event in events if isinstance(event, Progress) and event.stage == stage]
        assert done == sorted(done)
        assert done[-1] == FRAMES


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("name", FORMATS)
def test_a_maker_that_fails_leaves_nothing(name: str, error: type[BaseException], target: Path) -> None:
    def failing() -> Iterator[Samples]:
        yield from blocks(sound()[:100_000])
        raise error("half-way")

    with pytest.raises(error, match="half-way"):
        export(failing(), target, name, RATE, FRAMES, TAGS)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("off", [-FRAMES, -1, 1, 50_000])
def test_another_number_of_frames_is_an_error(name: str, off: int, target: Path) -> None:
    with pytest.raises(EncoderError, match=f"in place of {FRAMES}"):
        export(blocks(sound(FRAMES + off)), target, name, RATE, FRAMES, TAGS)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_an_error(bad: float, target: Path) -> None:
    samples = sound()
    samples[3 * RATE, 1] = bad
    with pytest.raises(EncoderError, match=r"not a number near 0:02\.9"):
        export(blocks(samples), target, "mp3", RATE, FRAMES, TAGS)


def test_mono_is_an_error(target: Path) -> None:
    with pytest.raises(EncoderError, match="not stereo"):
        export(iter([np.zeros(FRAMES, np.float32)]), target, "mp3", RATE, FRAMES, TAGS)


def test_an_unknown_format_is_an_error(target: Path) -> None:
    with pytest.raises(UsageError, match="'aiff'"):
        export(blocks(sound()), target, "aiff", RATE, FRAMES, TAGS)


def test_a_rate_that_the_format_has_not_is_an_error(target: Path) -> None:
    with pytest.raises(EncoderError, match="22050"):
        export(blocks(sound()), target, "mp3", 22_050, FRAMES, TAGS)


LIARS = {
    "mp3": (mp3_module, "Mp3Encoder"),
    "m4a": (m4a_module, "M4aEncoder"),
    "ogg": (ogg_module, "VorbisEncoder"),
    "flac": (flac_module, "FlacEncoder"),
    "wav": (wav_module, "WavEncoder"),
}


def lie(monkeypatch: pytest.MonkeyPatch, name: str, **methods: Any) -> None:
    """Puts an encoder in the table's place that does some things differently."""
    module, attribute = LIARS[name]
    honest = getattr(module, attribute)
    monkeypatch.setattr(module, attribute, type("Liar", (honest,), {**methods, "honest": honest, "calls": 0}))


def once(change: Any) -> Any:
    """A `write` that changes the seventh block."""

    def write(self: Any, block: Samples) -> None:
        self.calls += 1
        for part in change(block) if self.calls == 7 else [block]:
            self.honest.write(self, part)

    return write


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "change",
    [
        lambda _: [],
        lambda block: [block, block],
        lambda block: [block * 0],
        lambda block: [-block],
        lambda block: [block[::-1]],
        lambda block: [block * np.float32(0.3)],
    ],
    ids=["dropped", "doubled", "muted", "turned over", "backwards", "softer"],
)
def test_an_encoder_that_lies_is_caught(name: str, change: Any, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch, name, write=once(change))
    with pytest.raises(EncoderError, match="the file"):
        export(blocks(sound()), target, name, RATE, FRAMES, TAGS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_breaks_afterwards_is_caught(name: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def close(self: Any) -> None:
        self.honest.close(self)
        (part,) = target.parent.glob(".*.part")
        data = bytearray(part.read_bytes())
        data[len(data) // 2 : len(data) // 2 + 20_000] = bytes(20_000)
        part.write_bytes(data)

    lie(monkeypatch, name, close=close)
    with pytest.raises(EncoderError):
        export(blocks(sound()), target, name, RATE, FRAMES, TAGS)


@pytest.mark.parametrize("cut", [1, 5_000])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_short_is_caught(name: str, cut: int, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def close(self: Any) -> None:
        self.honest.close(self)
        (part,) = target.parent.glob(".*.part")
        os.truncate(part, part.stat().st_size - cut)

    lie(monkeypatch, name, close=close)
    with pytest.raises(EncoderError):
        export(blocks(sound()), target, name, RATE, FRAMES, TAGS)


@pytest.mark.parametrize("name", ["mp3", "flac"])
def test_lost_chapters_are_caught(name: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch, name, marks=lambda self: self.honest.marks(self)[::-1])
    with pytest.raises(EncoderError, match="chapters"):
        export(blocks(sound()), target, name, RATE, FRAMES, TAGS)


@pytest.mark.parametrize("method", ["__init__", "write", "close", "marks"])
@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError(28, "No space left on device"), StorageError),
        (OSError(5, "Input/output error"), StorageError),
        (RuntimeError("boom"), EncoderError),
        (EncoderError("boom"), EncoderError),
    ],
)
def test_an_encoder_that_fails(
    method: str, raised: Exception, expected: type[Exception], target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise raised

    lie(monkeypatch, "wav", **{method: fail})
    with pytest.raises(expected):
        export(blocks(sound()), target, "wav", RATE, FRAMES, TAGS)


def test_too_little_room_is_known_before_the_work(target: Path) -> None:
    def untouched() -> Iterator[Samples]:
        raise AssertionError
        yield

    with pytest.raises(StorageError, match="MB"):
        export(untouched(), target, "wav", RATE, 1 << 50, TAGS)


def test_targets_that_cannot_be_are_known_before_the_work(tmp_path: Path) -> None:
    def untouched() -> Iterator[Samples]:
        raise AssertionError
        yield

    (tmp_path / "there").touch()
    for target, clobber in ((tmp_path, True), (tmp_path / "no" / "a", True), (tmp_path / "there", False)):
        with pytest.raises(CannotCreate):
            export(untouched(), target, "mp3", RATE, FRAMES, TAGS, clobber=clobber)
    assert files(tmp_path) == ["there"]


def test_a_name_taken_while_we_worked_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.mp3"

    def racing() -> Iterator[Samples]:
        yield from blocks(sound())
        target.write_bytes(b"theirs")

    with pytest.raises(CannotCreate, match="exists already"):
        export(racing(), target, "mp3", RATE, FRAMES, TAGS, clobber=False)
    assert files(tmp_path) == ["a.mp3"]
    assert target.read_bytes() == b"theirs"


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A file system of its own in memory, where that is allowed."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("file systems cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("name", FORMATS)
def test_a_disk_that_fills_up(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch, name, least_bytes=lambda _: 0)  # or it would be known beforehand
    with mounted(tmp_path / "small", "size=64k"):
        with pytest.raises(StorageError, match="No space left"):
            export(blocks(sound()), tmp_path / "small" / "a", name, RATE, FRAMES, TAGS)
        assert files(tmp_path / "small") == []


def test_a_disk_that_is_full_already(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "size=64k"):
        with contextlib.suppress(OSError):
            (tmp_path / "small" / "other").write_bytes(bytes(100_000))
        with pytest.raises(StorageError):
            export(blocks(sound()), tmp_path / "small" / "a", "mp3", RATE, FRAMES, TAGS)
        assert files(tmp_path / "small") == ["other"]


def test_a_read_only_folder(tmp_path: Path) -> None:
    with mounted(tmp_path / "fixed", "ro"), pytest.raises(CannotCreate, match="read-only"):
        export(blocks(sound()), tmp_path / "fixed" / "a", "mp3", RATE, FRAMES, TAGS)


LONG = """
import sys
import numpy as np
from pathlib import Path
from voiceguide.encoders import Tags
from voiceguide.exporter import export
block = np.random.default_rng(1).uniform(-0.1, 0.1, (20_000, 2)).astype(np.float32)
def blocks():
    for at in range(10_000):
        if at == 5:
            print("under way", flush=True)
        yield block
try:
    export(blocks(), Path(sys.argv[2]), sys.argv[1], 44_100, 200_000_000, Tags("T"))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def started(name: str, target: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", LONG, name, str(target)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "under way\n"
    return run


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("name", FORMATS)
def test_an_interrupt_leaves_nothing(name: str, target: Path) -> None:
    run = started(name, target)
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    assert run.communicate(timeout=20) == ("interrupted\n", "")
    assert run.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_does_not_confuse_the_next(tmp_path: Path) -> None:
    run = started("mp3", tmp_path / "a.mp3")
    run.kill()
    run.communicate(timeout=20)
    assert "a.mp3" not in files(tmp_path)
    assert len(files(tmp_path)) == 1
    export(blocks(sound()), tmp_path / "a.mp3", "mp3", RATE, FRAMES, TAGS)
    assert files(tmp_path) == ["a.mp3"]


def test_every_failure_is_one_of_ours_and_has_a_hint(tmp_path: Path) -> None:
    with pytest.raises(VoiceguideError) as caught:
        export(blocks(sound()), tmp_path, "mp3", RATE, FRAMES, TAGS)
    assert caught.value.hint


STOPS = [[(2.0, 4.0)], [(2.03, 4.01)], [(0.0, 0.97), (3.0, 6.0)], [(1.0, 1.05), (2.0, 2.1), (3.0, 3.2)]]


@pytest.mark.parametrize("stops", STOPS)
@pytest.mark.parametrize("low", [0.0, 0.05])
@pytest.mark.parametrize(
    ("name", "quality"), [("opus", ""), ("opus", "56"), ("ogg", "q0"), ("mp3", "64"), ("mp3", ""), ("m4a", "")]
)
def test_a_voice_that_stops_at_once_is_no_fault_of_the_file(
    name: str, quality: str, low: float, stops: list[tuple[float, float]], tmp_path: Path
) -> None:
    """Speech without a bed ends in nothing at all: what a lossy format smears stands alone there."""
    rate = encoders.traits(name, quality).rates[0]
    at = np.arange(6 * rate) / rate
    voice = 0.25 * np.sin(2 * np.pi * 180 * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 5 * at))
    voice += 0.12 * np.sin(2 * np.pi * 1300 * at) + 0.02 * np.random.default_rng(3).standard_normal(len(at)) + low
    for start, end in stops:
        voice[round(start * rate) : round(end * rate)] = 0
    both = np.repeat(voice[:, None], 2, axis=1).astype(np.float32)
    made = export([both], tmp_path / f"a.{name}", name, rate, len(both), Tags("Stops"), quality=quality)
    assert made.frames == len(both)
