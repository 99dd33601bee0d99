"""A file against the session it was made from: the JSON that `voiceguide plan` and `voiceguide render` print."""

from __future__ import annotations

import json
import math
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


def beside(path: Path) -> Session | None:
    """The session whose JSON lies next to a file under its name; None when there is none."""
    for name in (path.with_suffix(".json"), path.with_name(path.name + ".json"), path.with_suffix(".plan.json")):
        try:
            return load(name) if name.is_file() else None
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


def differences(
    session: Session,
    frames: int,
    rate: int,
    silences: tuple[Span, ...],
    marks: tuple[Mark, ...],
    slack: int = 1,
) -> list[str]:
    """Where a file is not what was planned, for a person. It may be `slack` frames longer or shorter."""
    found = []
    # One frame at least: seconds are printed to the microsecond, and a frame takes twenty.
    if abs(frames - session.length * rate) > slack:
        found.append(f"it lasts {_clock(frames / rate)}, and {_clock(session.length)} was planned")
    found += _silent(session, rate, silences)
    return found + _chapters(session.sections, marks)


def _silent(session: Session, rate: int, silences: tuple[Span, ...]) -> list[str]:
    """Silences that reach into a sentence, or last longer than any rest."""
    found = []
    for silence in silences:
        start, end = silence.start / rate, silence.end / rate
        if lost := [cue for cue in session.cues if cue.kind == "say" and _swallowed(cue, start, end)]:
            found.append(f"there is silence at {_clock(start)} where '{_short(lost[0].text)}' was planned")
        elif session.cues and end - start > _longest(session) + _LONGER:
            took, planned = f"{end - start:.1f} s", f"{_longest(session):.1f} s"
            found.append(f"there is silence for {took} at {_clock(start)}, and {planned} at most was planned")
    return found


def _swallowed(cue: Cue, start: float, end: float) -> bool:
    """Whether a silence takes half of a sentence or more. Within a long one there are pauses at commas."""
    return min(end, cue.end) - max(start, cue.start) > max(_LONGER, 0.5 * (cue.end - cue.start))


def _longest(session: Session) -> float:
    """The longest stretch without a word, in seconds: rests and the sounds among them follow on each other."""
    longest = run = 0.0
    for cue in session.cues:
        run = 0.0 if cue.kind == "say" else run + cue.end - cue.start
        longest = max(longest, run)
    return longest


def _chapters(sections: tuple[Mark, ...], marks: tuple[Mark, ...]) -> list[str]:
    if not sections or not marks:
        return []
    if len(sections) != len(marks):
        return [f"it has {len(marks)} chapters, and {len(sections)} were planned"]
    found = []
    for number, (section, mark) in enumerate(zip(sections, marks, strict=True), 1):
        if abs(section.start - mark.start) > _LATE:
            begins, planned = (format_clock(place, millis=True) for place in (mark.start, section.start))
            found.append(f"chapter {number} begins at {begins}, and {planned} was planned")
    return found


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rstrip() + "…"


def _clock(seconds: float) -> str:
    return format_clock(Millis(round(seconds * 1000)), millis=True)
