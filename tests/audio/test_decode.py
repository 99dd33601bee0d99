"""Decoding: what comes back, and what is said of files that are not what they claim."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).parent))
import streams

from voiceguide.audio.decode import decode, decode_bytes
from voiceguide.errors import EngineError

RATE = 22_050
TONE = (0.5 * np.sin(np.linspace(0, 400, RATE))).astype(np.float32)


def written(path: Path, samples: np.ndarray = TONE, **how: str) -> Path:
    soundfile.write(path, samples, RATE, **how)
    return path


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac"])
def test_sixteen_bits_come_back_exactly(tmp_path: Path, suffix: str) -> None:
    steps = (TONE * 32767).astype(np.int16)
    clip = decode(written(tmp_path / f"clip.{suffix}", steps))
    assert clip.rate == RATE
    assert clip.samples.dtype == np.float32
    assert np.array_equal(clip.samples * 32768, steps)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = written(tmp_path / "clip.aiff").rename(tmp_path / "clip.wav")
    assert len(decode(path).samples) == RATE


def test_channels_are_averaged(tmp_path: Path) -> None:
    clip = decode(written(tmp_path / "clip.wav", np.stack([TONE, np.zeros_like(TONE)], axis=1), subtype="FLOAT"))
    assert clip.samples == pytest.approx(TONE / 2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no file clip\.wav"):
        decode(tmp_path / "clip.wav")


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"[PAUSE:5]\n" * 100, "not sound"), (b"RIFF\x00", "not sound")]
)
def test_what_is_no_sound_is_said_to_be_none(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "clip.wav").write_bytes(content)
    with pytest.raises(EngineError, match=reason):
        decode(tmp_path / "clip.wav")


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac"])
@pytest.mark.parametrize("kept", [0.999, 0.5, 0.1])
def test_every_truncation_is_noticed(tmp_path: Path, suffix: str, kept: float) -> None:
    path = written(tmp_path / f"clip.{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(EngineError, match=r"truncated|not sound"):
        decode(path)


def test_a_header_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no sound"):
        decode(written(tmp_path / "clip.wav", TONE[:0]))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    samples = TONE.copy()
    samples[1000] = value
    with pytest.raises(EngineError, match="no numbers"):
        decode(written(tmp_path / "clip.wav", samples, subtype="FLOAT"))


@pytest.mark.parametrize("kind", streams.UNTAGGED)
def test_an_mp3_that_does_not_say_how_long_it_is_is_read_to_its_end(kind: str) -> None:
    data = streams.UNTAGGED[kind]()
    before = threading.active_count()
    clip = decode_bytes(data, "it")
    assert 8 <= len(clip.samples) / clip.rate < 8.2
    assert streams.pitches(clip.samples, clip.rate) == streams.PITCHES
    assert threading.active_count() == before


def test_any_frames_of_such_an_mp3_are_read() -> None:
    data = streams.lame(streams.tune(8), variable=True)
    starts = [at for at in range(1_000, 60_000) if data[at : at + 2] == data[:2]]
    clip = decode_bytes(data[starts[7] :], "it")
    assert len(clip.samples) / clip.rate == pytest.approx(8 * (1 - starts[7] / len(data)), abs=0.3)


def test_what_is_too_long_is_said_of_such_an_mp3() -> None:
    before = threading.active_count()
    with pytest.raises(EngineError, match=r"it is too long: more than 3\.0 s"):
        decode_bytes(streams.lame(streams.tune(60)), "it", 3.0)
    for thread in threading.enumerate():
        if thread.daemon and thread.name.endswith("(_feed)"):
            thread.join(5)
    assert threading.active_count() == before


@pytest.mark.parametrize("kept", [0.999, 0.5, 0.1])
def test_every_truncation_of_such_an_mp3_is_noticed(kept: float) -> None:
    data = streams.lame(streams.tune(8), variable=True)
    with pytest.raises(EngineError, match=r"it is truncated: its last frame lacks \d+ bytes"):
        decode_bytes(data[: int(len(data) * kept)], "it")


def test_flac_that_was_streamed_is_read_to_its_end() -> None:
    tune = streams.tune(8)
    data = streams.streamed(tune, "flac", "-sample_fmt", "s16")
    assert data[21:26] == bytes(5) or not int.from_bytes(data[22:26], "big")
    clip = decode_bytes(data, "it")
    assert len(clip.samples) == len(tune)
    assert clip.samples == pytest.approx(tune, abs=1e-3)
    for kept in (0.999, 0.5, 0.1):
        with pytest.raises(EngineError, match="lost sync"):
            decode_bytes(data[: int(len(data) * kept)], "it")


@pytest.mark.parametrize(("ending", "subtype"), [("ogg", "VORBIS"), ("ogg", "OPUS"), ("mp3", "")])
def test_of_files_put_one_behind_the_other_not_only_the_first_is_heard(
    tmp_path: Path, ending: str, subtype: str
) -> None:
    path = tmp_path / f"a.{ending}"
    data = streams.saved(path, subtype, 48_000)
    assert len(decode_bytes(data, "it").samples) == 4 * 48_000
    path.write_bytes(data * 2)
    assert soundfile.info(path).duration < 5
    with pytest.raises(EngineError, match="it is several streams joined end to end, of which only the first"):
        decode_bytes(data * 2, "it")
