"""Bytes that somebody sent: what they are, what they promise, and what is made of them."""

import contextlib
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "contracts"))
from damage import CONVERTED, sizes, wav

from voiceguide.audio.decode import decode_bytes
from voiceguide.audio.wavbytes import described, kind, mended, missing
from voiceguide.errors import EngineError

RATE = 24_000
TONE = (0.3 * np.sin(np.arange(RATE) / 10) * np.hanning(RATE)).astype(np.float32)
WAV = wav(TONE, RATE)


@pytest.mark.parametrize("name", CONVERTED)
def test_every_form_comes_back_as_the_same_sound(name: str) -> None:
    clip = decode_bytes(CONVERTED[name](WAV), "it")
    assert clip.rate == RATE
    assert len(clip.samples) == RATE
    error = clip.samples / np.abs(clip.samples).max() - TONE / TONE.max()
    assert np.abs(error).max() < (0.1 if name in ("MP3", "Ogg") else 0.05)


@pytest.mark.parametrize(
    ("format_", "subtype", "found"),
    [
        ("WAV", "PCM_16", "wav"),
        ("WAVEX", "FLOAT", "wav"),
        ("RF64", "PCM_16", "wav"),
        ("AIFF", "PCM_16", "aiff"),
        ("FLAC", "PCM_16", "flac"),
        ("OGG", "VORBIS", "ogg"),
        ("OGG", "OPUS", "ogg"),
        ("MP3", "MPEG_LAYER_III", "mp3"),
    ],
)
@pytest.mark.parametrize("rate", [8_000, 24_000, 48_000])
def test_the_content_tells_the_kind(format_: str, subtype: str, found: str, rate: int) -> None:
    data = wav(TONE, rate, format_, subtype)
    assert kind(data) == found
    assert len(decode_bytes(data, "it").samples) >= RATE


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF - 36])
def test_a_size_that_was_not_known_is_found_out(size: int) -> None:
    assert np.array_equal(decode_bytes(sizes(WAV, size, size), "it").samples, decode_bytes(WAV, "it").samples)


SIZES = {"small": 0, "espeak": 0x7FFFF000, "signed": 0x7FFFFFFF, "arecord": 0x80000000, "ffmpeg": 0xFFFFFFFF}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_what_is_streamed_misses_nothing(size: int) -> None:
    data = sizes(WAV, size, size)
    assert missing(BytesIO(data), len(data)) == 0


@pytest.mark.parametrize("size", [0x7FFF_0000, 0x9000_0000, 0xC000_0000, 0xFFFE_0000])
def test_more_than_two_gigabytes_may_be_promised_too(size: int) -> None:
    data = sizes(WAV, size, size)
    assert missing(BytesIO(data), len(data)) == size - 2 * RATE


def test_the_size_of_rf64_lies_in_a_chunk_of_its_own() -> None:
    whole = wav(TONE, RATE, "RF64")
    assert whole[:4] == b"RF64"
    assert missing(BytesIO(whole), len(whole)) == 0
    cut = whole[:-1_000]
    assert missing(BytesIO(cut), len(cut)) == 1_000


def test_chunks_before_and_after_the_sound_are_no_sound() -> None:
    listed = b"LIST\x05\x00\x00\x00INFO!\x00"
    padded = WAV[:36] + listed + WAV[36:] + listed
    assert np.array_equal(decode_bytes(padded, "it").samples, decode_bytes(WAV, "it").samples)
    with pytest.raises(EngineError, match="no sound"):
        mended(sizes(WAV[:44], 0, 0) + listed, "it")


@pytest.mark.parametrize("format_", ["WAV", "FLAC", "OGG", "AIFF"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_what_is_cut_off_is_noticed(format_: str, kept: float) -> None:
    data = wav(TONE, RATE, format_, None if format_ == "OGG" else "PCM_16")
    with pytest.raises(EngineError, match=r"it is (truncated|not sound)"):
        decode_bytes(data[: int(len(data) * kept)], "it")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n <!DOCTYPE html>", "a web page"),
        (b'{"error": 1}', "a message in JSON"),
        (b"Service Unavailable", "is text"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"\x00\x00\x00\x20ftypM4A ", "AAC"),
        (b"\xff\xf1\x50\x80", "AAC"),
        (WAV[44:], "no sound of any known kind"),
        (b"\xff\xfb\x90\x00" + bytes(500), "no sound of any known kind"),
        (b"\x00" * 40, "no sound of any known kind"),
    ],
)
def test_what_is_no_sound_is_called_what_it_is(data: bytes, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        decode_bytes(data, "it")


def test_silence_of_eight_bits_is_silent() -> None:
    wavering = np.where(np.arange(RATE) % 3, 0, -1e-4).astype(np.float32)
    clip = decode_bytes(wav(np.concatenate([TONE, wavering]), RATE, subtype="PCM_U8"), "it")
    assert not clip.samples[RATE:].any()
    assert clip.samples[:RATE].any()


@pytest.mark.parametrize("rate", [1_000, 7_999, 192_001, 1_000_000])
def test_no_voice_has_such_a_rate(rate: int) -> None:
    with pytest.raises(EngineError, match=f"{rate} Hz"):
        decode_bytes(WAV[:24] + rate.to_bytes(4, "little") + WAV[28:], "it")


def test_sound_beyond_its_limit_is_not_read() -> None:
    quiet = wav(np.zeros(60 * RATE, np.float32), RATE, "FLAC")
    assert len(quiet) < 100_000
    with pytest.raises(EngineError, match="too long"):
        decode_bytes(quiet, "it", 10)


@given(st.binary(max_size=200), st.integers(0, 60), st.booleans())
def test_garbage_is_an_error_and_nothing_else(data: bytes, kept: int, header: bool) -> None:
    data = WAV[:kept] + data if header else data
    assert described(data)
    with contextlib.suppress(EngineError):
        assert len(decode_bytes(data, "it").samples)
