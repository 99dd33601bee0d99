"""Chunks that are kept are taken only where they are right, and the file is the same as without them."""

from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.cache import Entries
from voiceguide.encoders import Tags, mp3_kept
from voiceguide.encoders.lame_tag import FRAME
from voiceguide.encoders.mp3 import Mp3Encoder
from voiceguide.encoders.mp3_chunks import KEPT, Pcm

RATE = 44_100
CHUNK = KEPT * FRAME


@pytest.fixture
def kept(tmp_path: Path) -> Entries:
    return Entries(tmp_path / "mp3", ".mp3")


def noise(seconds: float, seed: int = 1) -> Samples:
    return (np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2)) * 0.1).astype(np.float32)


def encoded(sound: Samples, path: Path, kept: Entries | None, quality: str = "") -> bytes:
    def write() -> None:
        encoder = Mp3Encoder(path, RATE, len(sound), Tags("chunks"), 2, quality)
        for at in range(0, len(sound), 46_080):
            encoder.write(sound[at : at + 46_080])
        encoder.close()

    if kept is None:
        write()
    else:
        with mp3_kept.kept_in(kept):
            write()
    return path.read_bytes()


def test_kept_chunks_make_the_very_same_file(kept: Entries, tmp_path: Path) -> None:
    sound = noise(120)
    plain = encoded(sound, tmp_path / "plain.mp3", None)
    assert encoded(sound, tmp_path / "first.mp3", kept) == plain
    assert kept.stats().clips == 3
    assert encoded(sound, tmp_path / "second.mp3", kept) == plain


def test_what_is_changed_is_encoded_anew_and_the_rest_is_not(kept: Entries, tmp_path: Path) -> None:
    sound = noise(120)
    encoded(sound, tmp_path / "first.mp3", kept)
    sound[CHUNK + CHUNK // 2] += 0.01
    changed = encoded(sound, tmp_path / "changed.mp3", kept)
    assert kept.stats().clips == 4
    assert changed == encoded(sound, tmp_path / "plain.mp3", None)


def test_another_bit_rate_is_another_chunk(kept: Entries, tmp_path: Path) -> None:
    sound = noise(20)
    encoded(sound, tmp_path / "first.mp3", kept)
    assert encoded(sound, tmp_path / "96.mp3", kept, "96") == encoded(sound, tmp_path / "plain.mp3", None, "96")
    assert kept.stats().clips == 2


def test_a_damaged_chunk_is_encoded_again(kept: Entries, tmp_path: Path) -> None:
    sound = noise(20)
    plain = encoded(sound, tmp_path / "first.mp3", kept)
    (path,) = kept.folder.glob("??/*.mp3")
    torn = bytearray(path.read_bytes())
    torn[len(torn) // 2] ^= 1
    path.write_bytes(torn)
    assert encoded(sound, tmp_path / "second.mp3", kept) == plain


def test_a_place_that_takes_nothing_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    sound = noise(20)
    first = encoded(sound, tmp_path / "first.mp3", Entries(blocked / "mp3", ".mp3"))
    assert first == encoded(sound, tmp_path / "plain.mp3", None)


def test_what_repeats_is_encoded_once(kept: Entries) -> None:
    asked: list[Pcm] = []

    def encode(samples: Pcm) -> bytes:
        asked.append(samples)
        return b"frames"

    with mp3_kept.kept_in(kept):
        remembered = mp3_kept.remembering(encode, "anything")
        same = np.zeros((1_000, 2), np.int16)
        assert [remembered(same), remembered(same.copy()), remembered(same + 1)] == [b"frames"] * 3
    assert len(asked) == 2


def test_the_longest_unused_go_first(kept: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3_kept, "MOST_BYTES", 500)
    with mp3_kept.kept_in(kept):
        for number in range(4):
            kept.write(f"{number:064x}", bytes(200))
    assert kept.stats().bytes <= 500


def test_outside_nothing_is_kept() -> None:
    def encode(samples: Pcm) -> bytes:
        return samples.tobytes()

    assert mp3_kept.remembering(encode, "anything") is encode
