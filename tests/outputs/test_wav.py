"""What was heard, as a file."""

from pathlib import Path
from time import sleep

import numpy as np
import pytest
import soundfile

from voiceguide import outputs
from voiceguide.audio.dither import to_int16
from voiceguide.errors import CannotCreate, StorageError
from voiceguide.outputs import wav

RATE = 48_000
SOUND = np.random.default_rng(1).uniform(-0.5, 0.5, (3 * RATE, 2)).astype(np.float32)


def written(path: Path, sound: np.ndarray = SOUND) -> None:
    left = [sound]

    def pull(frames: int) -> np.ndarray:
        block, left[0] = left[0][:frames], left[0][frames:]
        return block

    output = outputs.make(f"wav:{path}")
    output.open(RATE, pull)
    while len(left[0]):
        sleep(0.01)
    output.close()


def test_the_file_is_what_was_heard(tmp_path: Path) -> None:
    path = tmp_path / "heard.wav"
    path.write_bytes(b"what was there before")
    written(path)
    found, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    np.testing.assert_array_equal(found, to_int16(SOUND, 0))
    assert [one.name for one in tmp_path.iterdir()] == ["heard.wav"]


def test_nothing_is_there_before_the_end(tmp_path: Path) -> None:
    output = outputs.make(f"wav:{tmp_path / 'heard.wav'}")
    output.open(RATE, lambda frames: np.zeros((frames, 2), np.float32))
    assert not (tmp_path / "heard.wav").exists()
    output.close()
    assert (tmp_path / "heard.wav").exists()


def test_opened_again_it_goes_on(tmp_path: Path) -> None:
    output = outputs.make(f"wav:{tmp_path / 'heard.wav'}")
    for part in (SOUND[:RATE], SOUND[RATE:]):
        left, before = [SOUND[:0], part], output.consumed
        output.open(RATE, lambda _frames, left=left: left.pop() if left else SOUND[:0])
        while output.consumed < before + len(part):
            sleep(0.01)
        output.close()
    found, _ = soundfile.read(tmp_path / "heard.wav", dtype="int16")
    np.testing.assert_array_equal(found, to_int16(SOUND, 0))


def test_very_long_ones_are_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav, "_LARGEST", 1 << 16)
    path = tmp_path / "long.wav"
    written(path)
    assert path.read_bytes()[:4] == b"RF64"
    assert soundfile.info(path).frames == len(SOUND)


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "heard.wav"):
        with pytest.raises(CannotCreate):
            outputs.make(f"wav:{place}").open(RATE, lambda frames: np.zeros((frames, 2), np.float32))


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    def pull(_frames: int) -> np.ndarray:
        raise OSError(28, "No space left on device")

    output = outputs.make(f"wav:{tmp_path / 'heard.wav'}")
    output.open(RATE, pull)
    while not output.fault:
        sleep(0.01)
    with pytest.raises(StorageError, match="No space left"):
        output.close()
    assert not list(tmp_path.iterdir())
