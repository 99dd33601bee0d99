"""What is heard piece by piece is what a decoder of the whole file hears."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.audio.heard import Ear, Heard
from voiceguide.encoders import Tags, mp3_chunks
from voiceguide.encoders.lame_tag import FRAME
from voiceguide.encoders.mp3 import Mp3Encoder
from voiceguide.errors import EncoderError

KEPT = 98
"""Frames of a chunk in these tests: short, so that there are many borders."""


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3_chunks, "KEPT", KEPT)


def swelling(frames: int, rate: int) -> Samples:
    """Low noise and a tone, never the same."""
    time = np.arange(frames)[:, None] / rate
    dice = np.random.default_rng(3)
    noise = np.cumsum(dice.standard_normal((frames, 2)), axis=0) * 1e-4
    return (0.4 * np.sin(2 * np.pi * (200 + 9 * time) * time) * np.sin(time) ** 2 + noise % 0.1).astype(np.float32)


def written(path: Path, sound: Samples, rate: int) -> Mp3Encoder:
    encoder = Mp3Encoder(path, rate, len(sound), Tags("T"), 2)
    for start in range(0, len(sound), 46_080):
        encoder.write(sound[start : start + 46_080])
    encoder.close()
    return encoder


def whole(encoder: Mp3Encoder, rate: int) -> Heard:
    ear = Ear(rate)
    for block in encoder.heard():
        ear.add(block)
    return ear.finish()


@pytest.mark.parametrize(
    ("rate", "off"),
    [
        *((44_100, off) for off in (-1153, 0, 3456, 3457, 5_000, 7_000, 9_000, 12_000, 50_000)),
        *((rate, off) for rate in (32_000, 48_000) for off in (3457, 9_000)),
    ],
)
def test_pieces_together_are_the_whole(rate: int, off: int, tmp_path: Path) -> None:
    sound = swelling(2 * KEPT * FRAME + off, rate)
    encoder = written(tmp_path / "a.mp3", sound, rate)
    heard, wanted = encoder.heard_already(), whole(encoder, rate)
    assert heard is not None
    assert heard.frames == wanted.frames == len(sound)
    assert heard.powers == pytest.approx(wanted.powers, rel=1e-6)
    assert heard.peak == pytest.approx(wanted.peak, rel=1e-6)
    np.testing.assert_allclose(heard.fingerprint.powers, wanted.fingerprint.powers, rtol=1e-5, atol=1e-12)
    np.testing.assert_allclose(heard.fingerprint.projections, wanted.fingerprint.projections, atol=1e-5)


def test_a_peak_at_any_border_is_found(tmp_path: Path) -> None:
    sound = swelling(2 * KEPT * FRAME, 44_100) * np.float32(0.1)
    for place in range(KEPT * FRAME - 9_000, KEPT * FRAME + 9_000, 2_500):
        peaked = sound.copy()
        peaked[place : place + 40] += 0.5 * np.hanning(40).astype(np.float32)[:, None]
        encoder = written(tmp_path / "a.mp3", peaked, 44_100)
        heard = encoder.heard_already()
        assert heard is not None
        assert heard.peak == pytest.approx(whole(encoder, 44_100).peak, rel=1e-6)


@pytest.mark.parametrize("place", [0.0, 0.001, 0.3, 0.5, 0.999])
def test_one_wrong_bit_in_the_file_is_noticed(place: float, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encoder = written(path, swelling(3 * KEPT * FRAME, 44_100), 44_100)
    data = bytearray(path.read_bytes())
    data[int(place * len(data))] ^= 4
    path.write_bytes(data)
    with pytest.raises(EncoderError, match="the file is not what was written"):
        encoder.heard_already()


def test_more_than_was_written_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encoder = written(path, swelling(3 * KEPT * FRAME, 44_100), 44_100)
    with path.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(EncoderError, match="longer"):
        encoder.heard_already()


def test_a_stream_that_cannot_be_decoded_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = mp3_chunks.independent
    monkeypatch.setattr(mp3_chunks, "independent", lambda *found: honest(*found)[:4] + bytes(len(honest(*found)) - 4))
    encoder = written(tmp_path / "a.mp3", swelling(3 * KEPT * FRAME, 44_100), 44_100)
    heard = encoder.heard_already()
    assert heard is not None
    # A frame of nothing decodes to silence, which the comparison with what was given finds.
    window = 44_100 // 20
    quiet = heard.fingerprint.powers[KEPT * FRAME // window - 1 : KEPT * FRAME // window + 2]
    assert quiet.min() < 0.5 * np.median(heard.fingerprint.powers)
