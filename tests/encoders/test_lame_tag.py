from __future__ import annotations

import random
from pathlib import Path

import mutagen.mp3
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voiceguide.encoders import Tags, lame_tag
from voiceguide.encoders.crc import crc16
from voiceguide.encoders.mp3 import Mp3Encoder, attenuation
from voiceguide.errors import EncoderError, UsageError


def plain_crc(data: bytes, crc: int = 0) -> int:
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def test_the_checksum_is_crc_16_arc() -> None:
    assert crc16(b"123456789") == 0xBB3D  # the catalogue's check value


@given(st.binary(max_size=400), st.integers(0, 0xFFFF))
def test_the_checksum_goes_on_from_any_other(data: bytes, crc: int) -> None:
    assert crc16(data, crc) == plain_crc(data, crc)


def encoded(path: Path, samples: NDArray[np.float32], rate: int = 44_100, bitrate: int = 128) -> bytes:
    encoder = Mp3Encoder(path, rate, len(samples), Tags("T"), quality=str(bitrate))
    encoder.write(samples)
    encoder.close()
    data = path.read_bytes()
    size = 10 + int("".join(f"{byte:07b}" for byte in data[6:10]), 2)
    return data[size:]


def test_the_tag_says_what_the_file_is(tmp_path: Path) -> None:
    data = encoded(tmp_path / "a.mp3", np.zeros((100_000, 2), np.float32))
    size = lame_tag.frame_size(128, 44_100)
    tag, stream = data[:size], data[size:]
    frames = len(stream) * 44_100 // (144_000 * 128)
    assert tag[36:40] == b"Info"
    assert int.from_bytes(tag[44:48]) == frames + 1 == -(-(100_000 + 1105) // 1152)
    assert int.from_bytes(tag[48:52]) == len(data)
    assert list(tag[52:152]) == sorted(tag[52:152])
    delay, padding = divmod(int.from_bytes(tag[177:180]), 4096)
    assert delay == 576
    assert delay + 100_000 + padding == (frames + 1) * 1152
    assert int.from_bytes(tag[184:188]) == len(data)
    assert int.from_bytes(tag[188:190]) == plain_crc(stream)
    assert int.from_bytes(tag[190:192]) == plain_crc(tag[:190])


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
@pytest.mark.parametrize("bitrate", [64, 96, 128, 160, 192, 224, 256, 320])
def test_level_and_length_at_every_bitrate(rate: int, bitrate: int, tmp_path: Path) -> None:
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)[:, None].repeat(2, axis=1)
    encoded(tmp_path / "a.mp3", tone, rate, bitrate)
    heard, found = soundfile.read(tmp_path / "a.mp3")
    assert (found, heard.shape) == (rate, tone.shape)
    assert 20 * np.log10(heard[2000:-2000].std() / tone[2000:-2000].std()) == pytest.approx(0, abs=0.02)
    info = mutagen.mp3.MP3(tmp_path / "a.mp3").info
    assert info.length * rate == pytest.approx(rate, abs=0.5)
    assert (info.bitrate_mode, info.sketchy) == (mutagen.mp3.BitrateMode.CBR, False)


def test_what_lame_takes_away_is_known() -> None:
    assert [attenuation(bitrate) for bitrate in (64, 160, 192, 224, 256, 320)] == [0.95, 0.95, 0.97, 0.98, 1, 1]


def test_lengths_around_frames(tmp_path: Path) -> None:
    for frames in range(1, 2401, 47):
        encoded(tmp_path / "a.mp3", np.full((frames, 2), 0.1, np.float32))
        assert soundfile.info(tmp_path / "a.mp3").frames == len(soundfile.read(tmp_path / "a.mp3")[0]) == frames


def test_the_counter_takes_frames_in_any_pieces(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (1_200_000, 2)).astype(np.float32)
    stream = encoded(tmp_path / "a.mp3", samples, bitrate=320)[lame_tag.frame_size(320, 44_100) :]
    whole, pieces, pick = lame_tag.Counter(), lame_tag.Counter(), random.Random(1)
    whole.add(stream)
    at = 0
    while at < len(stream):
        step = pick.randint(1, 300_000)
        pieces.add(stream[at : at + step])
        at += step
    found = whole.finish()
    assert found == pieces.finish()
    assert (found.frames, found.size, found.crc) == (-(-(1_200_000 + 1105) // 1152), len(stream), plain_crc(stream))


@pytest.mark.parametrize("stream", [b"no frames at all", b"\xff\xfb\x90\x64" + bytes(20), b"\xff\xfb"])
def test_what_is_no_stream_is_refused(stream: bytes) -> None:
    counter = lame_tag.Counter()
    counter.add(stream)
    with pytest.raises(EncoderError):
        counter.finish()


def test_too_few_frames_for_the_samples_are_refused() -> None:
    with pytest.raises(EncoderError, match="2 frames for 1200 samples"):
        lame_tag.info_frame(lame_tag.Stream(2, 835, 0, 0x44), 1200, 128, 44_100)


@pytest.mark.parametrize(
    ("rate", "quality"), [(22_050, ""), (44_100, "100"), (44_100, "32"), (96_000, ""), (44_100, "v")]
)
def test_what_mp3_cannot_hold(rate: int, quality: str, tmp_path: Path) -> None:
    with pytest.raises((EncoderError, UsageError)):
        Mp3Encoder(tmp_path / "a", rate, 10, Tags("T"), quality=quality)
    assert not list(tmp_path.iterdir())


def test_nothing_given_is_an_error(tmp_path: Path) -> None:
    encoder = Mp3Encoder(tmp_path / "a", 44_100, 0, Tags("T"))
    with pytest.raises(EncoderError):
        encoder.close()
    encoder.abort()
