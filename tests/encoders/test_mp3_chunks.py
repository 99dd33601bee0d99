"""Chunks that are encoded apart have to sound, and count, as if nobody had cut anything."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voiceguide.encoders import Tags, mp3, mp3_chunks
from voiceguide.encoders.lame_tag import FRAME
from voiceguide.encoders.mp3 import Mp3Encoder
from voiceguide.encoders.mp3_frames import edges, independent

KEPT = 98
"""Frames of a chunk in these tests: short, so that there are many borders."""
SECONDS = 30
Samples = NDArray[np.float32]


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3_chunks, "KEPT", KEPT)


def session(count: int, rate: int = 44_100) -> Samples:
    """Soft noise in bursts as speech has them, over a bed, with clicks here and there that ask for short blocks."""
    chance = np.random.default_rng(5)
    hertz = np.fft.rfftfreq(count, 1 / rate)[:, None]
    spectrum = np.fft.rfft(chance.standard_normal((count, 2)), axis=0) / (1 + hertz / 100) * (hertz > 20)
    noise = np.fft.irfft(spectrum, count, axis=0)
    time = np.arange(count)[:, None] / rate
    sound = 0.1 * noise / noise.std() * np.where(time % 2.9 < 1.7, 1, 0.1)
    sound[:: 3 * FRAME + 77] += 0.3
    return sound.clip(-0.9, 0.9).astype(np.float32)


def written(path: Path, sound: Samples, jobs: int = 1, step: int = 46_080, **kind: int) -> bytes:
    rate = kind.pop("rate", 44_100)
    encoder = Mp3Encoder(path, rate, len(sound), Tags("T"), jobs, **kind)
    for start in range(0, len(sound), step):
        encoder.write(sound[start : start + step])
    encoder.close()
    return path.read_bytes()


def decoded(path: Path) -> Samples:
    """As ffmpeg decodes it, which stops at the first fault."""
    strict = ("-v", "error", "-xerror", "-err_detect", "explode")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *strict, "-i", str(path), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


def noise_db(heard: Samples, given: Samples) -> NDArray[np.float64]:
    """The encoder's noise under the sound, for each frame, in dB."""
    count = len(given) // FRAME * FRAME
    apart, sound = ((x[:count].reshape(-1, FRAME * 2).astype(np.float64) ** 2).mean(1) for x in (heard - given, given))
    return 10 * np.log10((apart + 1e-12) / (sound + 1e-12))


def test_the_bytes_do_not_depend_on_workers_or_blocks(tmp_path: Path) -> None:
    sound = session(44_100 * 12)
    files = [
        written(tmp_path / "a.mp3", sound, jobs, step)
        for jobs, step in ((1, 46_080), (2, 46_080), (4, 10_007), (2, len(sound)), (1, 46_080))
    ]
    assert all(file == files[0] for file in files)


@pytest.mark.parametrize("kind", [{}, {"rate": 48_000}, {"quality": "64"}, {"quality": "160"}], ids=str)
def test_a_border_cannot_be_heard(kind: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = session(SECONDS * kind.get("rate", 44_100))
    written(tmp_path / "chunks.mp3", sound, 2, **kind)
    monkeypatch.setattr(mp3_chunks, "KEPT", 10**6)
    written(tmp_path / "whole.mp3", sound, **kind)
    chunks, whole = decoded(tmp_path / "chunks.mp3"), decoded(tmp_path / "whole.mp3")
    assert len(chunks) == len(whole) == len(sound)
    worse = noise_db(chunks, sound) - noise_db(whole, sound)
    assert len(worse) > 9 * KEPT
    border = np.arange(len(worse)) % KEPT
    assert np.abs(worse[(border < 4) | (border > KEPT - 4)]).max() < 0.5
    # Elsewhere another state of the bit reservoir moves single frames, some to the better and some to the worse.
    assert np.abs(worse).max() < 1.5
    assert worse.mean() < 0.02
    assert len(soundfile.read(tmp_path / "chunks.mp3")[0]) == len(sound)


@pytest.mark.parametrize(
    ("chunk", "off"), [*itertools.product((1, 2, 3), (-1153, -1, 0, 1, 529, 1152, 3455, 3456, 3457))]
)
def test_every_length_around_a_border_is_exact(chunk: int, off: int, tmp_path: Path) -> None:
    count = chunk * KEPT * FRAME + off
    sound = session(4 * KEPT * FRAME)[:count]
    written(tmp_path / "a.mp3", sound)
    assert len(decoded(tmp_path / "a.mp3")) == count == soundfile.info(tmp_path / "a.mp3").frames


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_silence_and_full_noise_cross_a_border(level: float, tmp_path: Path) -> None:
    noise = np.random.default_rng(2).uniform(-level, level, (3 * KEPT * FRAME, 2)).astype(np.float32)
    written(tmp_path / "a.mp3", noise)
    heard = decoded(tmp_path / "a.mp3")
    assert len(heard) == len(noise)
    assert np.abs(heard).max() <= 3 * level


def test_an_independent_frame_needs_nothing_before_it() -> None:
    lame = mp3._Lame(44_100, mp3._Kind())
    pcm = np.rint(session(44_100 * 3) * 32_767).astype(np.int16)
    stream = lame.encode(pcm) + lame.flush()
    found = edges(stream)
    assert (found[0], found[-1]) == (0, len(stream))
    alone = [independent(stream, found, number) for number in range(len(found) - 1)]
    assert all(int.from_bytes(frame[4:6]) >> 7 == 0 for frame in alone)
    assert len({len(frame) for frame in alone}) > 2  # some had to grow, to more than one size


def test_bit_rates_with_large_frames_are_encoded_whole(tmp_path: Path) -> None:
    sound = session(44_100 * 8)
    written(tmp_path / "a.mp3", sound, 2, quality="192")
    assert len(decoded(tmp_path / "a.mp3")) == len(sound)


def test_stopping_in_the_middle_leaves_no_thread_at_work(tmp_path: Path) -> None:
    encoder = Mp3Encoder(tmp_path / "a.mp3", 44_100, 44_100 * SECONDS, Tags("T"), 2)
    encoder.write(session(44_100 * 9))
    encoder.abort()
    encoder.abort()
