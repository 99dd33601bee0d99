from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import mutagen.flac
import numpy as np
import pytest
import soundfile

from voiceguide.encoders import Mark, Tags
from voiceguide.encoders.comments import comments
from voiceguide.encoders.flac import FlacEncoder, read_marks
from voiceguide.encoders.pcm import PcmFile
from voiceguide.encoders.wav import WavEncoder, container
from voiceguide.errors import EncoderError
from voiceguide.model.units import Millis

NOISE = np.random.default_rng(1).uniform(-0.5, 0.5, (30_000, 2)).astype(np.float32)


def test_flac_and_wav_hold_the_same_dithered_samples(tmp_path: Path) -> None:
    for make in (FlacEncoder, WavEncoder):
        encoder = make(tmp_path / make.__name__, 44_100, len(NOISE), Tags("T"))
        encoder.write(NOISE)
        encoder.close()
    flac, wav = (soundfile.read(tmp_path / make.__name__, dtype="int16")[0] for make in (FlacEncoder, WavEncoder))
    np.testing.assert_array_equal(flac, wav)
    off = wav - NOISE.astype(np.float64) * 32768
    assert 0.4 < off.std() < 0.6  # triangular dither of two steps and rounding: half a step


@pytest.mark.parametrize("frames", [len(NOISE), 3 << 29])
def test_floats_written_at_another_time_are_the_same_bytes(frames: int, tmp_path: Path) -> None:
    files = [tmp_path / "one.wav", tmp_path / "two.wav"]
    for path in files:
        encoder = WavEncoder(path, 44_100, frames, Tags("T"), 1, "float")  # RF64, where it is told to become long
        encoder.write(NOISE)
        encoder.close()
        time.sleep(1.1)  # libsndfile notes the second
    assert (b"PEAK" in files[0].read_bytes()[:200]) == (frames == len(NOISE))  # there is none in RF64
    assert files[0].read_bytes() == files[1].read_bytes()
    np.testing.assert_array_equal(soundfile.read(files[0], dtype="float32")[0], NOISE)


def test_wav_grows_into_rf64_where_its_sizes_end() -> None:
    assert container(4 * 60 * 44_100) == "WAV"
    assert container((1 << 32) - (1 << 17)) == "WAV"
    assert container((1 << 32) - (1 << 15)) == "RF64"


def test_an_rf64_file_reads_back(tmp_path: Path) -> None:
    file = PcmFile(tmp_path / "a", 48_000, "RF64", "Füße")
    file.write(NOISE)
    file.close()
    assert (tmp_path / "a").read_bytes()[:4] == b"RF64"
    with soundfile.SoundFile(tmp_path / "a") as sound:
        assert (sound.frames, sound.samplerate, sound.title) == (len(NOISE), 48_000, "Füße")


def test_floats_stay_as_they_are(tmp_path: Path) -> None:
    encoder = WavEncoder(tmp_path / "a", 44_100, len(NOISE), Tags("T"), 1, "float")
    encoder.write(NOISE)
    encoder.close()
    np.testing.assert_array_equal(np.concatenate(list(encoder.heard())), NOISE)
    assert soundfile.info(tmp_path / "a").subtype == "FLOAT"
    assert encoder.least_bytes() == 8 * len(NOISE)


def test_wav_has_its_title(tmp_path: Path) -> None:
    encoder = WavEncoder(tmp_path / "a", 44_100, len(NOISE), Tags("Füße 🦶"))
    encoder.write(NOISE)
    encoder.close()
    assert soundfile.SoundFile(tmp_path / "a").title == "Füße 🦶"


def test_flac_comments() -> None:
    tags = Tags(
        "T", "A", language="", marks=(Mark("One", Millis(0), Millis(9)), Mark("Two", Millis(3_723_004), Millis(9)))
    )
    assert list(comments(tags)) == [
        ("TITLE", "T"),
        ("ARTIST", "A"),
        ("CHAPTER001", "00:00:00.000"),
        ("CHAPTER001NAME", "One"),
        ("CHAPTER002", "01:02:03.004"),
        ("CHAPTER002NAME", "Two"),
    ]


def test_more_than_a_thousand_chapters_stay_in_order(tmp_path: Path) -> None:
    marks = tuple(Mark(f"{at}", Millis(at), Millis(at + 1)) for at in range(1_200))
    encoder = FlacEncoder(tmp_path / "a", 1000, 1_200, Tags("T", marks=marks))
    encoder.write(np.zeros((1_200, 2), np.float32))
    encoder.close()
    assert encoder.marks() == marks


def test_a_flac_of_others_has_no_chapters(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", NOISE, 44_100)
    mutagen.flac.FLAC(tmp_path / "a.flac").delete()
    assert read_marks(tmp_path / "a.flac", Millis(0)) == ()


def test_an_impossible_rate_is_an_encoder_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError):
        PcmFile(tmp_path / "a", 10_000_000, "FLAC")


LIMITED = """
import errno, resource, sys
import numpy as np
from pathlib import Path
from voiceguide import encoders
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
noise = np.random.default_rng(1).uniform(-0.5, 0.5, (600_000, 2)).astype(np.float32)
encoder = encoders.make(sys.argv[1], Path(sys.argv[2]), 48_000, len(noise), encoders.Tags("T"))
try:
    for at in range(0, len(noise), 10_000):
        encoder.write(noise[at : at + 10_000])
    encoder.close()
except OSError as error:
    print(errno.errorcode[error.errno])
encoder.abort()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
@pytest.mark.parametrize("name", ["flac", "wav", "mp3", "m4a", "ogg", "opus"])
def test_the_disk_s_own_error_comes_through_the_audio_library(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIMITED, name, tmp_path / "a"], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("EFBIG\n", "")
