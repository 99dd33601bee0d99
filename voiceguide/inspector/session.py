"""A file against the session it was made from: the JSON that `voiceguide plan` and `voiceguide render` print."""

from __future__ import annotations

import json
import math
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voiceguide.encoders import Mark
from voiceguide.errors import ContentError, InputMissing, Problem
from voiceguide.inspector.runs import Span
from voiceguide.model.units import Millis, format_clock

_LARGEST = 64_000_000
_LATE = 10
"""Milliseconds that a chapter may be away from its section."""
_LONGER = 0.5
"""Seconds by which a silence may outlast the longest rest: words begin and end softly."""
_NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class Cue:
    """What happens from `start` to `end`, in seconds."""

    kind: str
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of a session. Times are seconds."""

    length: float
    cues: tuple[Cue, ...] = ()
    """Empty for a plan that was an estimate, and where the JSON names none."""
    sections: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a file. Places and lengths are in frames."""

    frames: int
    rate: int
    silences: tuple[Span, ...]
    lost: tuple[Cue, ...]
    """Sentences over a bed of which nothing is heard."""
    marks: tuple[Mark, ...]
    holds_chapters: bool
    """Whether files of its kind can."""


def beside(path: Path) -> Session | None:
    """The session whose JSON lies next to a file under its name; None when there is none."""
    for name in (path.with_suffix(".json"), path.with_name(path.name + ".json"), path.with_suffix(".plan.json")):
        try:
            if name.is_file():
                return load(name)
        except (ContentError, InputMissing):
            continue  # somebody else's JSON
    return None


def load(path: Path) -> Session:
    """Reads a session. Raises InputMissing when it is not there and ContentError when it is no session's JSON."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST)
    except OSError as error:
        hint = "make it with 'voiceguide plan --json'"
        raise InputMissing(f"'{path}' cannot be read: {error.strerror or error}", hint) from None
    try:
        return _session(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        problem = Problem(str(path), 0, 0, f"'{path}' is no session", "make it with 'voiceguide plan --json'")
        raise ContentError((problem,)) from None


def _session(document: Any) -> Session:
    if document["schema"] != 1:
        raise ValueError
    length = _seconds(document["length"])
    if not document.get("exact", False):
        return Session(length)
    cues = tuple(
        Cue(str(c["kind"]), _seconds(c["start"]), _seconds(c["end"]), str(c["text"])) for c in document.get("cues", ())
    )
    sections = tuple(
        Mark(str(s["title"]), _millis(s["start"]), _millis(s["end"])) for s in document.get("sections", ())
    )
    return Session(length, cues, sections)


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError
    return seconds


def _millis(value: Any) -> Millis:
    return Millis(round(_seconds(value) * 1000))


def differences(session: Session, found: Found, slack: int = 1) -> list[str]:
    """Where a file is not what was planned, for a person. It may be `slack` frames longer or shorter."""
    said = []
    # One frame at least: seconds are printed to the microsecond, and a frame takes twenty.
    if abs(found.frames - session.length * found.rate) > slack:
        said.append(f"it lasts {_clock(found.frames / found.rate)}, and {_clock(session.length)} was planned")
    spans = [(silence.start / found.rate, silence.end / found.rate) for silence in found.silences]
    said += _silent(session, spans)
    said += [
        f"nothing is heard at {_clock(cue.start)} where '{_short(cue.text)}' was planned"
        for cue in found.lost
        if not any(_swallowed(cue, *spans[at]) for at in _across(spans, cue.start, cue.end))
    ]
    return said + (_chapters(session.sections, found.marks) if found.holds_chapters else [])


def _silent(session: Session, silences: list[tuple[float, float]]) -> list[str]:
    """Silences that reach into a sentence, or last longer than any rest. They are in order."""
    said = sorted((cue for cue in session.cues if cue.kind == "say"), key=lambda cue: cue.start)
    places = [(cue.start, cue.end) for cue in said]
    longest, found = _longest(session), []
    for start, end in silences:
        if lost := [said[at] for at in _across(places, start, end) if _swallowed(said[at], start, end)]:
            found.append(f"there is silence at {_clock(start)} where '{_short(lost[0].text)}' was planned")
        elif session.cues and end - start > longest + _LONGER:
            took, planned = f"{end - start:.1f} s", f"{longest:.1f} s"
            found.append(f"there is silence for {took} at {_clock(start)}, and {planned} at most was planned")
    return found


def _across(places: list[tuple[float, float]], start: float, end: float) -> range:
    """Which of some stretches, in order and apart, lie between `start` and `end` in part."""
    first = bisect_left(places, start, key=lambda place: place[1])
    return range(first, bisect_left(places, end, lo=first, key=lambda place: place[0]))


def _swallowed(cue: Cue, start: float, end: float) -> bool:
    """Whether a silence takes half of a sentence or more. Within a long one there are pauses at commas.

    Of a short one it takes nearly all: words begin and end softly.
    """
    length = cue.end - cue.start
    return min(end, cue.end) - max(start, cue.start) > max(0.5 * length, min(_LONGER, _NEARLY * length))


def _longest(session: Session) -> float:
    """The longest stretch without a word, in seconds: rests and the sounds among them follow on each other."""
    longest = run = 0.0
    for cue in session.cues:
        run = 0.0 if cue.kind == "say" else run + cue.end - cue.start
        longest = max(longest, run)
    return longest


def _chapters(sections: tuple[Mark, ...], marks: tuple[Mark, ...]) -> list[str]:
    if not sections:
        return []
    if len(sections) != len(marks):
        return [f"it has {_count(len(marks))}, and {len(sections)} {'was' if len(sections) == 1 else 'were'} planned"]
    found = []
    for number, (section, mark) in enumerate(zip(sections, marks, strict=True), 1):
        if abs(section.start - mark.start) > _LATE:
            begins, planned = (format_clock(place, millis=True) for place in (mark.start, section.start))
            found.append(f"chapter {number} begins at {begins}, and {planned} was planned")
    return found


def _count(chapters: int) -> str:
    return f"{chapters or 'no'} chapter{'' if chapters == 1 else 's'}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rstrip() + "…"


def _clock(seconds: float) -> str:
    return format_clock(Millis(round(seconds * 1000)), millis=True)
