"""Files with somebody's own voice: found where a text names them, or in a folder by the line that they hold.

A text may name files in its own folder and below it, and in the user's libraries; nothing else, wherever it was sent
from. So no absolute paths, and neither `..` nor a link leads out. A folder that the user names may link anywhere.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from voiceguide.errors import InputMissing
from voiceguide.library.files import display
from voiceguide.model.cues import Cue, Paragraph, Recorded
from voiceguide.model.script import Recording
from voiceguide.near import suggest

if TYPE_CHECKING:
    from voiceguide.library.fields import Fields, Notes

SUFFIXES = frozenset(
    f".{kind}"
    for kind in ["aif", "aiff", "aifc", "au", "caf", "flac", "m4a", "mp3", "oga", "ogg", "opus", "w64", "wav", "wave"]
)
"""What is taken for sound in a folder. Whether it can be read is seen when it is."""
LARGEST = 120_000_000
"""Bytes: five minutes of stereo in 32 bits at 48 kHz, and more than any line takes."""

_MOST_WORDS, _LONGEST = 8, 60
_AROUND = ".,;:!?…—–-()[]\"'“”‘’„«»*_"
_PLAIN = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*")
_RESERVED = frozenset({"aux", "con", "nul", "prn"})  # no file of Windows may be called so


class _Unusable(Exception):
    """A file that a text names and may not have; its arguments are message and hint."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of recorded lines."""

    path: Path
    files: dict[str, tuple[Path, ...]]
    """By their names without ending, in small letters; more than one is one too many."""


def line_name(text: str) -> str:
    """What a recording of the line `text` is called, without its ending.

    Its first eight words in small letters: `hold-the-heel`. Where these do not say it all (more words, other alphabets,
    signs) six hex digits of its words' SHA-256 follow. So a name hangs on the words of its own line and on nothing
    else, not on case and punctuation either.
    """
    stripped = (word.strip(_AROUND) for word in unicodedata.normalize("NFC", text).casefold().split())
    words = [word for word in stripped if word]
    folded = unicodedata.normalize("NFKD", " ".join(words[:_MOST_WORDS]))
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", folded).encode("ascii", "ignore").decode()).strip("-")
    whole = len(words) <= _MOST_WORDS and len(slug) <= _LONGEST and slug not in _RESERVED
    if whole and words and all(map(_PLAIN.fullmatch, words)):
        return slug
    digits = hashlib.sha256(" ".join(words).encode()).hexdigest()[:6]
    return f"{slug[:_LONGEST].strip('-') or 'line'}-{digits}"


def open_folder(path: Path, *, links: bool = True) -> Folder:
    """The sounds in a folder. Without `links`, those that lead out of it are passed over. Raises InputMissing."""
    files: dict[str, tuple[Path, ...]] = {}
    try:
        for file in sorted(path.iterdir()):
            hidden = file.name.startswith(".") or file.suffix.lower() not in SUFFIXES
            if not hidden and (links or _inside(file.resolve(), [path])):
                stem = file.stem.casefold()
                files[stem] = (*files.get(stem, ()), file)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputMissing(f"the folder of recordings {path} cannot be read: {reason}", "check its path") from None
    return Folder(path, files)


def recording(file: Path, written: str = "") -> Recording:
    """A file by its bytes. Raises InputMissing when it is not there, not an ordinary file, empty or too large."""
    try:
        return Recording(_hashed(file), str(file), written)
    except _Unusable as error:
        message, hint = error.args
        raise InputMissing(f"{display(file)}: {message}", hint) from None


def resolved(cue: Cue, notes: Notes) -> Cue:
    """`cue` with every recording in it found; what cannot be is noted at its place."""
    if not isinstance(cue, Paragraph):
        return cue
    return replace(cue, parts=tuple(_found(p, notes) if isinstance(p, Recorded) else p for p in cue.parts))


def folder_of(fields: Fields, notes: Notes) -> str:
    """The folder that `recordings: …` names, as a path that can be opened; "" for none."""
    name, node = fields.text("recordings"), fields.node("recordings")
    if not name or node is None:
        return ""
    try:
        path, _ = _located(name, notes.files[node.source.file].parent, notes.shelves)
        if not path.is_dir():
            raise _Unusable(f"there is no folder '{name}'", "name a folder beside this file")
        return str(path)
    except _Unusable as error:
        notes.add(node.source, *error.args)
        return ""


def music(name: str, home: Path, shelves: Iterable[Path]) -> str:
    """The file or folder of music that a text in the folder `home` names, as a path that can be opened.

    A whole path will do where it leads into that folder or a library: so are they written in a plan. Raises
    InputMissing.
    """
    path = Path(name)
    try:
        if path.is_absolute() and _inside(path.resolve(), [home, *shelves]) and path.exists():
            return str(path)
        path, there = _located(name, home, shelves)
        if not there:
            raise _Unusable(f"there is no file or folder '{name}'", _near(name, home, path))
        return str(path)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputMissing(f"'{name[:60]}' cannot be read: {error}", f"put it into {display(home)}") from None
    except _Unusable as error:
        raise InputMissing(*error.args) from None


def _found(recorded: Recorded, notes: Notes) -> Recorded:
    home = notes.files[recorded.source.file].parent
    try:
        path, there = _located(recorded.file, home, notes.shelves)
        if not there:
            raise _Unusable(f"there is no file '{recorded.file}'", _near(recorded.file, home, path))
        return replace(recorded, path=str(path), sha256=_hashed(path))
    except _Unusable as error:
        message, hint = error.args
        notes.add(recorded.source, message if recorded.file in message else f"'{recorded.file}': {message}", hint)
        return recorded


def _located(name: str, home: Path, shelves: Iterable[Path]) -> tuple[Path, bool]:
    """Where `name` leads from `home`, and whether something is there. Raises _Unusable for what is not its business."""
    hint = f"put it into {display(home)} and name it from there"
    if name.startswith(("/", "\\", "~")) or PureWindowsPath(name).drive:
        raise _Unusable(f"'{name}' is not a path from the folder of this file", hint)
    try:
        path = (home / name).resolve()
        if not _inside(path, [home, *shelves]):
            raise _Unusable(f"'{name}' leads out of the folder of this file", hint)
        return path, path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise _Unusable(f"'{name[:60]}' is not a path: {getattr(error, 'strerror', None) or error}", hint) from None


def _inside(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder.resolve()) for folder in folders)


def _hashed(path: Path) -> str:
    """The SHA-256 of an ordinary file of a fitting size."""
    try:
        if not path.is_file():
            raise _Unusable("it is not an ordinary file", "name a sound file: WAV, FLAC, OGG or MP3")
        size = path.stat().st_size
        if not 0 < size <= LARGEST:
            fault = f"it is larger than {LARGEST // 1_000_000} MB" if size else "it is empty"
            raise _Unusable(fault, "record this line again, as a file of its own")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _Unusable(f"it cannot be read: {error.strerror or error}", "check its permissions") from None


def _near(name: str, home: Path, path: Path) -> str:
    """What is there instead, beside the file that is missing."""
    try:
        beside = [file for file in path.parent.iterdir() if file.suffix.lower() in SUFFIXES]
        names = [file.relative_to(home.resolve()).as_posix() for file in sorted(beside)[:500]]
    except (OSError, ValueError):
        names = []
    return suggest(name, names) if names else f"put it into {display(home)}"
