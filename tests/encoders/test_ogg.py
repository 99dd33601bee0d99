from __future__ import annotations

from pathlib import Path

import mutagen.ogg
import numpy as np
import pytest

from voiceguide.audio.heard import Ear
from voiceguide.encoders import Tags
from voiceguide.encoders.ogg import OpusEncoder, VorbisEncoder
from voiceguide.encoders.ogg_pages import checksum, number
from voiceguide.errors import EncoderError, UsageError

NOISE = (0.1 * np.random.default_rng(1).standard_normal((96_000, 2))).astype(np.float32)


def plain_checksum(page: bytes) -> bytes:
    """As RFC 3533 puts it, bit by bit."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 1 << 31 else 0)) & 0xFFFFFFFF
    return crc.to_bytes(4, "little")


@pytest.mark.parametrize("page", [b"", b"OggS", bytes(range(256)) * 3])
def test_the_checksum_of_a_page(page: bytes) -> None:
    assert checksum(page) == plain_checksum(page)


@pytest.mark.parametrize("make", [OpusEncoder, VorbisEncoder])
def test_pages_are_whole_numbered_alike_and_end_where_the_sound_does(
    make: type[OpusEncoder] | type[VorbisEncoder], tmp_path: Path
) -> None:
    encoder = make(tmp_path / "a", 48_000, len(NOISE), Tags("T", comment="x" * 100_000))
    encoder.write(NOISE)
    encoder.close()
    pages = []
    with (tmp_path / "a").open("rb") as file:
        while file.tell() < (tmp_path / "a").stat().st_size:
            pages.append(mutagen.ogg.OggPage(file))  # which checks nothing but lengths
    assert {page.serial for page in pages} == {pages[0].serial}
    assert [page.sequence for page in pages] == list(range(len(pages)))
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    skipped = 312 if make is OpusEncoder else 0  # Opus begins with what its decoder throws away
    assert pages[-1].position == len(NOISE) + skipped


def test_what_is_no_ogg_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(EncoderError):
        number(tmp_path / "a")


@pytest.mark.parametrize(("kbits", "least", "most"), [("56", 35, 80), ("96k", 70, 130), ("192", 150, 250)])
def test_opus_is_about_as_large_as_was_asked(kbits: str, least: float, most: float, tmp_path: Path) -> None:
    encoder = OpusEncoder(tmp_path / "a", 48_000, len(NOISE), Tags("T"), 1, kbits)
    encoder.write(NOISE)
    encoder.close()
    assert least < (tmp_path / "a").stat().st_size * 8 / (len(NOISE) / 48) < most


def test_a_better_vorbis_is_larger(tmp_path: Path) -> None:
    sizes = []
    for quality in ("q0", "", "q10"):
        encoder = VorbisEncoder(tmp_path / "a", 48_000, len(NOISE), Tags("T"), 1, quality)
        encoder.write(NOISE)
        encoder.close()
        sizes.append((tmp_path / "a").stat().st_size)
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] / 3


@pytest.mark.parametrize("quality", ["q11", "128", "q-1", "48", "1000"])
def test_what_neither_knows(quality: str) -> None:
    with pytest.raises(UsageError):
        VorbisEncoder.traits(quality)
    with pytest.raises(UsageError):
        OpusEncoder.traits("q4" if quality == "128" else quality)


def test_at_its_least_opus_keeps_what_is_high(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 48 kbit/s and below it leaves out what lies above 12 kHz, and noise becomes softer than it was mixed."""

    def loudness(kbits: str) -> float:
        encoder = OpusEncoder(tmp_path / kbits, 48_000, len(NOISE), Tags("T"), 1, kbits)
        encoder.write(NOISE)
        encoder.close()
        ear = Ear(48_000)
        for block in encoder.heard():
            ear.add(block)
        return ear.finish().loudness_lufs

    assert loudness("56") == pytest.approx(loudness("128"), abs=0.1)
    monkeypatch.setattr("voiceguide.encoders.ogg._LEAST_OPUS", 48)
    assert loudness("48") < loudness("128") - 0.4
