"""Where a session was left, so that it can go on there another day.

A place is a section and a sentence in it, with the time for the case that neither is found again: lengths and plans
may be others by then. It is kept in a small file, one for each routine and way to hear it: `<routine>-<way>.json`, the
first 16 digits of SHA-256 of both.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from voiceguide.errors import StorageError
from voiceguide.library.routines import TEXT_SUFFIXES, YAML_SUFFIXES
from voiceguide.model.script import Script
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames, Millis, format_clock, to_frames, to_millis

SCHEMA = 1
CURE = "free some space, or name another folder with --places-dir"
"""What to do where no place can be kept."""
RUN_UP = Millis(400)
"""How long before a sentence it goes on."""
Asked = Mapping[str, object]
"""What was asked of the routine, as flags have it: `length`, `only`, `voice`, …; nothing for what was not."""
_NOTHING: Asked = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session was left."""

    title: str
    """Of the session."""
    text: str
    """`fingerprint` of what it may say."""
    section: str
    """Title of the section."""
    nth: int
    """How many sections of that title come before it."""
    sentence: str
    """The sentence that was cut; empty before the first of its section."""
    ordinal: int
    """How many sentences of the section come before it."""
    millis: int
    """From the beginning of the session."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A place as it was found again."""

    asked: Asked
    """What was asked then: whose place it is."""
    besides: Asked
    """What was asked besides, and makes no other session: the bed."""
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """Where a session goes on."""

    start: Frames
    section: str
    same: bool
    """False when the sentence is not there any more, and it begins with the section."""


def fingerprint(script: Script) -> str:
    """What a session may say, as hex digits: other words, or the same ones in another order, have others."""
    told = [[section.title, section.key] for section in script.sections], [say.text for say in script.lines()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def place_at(timeline: Timeline, at: Frames, text: str) -> Place:
    """The place of frame `at`, the start of a sentence or any other."""
    number, chapter = _chapter_at(timeline, at)
    said = [placement for placement in _sentences(timeline, number) if placement.start <= at]
    return Place(
        title=timeline.title,
        text=text,
        section=chapter.title,
        nth=[one.title for one in timeline.chapters[:number]].count(chapter.title),
        sentence=said[-1].text if said else "",
        ordinal=max(0, len(said) - 1),
        millis=to_millis(at, timeline.rate),
    )


def find(place: Place, timeline: Timeline, text: str) -> Found:
    """Where it goes on in a session that says `text`: at the very sentence, else where the nearest section begins."""
    same = [index for index, one in enumerate(timeline.chapters) if one.title == place.section]
    if not same:
        return _nearest(place, timeline)
    number = same[min(place.nth, len(same) - 1)]
    chapter = timeline.chapters[number]
    if not place.sentence:
        return Found(chapter.start, chapter.title, place.text == text)
    said = [(index, one) for index, one in enumerate(_sentences(timeline, number)) if one.text == place.sentence]
    if not said or place.text != text:
        return Found(chapter.start, chapter.title, same=False)
    # A longer or shorter telling has the same sentence at another number.
    return Found(min(said, key=lambda one: abs(one[0] - place.ordinal))[1].start, chapter.title, same=True)


def keep(folder: Path, routine: str, asked: Asked, place: Place, besides: Asked = _NOTHING) -> None:
    """Writes a place, all or nothing. Raises StorageError when the folder cannot take it."""
    path = _path(folder, routine, asked)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    told = {"asked": dict(asked), "besides": dict(besides)}
    document = {"schema": SCHEMA, "routine": routine, **told, "place": asdict(place)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(document, indent=2), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        at = f"{format_clock(Millis(place.millis // 1000 * 1000))} in {' '.join(place.section.split())}"
        raise StorageError(f"the place cannot be kept, {at}: {error}", CURE) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def unkept(folder: Path) -> str:
    """Why no place could be kept in a folder now; empty where one could."""
    trial = folder / f".{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
    except OSError as error:
        return str(error)
    finally:
        with contextlib.suppress(OSError):
            trial.unlink(missing_ok=True)
    return ""


def kept(folder: Path, routine: str, asked: Asked) -> Kept | None:
    """The place of the very session that is asked for, else the newest of the routine, however it was heard then.

    Where nothing is asked, the newest: the one that somebody left last is meant. What cannot be read counts as none.
    """
    if asked and (found := _read(_path(folder, routine, asked), routine)):
        return found
    files = sorted(folder.glob(f"{_digits(routine)}-*.json"), key=_age)
    return next((found for path in files if (found := _read(path, routine))), None)


def forget(folder: Path, routine: str, asked: Asked) -> None:
    """The session was heard to its end."""
    with contextlib.suppress(OSError):
        _path(folder, routine, asked).unlink(missing_ok=True)


def identity(routine: str) -> str:
    """What a routine is known by: a file by its full path, else its name."""
    path = Path(routine).expanduser()
    named = path.suffix.lower() in (*YAML_SUFFIXES, *TEXT_SUFFIXES)
    return str(path.resolve()) if named or path.is_file() else routine


def run_up(timeline: Timeline, at: Frames) -> Frames:
    """A moment before frame `at`, where somebody begins to listen there: in the rest before it, where there is one.

    The first sound fades in, and a device that wakes may swallow some of it. Nothing of a sentence that begins there
    is lost so, and nothing is heard of the one before.
    """
    rest = next((one for one in timeline.placements if one.end == at and one.kind == "rest"), None)
    return max(rest.start, Frames(at - to_frames(RUN_UP, timeline.rate))) if rest else at


def _chapter_at(timeline: Timeline, at: int) -> tuple[int, Chapter]:
    begun = [(index, one) for index, one in enumerate(timeline.chapters) if one.start <= at]
    return begun[-1] if begun else (0, timeline.chapters[0])


def _sentences(timeline: Timeline, chapter: int) -> list[Placement]:
    return [one for one in timeline.placements if one.kind == "say" and one.chapter == chapter]


def _nearest(place: Place, timeline: Timeline) -> Found:
    at = to_frames(Millis(place.millis), timeline.rate)
    chapter = min(timeline.chapters, key=lambda one: abs(one.start - at))
    return Found(chapter.start, chapter.title, same=False)


def _path(folder: Path, routine: str, asked: Asked) -> Path:
    return folder / f"{_digits(routine)}-{_digits(json.dumps(dict(asked), sort_keys=True))}.json"


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return time.time()


def _read(path: Path, routine: str) -> Kept | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if (document["schema"], document["routine"]) != (SCHEMA, routine):
            return None
        place = Place(**document["place"])
        whole = all(isinstance(getattr(place, one.name), int if one.type == "int" else str) for one in fields(Place))
        # Places that were kept before there was such a thing know nothing besides.
        return Kept(dict(document["asked"]), dict(document.get("besides", {})), place) if whole else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
