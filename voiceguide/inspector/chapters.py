"""Chapters of anybody's file, and what is wrong with them: ID3 (MP3, WAV, AIFF), Vorbis comments (FLAC, Ogg, Opus)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from voiceguide.encoders import Mark
from voiceguide.model.units import Millis, format_clock, parse_duration

_NUMBERED = re.compile(r"chapter(\d{1,4})", re.IGNORECASE)
_SLACK = 50
"""Milliseconds by which one may begin before or after the end of the one ahead: less is rounding."""


def read(tags: Any, length: Millis) -> tuple[Mark, ...]:
    """The chapters in what mutagen found, in the order of the file's own list, else of their numbers or starts."""
    found = getattr(tags, "tags", None)
    if found is None:
        return ()
    if hasattr(found, "getall"):
        return _from_id3(found)
    return _from_comments({str(key).lower(): values for key, values in _pairs(found)}, length)


def faults(marks: tuple[Mark, ...], length: Millis) -> list[str]:
    """What is wrong with the chapters of a file that plays for `length`."""
    found = []
    for number, mark in enumerate(marks, 1):
        called = f"chapter {number} ('{mark.title}')"
        if mark.end < mark.start:
            found.append(f"{called} ends before it begins")
        if mark.start >= length or mark.end > length + _SLACK:
            found.append(f"{called} lies outside the file: {_clock(mark.start)} to {_clock(mark.end)}")
    return found + _gaps(marks, length)


def _gaps(marks: tuple[Mark, ...], length: Millis) -> list[str]:
    """Where chapters do not follow on each other."""
    found = []
    if marks and marks[0].start > _SLACK:
        found.append(f"there is no chapter before {_clock(marks[0].start)}")
    for number, (one, other) in enumerate(pairwise(marks), 2):
        if other.start < one.start:
            found.append(f"chapter {number} ('{other.title}') begins before the one ahead of it")
        elif other.start - one.end > _SLACK:
            found.append(f"there is no chapter from {_clock(one.end)} to {_clock(other.start)}")
        elif one.end - other.start > _SLACK:
            found.append(f"chapters {number - 1} and {number} overlap at {_clock(other.start)}")
    if marks and length - marks[-1].end > _SLACK:
        found.append(f"there is no chapter from {_clock(marks[-1].end)} to the end")
    return found


def _clock(place: Millis) -> str:
    return format_clock(place, millis=True)


def _from_id3(frames: Any) -> tuple[Mark, ...]:
    chapters = {frame.element_id: frame for frame in frames.getall("CHAP")}
    contents = {frame.element_id: frame for frame in frames.getall("CTOC")}
    top = [frame.element_id for frame in contents.values() if frame.flags & 2]
    listed = [name for start in top for name in _children(start, contents, set())]
    if not set(listed) & set(chapters):
        listed = sorted(chapters, key=lambda name: chapters[name].start_time)
    return tuple(_mark(chapters[name]) for name in listed if name in chapters)


def _children(name: str, contents: dict[str, Any], seen: set[str]) -> list[str]:
    if name not in contents:
        return [name]
    if name in seen:
        return []
    seen.add(name)
    return [leaf for child in contents[name].child_element_ids for leaf in _children(child, contents, seen)]


def _mark(frame: Any) -> Mark:
    title = frame.sub_frames.getall("TIT2")
    return Mark(str(title[0]) if title else "", Millis(frame.start_time), Millis(frame.end_time))


def _pairs(found: Any) -> list[tuple[Any, Any]]:
    # MP4 and APE tags are mappings, too, and hold no such keys.
    try:
        return [(key, found[key]) for key in found.keys()]  # noqa: SIM118  (a Vorbis comment iterates over pairs)
    except (AttributeError, TypeError, KeyError):
        return []


def _from_comments(found: dict[str, Any], length: Millis) -> tuple[Mark, ...]:
    numbers = sorted((match[1] for name in found if (match := _NUMBERED.fullmatch(name))), key=int)
    starts = [(number, start) for number in numbers if (start := _start(found[f"chapter{number}"])) is not None]
    ends = [*(start for _, start in starts), length][1:]
    titles = [str((found.get(f"chapter{number}name") or [""])[0]) for number, _ in starts]
    # A start alone says when the next begins, and never that one ends before it began.
    return tuple(
        Mark(title, start, max(start, end)) for title, (_, start), end in zip(titles, starts, ends, strict=True)
    )


def _start(values: Any) -> Millis | None:
    try:
        return parse_duration(str(values[0]))
    except (ValueError, IndexError):
        return None
