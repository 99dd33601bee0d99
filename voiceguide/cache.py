"""What was made once, by content, with a checksum that is verified on every read: spoken clips first of all.

An entry is `<first two of key>/<key><ending>`: its bytes, then the 32 bytes of SHA-256 over the key and those bytes.
An entry is either whole or counts as missing, and then it is removed. Writing goes to a temporary name in the same
folder first, so several processes may share one cache. There is no fsync: what a power cut tears, the checksum finds.

Clips are 16-bit FLAC, in the cache's folder. Below it, in folders of their own, lies what is quickly made again:
`weights`, measurements of clips, `mp3`, encoded stretches of sessions, and `music`, measurements of files of music.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voiceguide.errors import StorageError

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

T = TypeVar("T")
_SUM = hashlib.sha256().digest_size
_STALE = 3600.0
"""Seconds after which a temporary file belongs to nobody any more."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What a cache holds."""

    clips: int
    """Or entries of another kind."""
    bytes: int


class Entries:
    """A folder of bytes by key, 64 hex digits. It is made with the first entry."""

    def __init__(self, folder: Path, ending: str) -> None:
        self.folder = folder
        self._ending = ending

    def read(self, key: str) -> bytes | None:
        """The verified bytes, or None. A torn entry, or another's, is removed."""
        content = self._read(key)
        if content is not None:
            with contextlib.suppress(OSError):
                os.utime(self._path(key))
        return content

    def write(self, key: str, content: bytes) -> None:
        """Stores bytes, all or nothing. Raises StorageError when the folder cannot take them."""
        path = self._path(key)
        temporary = path.with_name(f".{key}.{os.getpid()}.{time.monotonic_ns():x}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(content + _checksum(key, content))
            temporary.replace(path)
        except OSError as error:
            hint = "free some space, or choose another folder for the cache"
            raise StorageError(f"the cache cannot store a clip: {error}", hint) from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def stats(self) -> Stats:
        """How many entries there are, and how many bytes they take."""
        sizes = [size for _, size, _ in self._entries()]
        return Stats(len(sizes), sum(sizes))

    def clear(self) -> Stats:
        """Removes every entry; says what went."""
        return self._remove([(path, size) for _, size, path in self._entries()])

    def prune(self, max_bytes: int) -> Stats:
        """Removes the entries that were not used for longest until at most `max_bytes` are left; says what went."""
        entries = sorted(self._entries())
        excess = sum(size for _, size, _ in entries) - max_bytes
        doomed = []
        for _, size, path in entries:
            if excess <= 0:
                break
            doomed.append((path, size))
            excess -= size
        return self._remove(doomed)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}{self._ending}"

    def _read(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        body, checksum = content[:-_SUM], content[-_SUM:]
        if checksum == _checksum(key, body):
            return body
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """(last use, bytes, path) of each entry."""
        for path in self.folder.glob(f"??/*{self._ending}"):
            with contextlib.suppress(OSError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path

    def _remove(self, entries: list[tuple[Path, int]]) -> Stats:
        removed = [size for path, size in entries if _unlinked(path)]
        self._sweep()
        return Stats(len(removed), sum(removed))

    def _sweep(self) -> None:
        """Takes away what killed processes left. Empty folders stay: another process may be about to write into one."""
        for path in self.folder.glob("??/.*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE:
                    path.unlink()


class ClipCache(Entries):
    """A folder of clips, with what was made of them below it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ".flac")
        self.weights = Entries(folder / "weights", ".weight")
        self.mp3 = Entries(folder / "mp3", ".mp3")
        self.music = music_in(folder)

    def get(self, key: str) -> Clip | None:
        """The clip, exactly as it was stored in 16-bit steps, or None."""
        flac = self.read(key)
        if flac is None:
            return None
        try:
            return _decode(flac)
        except (RuntimeError, AssertionError):
            self._path(key).unlink(missing_ok=True)
            return None

    def length(self, key: str) -> tuple[int, int] | None:
        """(frames, rate in Hz) of a clip that `get` would give, without decoding it; or None."""
        flac = self._read(key)
        return None if flac is None else _streaminfo(flac)

    def stamp(self, key: str) -> str | None:
        """What names the very samples of a clip that is there, as its file says: hex digits; or None."""
        try:
            with self._path(key).open("rb") as file:
                file.seek(-_SUM, os.SEEK_END)
                return file.read().hex()
        except OSError:
            return None

    def put(self, key: str, clip: Clip) -> None:
        """Stores a clip, all or nothing. Raises StorageError when the folder cannot take it."""
        flac = _encode(clip)
        if len(_decode(flac).samples) != len(clip.samples):
            raise StorageError("a clip did not come back from its FLAC", "try again")
        self.write(key, flac)

    def stats(self) -> Stats:
        """How many clips there are, and how many bytes they and all that was made of them take."""
        clips = super().stats()
        return Stats(
            clips.clips, clips.bytes + sum(entries.stats().bytes for entries in (self.weights, self.mp3, self.music))
        )

    def clear(self) -> Stats:
        """Removes every clip and all that was made of them; says which clips went."""
        for entries in (self.weights, self.mp3, self.music):
            entries.clear()
        return super().clear()

    def prune(self, max_bytes: int) -> Stats:
        """Removes the clips that were not used for longest, and before them what can be made of clips, until at most
        `max_bytes` are left; says which clips went.
        """
        left = max_bytes - super().stats().bytes
        for entries in (self.weights, self.mp3, self.music):
            entries.prune(max(0, left))
            left -= entries.stats().bytes
        return super().prune(max_bytes)


def music_in(folder: Path) -> Entries:
    """What a cache in `folder` keeps about files of music."""
    return Entries(folder / "music", ".json")


def _unlinked(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _checksum(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()


def _streaminfo(flac: bytes) -> tuple[int, int]:
    """(frames, rate): 20 bits of rate, 3 + 5 of layout, 36 of frames, from byte 18."""
    packed = int.from_bytes(flac[18:26], "big")
    return packed & (1 << 36) - 1, packed >> 44


def _aside(work: Callable[[], T]) -> T:
    """Does `work` on another thread: a signal that arrives in a callback of libsndfile's would be swallowed there."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _encode(clip: Clip) -> bytes:
    import soundfile

    from voiceguide.audio.stitch import to_steps

    file = io.BytesIO()
    _aside(lambda: soundfile.write(file, to_steps(clip.samples), clip.rate, format="FLAC", subtype="PCM_16"))
    return file.getvalue()


def _decode(flac: bytes) -> Clip:
    import soundfile

    from voiceguide.audio.clip import Clip
    from voiceguide.audio.stitch import from_steps

    steps, rate = _aside(lambda: soundfile.read(io.BytesIO(flac), dtype="int16"))
    return Clip(from_steps(steps), int(rate))
