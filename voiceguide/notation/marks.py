"""What stands in brackets, braces and tags."""

from __future__ import annotations

import re

from voiceguide.model.cues import Pause, Slot, Sound, Source, Until, WrittenCue
from voiceguide.model.units import LONGEST_PAUSE, Millis, parse_duration
from voiceguide.near import suggest
from voiceguide.notation.grammar import BREAK_TAG, MARKS, NAME, PAUSES, RANGE, SOUND_LENGTH, SOUNDS
from voiceguide.notation.report import Parsed


def read_token(token: re.Match[str], at: Source, found: Parsed) -> Slot | WrittenCue | None:
    """The cue of one bracket, brace or tag; None, with a complaint, for one that is not understood."""
    if token["mark"] is not None:
        return _mark(token["mark"], at, found)
    if token["tag"] is not None:
        return _tag(token["tag"], at, found)
    if token["aside"] is not None:
        return _mark(token["aside"], at, found)
    if token["slot"] is not None:
        return _slot(token["slot"], at, found)
    sign = token["stray"]
    found.complain(
        at, f"'{sign}' has no partner on this line", f"close it, or write \\{sign} where it is really spoken"
    )
    return None


def _slot(name: str, at: Source, found: Parsed) -> Slot | None:
    if NAME.fullmatch(name.strip()):
        return Slot(name.strip(), at)
    found.complain(at, f"'{{{name}}}' is not a word to fill in", "write one word in braces: {side}")
    return None


def _tag(tag: str, at: Source, found: Parsed) -> Pause | None:
    if length := BREAK_TAG.fullmatch(tag.strip()):
        return read_pause(length["time"], at, found)
    found.complain(
        at, f"'<{tag}>' is not understood", 'expected <break time="3s"/>, or write \\< where it is really spoken'
    )
    return None


def _mark(mark: str, at: Source, found: Parsed) -> Pause | Until | Sound | None:
    word, _, value = re.sub(r"[:\s]+", " ", mark.strip().lower()).partition(" ")
    value = re.sub(r"^(for|of)\s+", "", value)
    if word in PAUSES:
        return read_pause(value, at, found) if value else Pause(source=at)
    if word == "until" and value:
        length = _length(value, at, found)
        return None if length is None else Until(length, at)
    if word in SOUNDS:
        sound_length = _length(value, at, found) if value else SOUND_LENGTH
        return None if sound_length is None else Sound(word, sound_length, at)
    hint = "[until 4s] says how long" if word == "until" else suggest(word, MARKS) if word else ""
    found.complain(at, f"'[{mark}]' is not a cue", f"{hint}; write \\[ where a bracket is really spoken".lstrip("; "))
    return None


def read_pause(value: str, at: Source, found: Parsed) -> Pause | None:
    """A pause of `value`: `3s`, `5s-20s`."""
    span = RANGE.fullmatch(value.strip())
    if span is None:
        length = _length(value, at, found)
        return None if length is None else Pause(length, length, at)
    least_text, most_text = span.groups()
    if re.fullmatch(r"[\d.]+", least_text):
        least_text += most_text.lstrip("0123456789.: ")
    least, most = _length(least_text, at, found), _length(most_text, at, found)
    if least is None or most is None:
        return None
    if least > most:
        found.complain(at, f"'{value.strip()}' runs backwards", "write the shorter one first: [pause 5s-20s]")
        return None
    return Pause(least, most, at)


def _length(value: str, at: Source, found: Parsed) -> Millis | None:
    try:
        length = parse_duration(value)
    except ValueError:
        found.complain(at, f"'{value}' is not a length of time", "expected something like 3s, 2.5s or 1m30s")
        return None
    if length > LONGEST_PAUSE:
        found.complain(at, f"'{value}' is longer than 600 s", "use several rests with words between them")
        return None
    return length
