"""The store of spoken clips: exact, verified on every read, and never torn."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Clip
from voiceguide.audio.stitch import from_steps
from voiceguide.cache import ClipCache, Stats
from voiceguide.errors import StorageError

RATE = 22_050
KEY = "a" * 64
OTHER = "b" * 64


def clip(frames: int = 5000, seed: int = 1) -> Clip:
    steps = np.random.default_rng(seed).integers(-2000, 2000, frames)
    return Clip(from_steps(steps.astype(np.int16)), RATE)


@pytest.fixture
def cache(tmp_path: Path) -> ClipCache:
    return ClipCache(tmp_path / "cache")


def entry(cache: ClipCache) -> Path:
    (path,) = cache.folder.glob("??/*.flac")
    return path


def files(cache: ClipCache) -> list[Path]:
    return [path for path in cache.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("frames", "rate"), [(1, 8_000), (5000, 22_050), (70_001, 44_100), (300, 48_000)])
def test_a_clip_comes_back_to_the_sample(cache: ClipCache, frames: int, rate: int) -> None:
    stored = Clip(clip(frames).samples, rate)
    cache.put(KEY, stored)
    found = cache.get(KEY)
    assert found is not None
    assert found.rate == rate
    assert found.samples.dtype == np.float32
    assert np.array_equal(found.samples, stored.samples)
    assert cache.length(KEY) == (frames, rate)


def test_what_is_not_there_is_none(cache: ClipCache) -> None:
    assert cache.get(KEY) is None
    assert cache.length(KEY) is None
    assert cache.stats() == Stats(0, 0)
    assert not cache.folder.exists()


def test_every_flipped_bit_is_noticed(cache: ClipCache) -> None:
    cache.put(KEY, clip(300))
    whole = entry(cache).read_bytes()
    places = np.random.default_rng(2).integers(0, 8 * len(whole), 400)
    for place in places:
        torn = bytearray(whole)
        torn[place // 8] ^= 1 << (place % 8)
        path = cache.folder / KEY[:2] / f"{KEY}.flac"
        path.write_bytes(torn)
        assert cache.length(KEY) is None
        assert not path.exists()


@pytest.mark.parametrize("kept", [0, 1, 31, 32, 33, -1, -32, -33])
def test_every_truncation_is_noticed_and_removed(cache: ClipCache, kept: int) -> None:
    cache.put(KEY, clip())
    path = entry(cache)
    path.write_bytes(path.read_bytes()[:kept])
    assert cache.get(KEY) is None
    assert not path.exists()


def test_another_clips_file_under_this_name_is_no_clip(cache: ClipCache) -> None:
    cache.put(KEY, clip())
    wrong = cache.folder / OTHER[:2] / f"{OTHER}.flac"
    wrong.parent.mkdir()
    entry(cache).rename(wrong)
    assert cache.get(OTHER) is None


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot store"):
        ClipCache(tmp_path / "file").put(KEY, clip())


def test_a_full_disk_leaves_neither_a_torn_entry_nor_a_temporary(
    cache: ClipCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    cache.put(KEY, clip())
    monkeypatch.setattr(Path, "write_bytes", half)
    for key in (KEY, OTHER):
        with pytest.raises(StorageError, match="No space left"):
            cache.put(key, clip(seed=2))
    found = cache.get(KEY)
    assert found is not None
    assert np.array_equal(found.samples, clip().samples)
    assert files(cache) == [entry(cache)]


def test_clearing_and_counting(cache: ClipCache) -> None:
    cache.put(KEY, clip())
    cache.put(OTHER, clip(seed=2))
    stats = cache.stats()
    assert stats.clips == 2
    assert stats.bytes == sum(path.stat().st_size for path in files(cache))
    assert cache.clear() == stats
    assert cache.stats() == Stats(0, 0)
    assert files(cache) == []


def test_pruning_keeps_what_was_used_last(cache: ClipCache) -> None:
    keys = [f"{n:064x}" for n in range(4)]
    for age, key in enumerate(keys):
        cache.put(key, clip(seed=7))
        os.utime(cache.folder / key[:2] / f"{key}.flac", (1000 + age, 1000 + age))
    cache.get(keys[0])
    gone = cache.prune(cache.stats().bytes // 2)
    assert gone.clips == 2
    assert [cache.length(key) is not None for key in keys] == [True, False, False, True]


def test_only_old_temporaries_are_swept(cache: ClipCache) -> None:
    cache.put(KEY, clip())
    old, young = (entry(cache).with_name(f".{name}.tmp") for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    cache.prune(10**9)
    assert not old.exists()
    assert young.exists()
    assert cache.length(KEY) is not None


WRITER = """
import sys
from pathlib import Path
import numpy as np
from voiceguide.audio.clip import Clip
from voiceguide.cache import ClipCache
cache = ClipCache(Path(sys.argv[1]))
for turn in range(60):
    key = f"{turn % 5:064x}"
    found = cache.get(key)
    assert found is None or len(found.samples) == 2000 + turn % 5, found
    cache.put(key, Clip(np.full(2000 + turn % 5, 0.25, np.float32), 22050))
    if turn % 20 == int(sys.argv[2]):
        cache.clear()
"""


def test_processes_share_a_folder(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    commands = [[sys.executable, "-c", WRITER, str(tmp_path), str(number)] for number in range(3)]
    running = [subprocess.Popen(command, env=environment) for command in commands]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert not list(tmp_path.rglob("*.tmp"))


def test_lengths_need_no_numpy(cache: ClipCache) -> None:
    cache.put(KEY, clip())
    code = f"""
import sys
sys.path[:] = {sys.path!r}
from pathlib import Path
from voiceguide.cache import ClipCache
assert ClipCache(Path({str(cache.folder)!r})).length({KEY!r}) == (5000, 22050)
assert not {{"numpy", "soundfile"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
