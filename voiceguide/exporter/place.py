"""The place of a file that is not there until it is whole: a hidden temporary beside it, renamed at the very end."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from voiceguide.errors import CannotCreate
from voiceguide.exporter import faults

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EXDEV)
"""What file systems without hard links answer."""
_LONGEST_NAME = 180  # bytes of the target's name in the temporary's; file systems allow 255


def check(target: Path, *, clobber: bool = True) -> Path:
    """Where `target` really lies, links followed. Touches nothing.

    Raises CannotCreate when its folder is missing or read-only, or when it is a folder or device, or is there
    already and must not be replaced.
    """
    try:
        place = Path(os.path.realpath(target))
        mode = _mode(place)
    except (OSError, ValueError) as error:
        raise CannotCreate(f"cannot create '{target}': {error}", "choose another file name") from error
    if not place.parent.is_dir():
        raise CannotCreate(f"cannot create '{target}': there is no folder '{place.parent}'", "make the folder first")
    if mode is not None:
        _check_existing(target, mode, clobber=clobber)
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise CannotCreate(f"cannot create '{target}': its folder is read-only", "choose another folder")
    return place


def _mode(place: Path) -> int | None:
    try:
        return place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _check_existing(target: Path, mode: int, *, clobber: bool) -> None:
    if stat.S_ISDIR(mode):
        raise CannotCreate(f"cannot create '{target}': it is a folder", "add a file name")
    if not stat.S_ISREG(mode):
        raise CannotCreate(f"cannot create '{target}': it is not an ordinary file", "choose another file name")
    if not clobber:
        raise _exists(target)


def _exists(target: Path) -> CannotCreate:
    return CannotCreate(f"'{target}' exists already", "choose another file name, or let it be replaced")


class Part:
    """The temporary of one run. It is locked while the run lives, so that the next one knows what was left behind."""

    def __init__(self, path: Path, place: Path, lock: int) -> None:
        self.path = path
        self._place = place
        self._lock = lock

    def sync(self) -> None:
        """Waits until all of the file is safely on the disk. Raises StorageError when that fails."""
        try:
            os.fsync(self._lock)
        except OSError as error:
            raise faults.of_storage(error, self._place) from error

    def keep(self, *, clobber: bool = True) -> None:
        """Gives the file its name, all at once. `sync` comes before: this takes no time, so that several go together.

        Raises CannotCreate when the name has been taken meanwhile and must not be, StorageError when the disk fails.
        """
        try:
            if sys.platform == "win32":  # an open file cannot be renamed there
                self._unlock()
            _replace(self.path, self._place) if clobber else _add(self.path, self._place)
            _sync_folder(self._place.parent)
        except FileExistsError as error:
            raise _exists(self._place) from error
        except OSError as error:
            raise faults.of_storage(error, self._place) from error

    def drop(self) -> None:
        """Leaves nothing behind but the file that was kept."""
        if sys.platform == "win32":
            self._unlock()
        with suppress(OSError):
            self.path.unlink()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1


@contextmanager
def claim(place: Path) -> Iterator[Part]:
    """A temporary for `place`, gone afterwards unless it was kept. What killed runs left is cleared away first.

    Raises CannotCreate or StorageError.
    """
    stem = _stem(place.name)
    _clear(place.parent, stem)
    path = place.with_name(f"{stem}{os.getpid()}-{token_hex(4)}.part")
    try:
        part = Part(path, place, _create(path))
    except OSError as error:
        raise faults.of_storage(error, place) from error
    try:
        yield part
    finally:
        part.drop()


def _stem(name: str) -> str:
    """How the temporaries of `name` begin."""
    encoded = os.fsencode(name)
    if len(encoded) > _LONGEST_NAME:
        name = f"{encoded[:100].decode(errors='ignore')}~{blake2b(encoded, digest_size=8).hexdigest()}"
    return f".{name}."


def _clear(folder: Path, stem: str) -> None:
    ours = re.compile(re.escape(stem) + r"\d+-[0-9a-f]{8}\.part")
    with suppress(OSError):
        for path in folder.iterdir():
            if ours.fullmatch(path.name):
                _remove_abandoned(path)


def _replace(path: Path, place: Path) -> None:
    path.replace(place)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    with suppress(OSError):  # some network file systems know no such thing
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if sys.platform == "win32":

    def _create(path: Path) -> int:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_BINARY)

    def _remove_abandoned(path: Path) -> None:
        with suppress(OSError):  # a file that somebody has open cannot be removed
            path.unlink()

    def _add(path: Path, place: Path) -> None:
        path.rename(place)  # refuses where something is

else:
    import fcntl

    def _create(path: Path) -> int:
        while True:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
            with suppress(OSError):  # some network file systems have no locks: nothing is cleared there
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:  # nobody took it for abandoned before it was locked
                return descriptor
            os.close(descriptor)

    def _remove_abandoned(path: Path) -> None:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(descriptor)

    def _add(path: Path, place: Path) -> None:
        try:
            os.link(path, place)  # refuses where something is
        except FileExistsError:
            raise
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # An empty file holds the name for the moment.
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            try:
                _replace(path, place)
            except BaseException:
                place.unlink(missing_ok=True)
                raise
