"""Files → Routine. The only place that reads YAML.

A library is a row of folders, each with `scripts/` and `content/`; the first that has a name wins. The user's own
folders come before what ships.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import platformdirs

from voiceguide.errors import ContentError, InputMissing
from voiceguide.library.fields import Notes
from voiceguide.library.lexicon import load_lexicon
from voiceguide.library.routines import TEXT_SUFFIXES, YAML_SUFFIXES, load_text, load_yaml
from voiceguide.library.techniques import load_pack
from voiceguide.model.cues import Source
from voiceguide.model.routine import Pack, Routine, Technique
from voiceguide.model.script import Pronunciation
from voiceguide.near import suggest
from voiceguide.spoken.lexicon import as_spoken

__all__ = ["Library", "shelves"]


def shelves(own: Path | None = None) -> tuple[Path, ...]:
    """Where routines are looked for: the user's folder, the platform's data folder, then what ships."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "bundled" if (package / "bundled").is_dir() else package.parent
    data = Path(platformdirs.user_data_dir("voiceguide", appauthor=False))
    return (*([own] if own else []), data, shipped)


class Library:
    """Loads routines, packs and techniques by name or path."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._packs: dict[Path, Pack] = {}

    def routine_names(self) -> tuple[str, ...]:
        """Every routine by name, in alphabetical order."""
        found = {path.stem for folder in self._folders for path in _routines_in(folder / "scripts")}
        return tuple(sorted(found))

    def pack_names(self) -> tuple[str, ...]:
        """Every pack by name, in alphabetical order."""
        found = {path.parent.name for folder in self._folders for path in (folder / "content").glob("*/pack.yaml")}
        return tuple(sorted(found))

    def routine(self, name: str) -> Routine:
        """A routine by name, or by the path of a YAML, Markdown or text file.

        Raises InputMissing when there is none, ContentError with every problem in it and in its pack.
        """
        path = self._find(name)
        notes = Notes(self._folders)
        try:
            if path.suffix.lower() in YAML_SUFFIXES:
                routine = load_yaml(path, notes, lambda pack, at: self._named_pack(pack, at, path, notes))
            else:
                routine = load_text(path, notes)
            routine = replace(routine, lexicon=self._lexicon(routine.language, notes, routine.lexicon, routine.pack))
        except ContentError as error:
            notes.problems += [problem for problem in error.problems if problem not in notes.problems]
        if notes.problems:
            raise ContentError(tuple(sorted(set(notes.problems))))
        return routine

    def pack(self, name: str) -> Pack:
        """A pack by name. Raises InputMissing and ContentError."""
        notes = Notes(self._folders)
        pack = self._named_pack(name, None, None, notes)
        if pack is None:
            raise InputMissing(f"there is no pack called '{name}'", suggest(name, self.pack_names()))
        if notes.problems:
            raise ContentError(tuple(sorted(set(notes.problems))))
        return pack

    def technique(self, name: str) -> tuple[Pack, Technique] | None:
        """A technique by name or title from any pack, with its pack."""
        for pack in map(self.pack, self.pack_names()):
            for technique in pack.techniques.values():
                if name.casefold() in (technique.name, technique.title.casefold()):
                    return pack, technique
        return None

    def lexicon(self, language: str) -> tuple[Pronunciation, ...]:
        """The user's own entries, for text of no routine. Raises ContentError."""
        notes = Notes(self._folders)
        entries = self._lexicon(language, notes)
        if notes.problems:
            raise ContentError(tuple(sorted(set(notes.problems))))
        return entries

    def _lexicon(
        self, language: str, notes: Notes, own: tuple[Pronunciation, ...] = (), pack: Pack | None = None
    ) -> tuple[Pronunciation, ...]:
        """Those at the roots of the libraries, then a routine's and its pack's; the first of a word wins."""
        shared = [entry for folder in self._folders for entry in load_lexicon(folder, notes)]
        return as_spoken([*shared, *own, *(pack.lexicon if pack else ())], language)

    def _find(self, name: str) -> Path:
        path = Path(name).expanduser()
        if path.suffix.lower() in (*YAML_SUFFIXES, *TEXT_SUFFIXES) or path.is_file():
            if path.exists():
                return path
            raise InputMissing(f"there is no file {name}", "check the path, or take a name from 'voiceguide list'")
        for folder in self._folders:
            for found in _routines_in(folder / "scripts"):
                if found.stem == name:
                    return found
        raise InputMissing(f"there is no routine called '{name}'", suggest(name, self.routine_names()))

    def _named_pack(self, name: str, at: Source | None, routine: Path | None, notes: Notes) -> Pack | None:
        beside = [routine.resolve().parent.parent] if routine else []
        for folder in (*beside, *self._folders):
            path = folder / "content" / name
            if name and (path / "pack.yaml").is_file():
                if path not in self._packs:
                    self._packs[path] = load_pack(path, notes)
                return self._packs[path]
        if at:
            notes.add(at, f"there is no pack called '{name}'", suggest(name, self.pack_names()))
        return None


def _routines_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    known = (*YAML_SUFFIXES, *TEXT_SUFFIXES)
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in known and path.is_file())
