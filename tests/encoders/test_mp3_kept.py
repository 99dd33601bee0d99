"""Chunks that are kept are taken only where they are right, and the file is the same as without them."""

from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.audio.fingerprint import Fingerprint
from voiceguide.audio.heard import Heard
from voiceguide.cache import Entries
from voiceguide.encoders import Tags, mp3_kept
from voiceguide.encoders.lame_tag import FRAME, Stream
from voiceguide.encoders.mp3 import Mp3Encoder
from voiceguide.encoders.mp3_chunks import KEPT, Pcm, Work
from voiceguide.encoders.mp3_piece import Piece, Place, checksum

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


def test_a_chunk_that_another_machine_heard_is_taken(kept: Entries, tmp_path: Path) -> None:
    sound = noise(20)
    plain = encoded(sound, tmp_path / "first.mp3", kept)
    (path,) = kept.folder.glob("??/*.mp3")
    entry = kept.read(path.stem)
    assert entry is not None
    piece = mp3_kept.unpacked(entry)
    piece.heard.fingerprint.powers[:] = np.nextafter(piece.heard.fingerprint.powers, np.float32(1))
    kept.write(path.stem, mp3_kept.packed(piece))
    assert encoded(sound, tmp_path / "second.mp3", kept) == plain


def test_a_place_that_vanishes_loses_nothing(kept: Entries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_most: int) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(kept, "prune", gone)
    assert encoded(noise(20), tmp_path / "first.mp3", kept)


def test_a_place_that_takes_nothing_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    sound = noise(20)
    first = encoded(sound, tmp_path / "first.mp3", Entries(blocked / "mp3", ".mp3"))
    assert first == encoded(sound, tmp_path / "plain.mp3", None)


def work(samples: Pcm, first: int = 0) -> Work:
    return Work(samples, 0, None, Place(RATE, 128, first, first * FRAME + len(samples)))


def test_what_repeats_is_encoded_once(kept: Entries) -> None:
    asked: list[Work] = []

    def make(wanted: Work) -> Piece:
        asked.append(wanted)
        return Piece(
            b"frames", Stream(1, 6, 2, 3), Heard(0, np.zeros(0), 0.5, Fingerprint(RATE).finish()), checksum(b"frames")
        )

    with mp3_kept.kept_in(kept):
        remembered = mp3_kept.remembering(make, "anything")
        same = np.zeros((1_000, 2), np.int16)
        pieces = [remembered(work(samples)) for samples in (same, same.copy(), same + 1)]
        pieces.append(remembered(work(same, KEPT)))  # elsewhere another part of it is heard by itself
    assert [(piece.stream, piece.sum, piece.counted) for piece in pieces] == [
        (b"frames", checksum(b"frames"), Stream(1, 6, 2, 3))
    ] * 4
    assert len(asked) == 3


def test_what_was_heard_comes_back_to_the_bit(kept: Entries, tmp_path: Path) -> None:
    sound = noise(60)
    heard = []
    for name in ("first.mp3", "second.mp3"):
        with mp3_kept.kept_in(kept):
            encoder = Mp3Encoder(tmp_path / name, RATE, len(sound), Tags("chunks"), 2)
        encoder.write(sound)
        encoder.close()
        heard.append(encoder.heard_already())
    first, second = heard
    assert first is not None
    assert second is not None
    assert (first.frames, first.peak, first.powers.tobytes()) == (second.frames, second.peak, second.powers.tobytes())
    assert first.fingerprint.powers.tobytes() == second.fingerprint.powers.tobytes()
    assert first.fingerprint.projections.tobytes() == second.fingerprint.projections.tobytes()


def test_the_longest_unused_go_first(kept: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3_kept, "MOST_BYTES", 500)
    with mp3_kept.kept_in(kept):
        for number in range(4):
            kept.write(f"{number:064x}", bytes(200))
    assert kept.stats().bytes <= 500


def test_outside_nothing_is_kept() -> None:
    def make(_: Work) -> Piece:
        raise AssertionError

    assert mp3_kept.remembering(make, "anything") is make
