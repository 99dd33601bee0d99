"""What stands in brackets, braces and tags."""

from __future__ import annotations

import re

from voiceguide.model.cues import Bed, Manner, Pause, Piece, Recorded, Slot, Sound, Source, Until, WrittenCue
from voiceguide.model.units import LONGEST_PAUSE, Millis, parse_duration
from voiceguide.near import suggest
from voiceguide.notation.grammar import ASPECTS, BREAK_TAG, MARKS, NAME, PAUSES, RANGE, SOUND_LENGTH, SOUNDS
from voiceguide.notation.manners import read_manner
from voiceguide.notation.recordings import RECORDING, read_recorded
from voiceguide.notation.report import Parsed

# A bed stands alone on its line, so [bed](…) is a link like any other.
_WORD = re.compile(rf"\s*(?:{'|'.join(mark for mark in MARKS if mark != 'bed')})\b", re.IGNORECASE)


def read_token(token: re.Match[str], at: Source, found: Parsed) -> Piece | WrittenCue | None:
    """The cue of one bracket, brace or tag; None, with a complaint, for one that is not understood."""
    if token["mark"] is not None:
        if cure := _markdown(token):
            found.complain(at, f"'[{token['mark']}]' is not a cue", cure)
            return None
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


def _markdown(token: re.Match[str]) -> str:
    """What to do about brackets that mean something in Markdown; "" for others."""
    mark, text, start, end = token["mark"], token.string, token.start(), token.end()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before == "!" and after in ("(", "["):
        return "a picture cannot be heard: say what is in it, or take it out"
    if mark.startswith("^"):
        return "a footnote cannot be heard: say its words where they belong, or take it out"
    if after == "(" and not _WORD.match(mark):
        return "a link cannot be heard: keep its words and take brackets and address out"
    if after in ("[", ":") and not _WORD.match(mark):
        return "a reference cannot be heard: keep its words and take the brackets out"
    return "take the box out" if mark.strip(" xX") == "" else ""


def _slot(name: str, at: Source, found: Parsed) -> Slot | None:
    if NAME.fullmatch(name.strip()):
        return Slot(name.strip(), at)
    found.complain(at, f"'{{{name}}}' is not a word to fill in", "write one word in braces: {side}")
    return None


def _tag(tag: str, at: Source, found: Parsed) -> Pause | None:
    if length := BREAK_TAG.fullmatch(tag.strip()):
        return read_pause(length["time"], at, found)
    hint = 'take it out: <break time="3s"/> is the only tag there is, and \\< is a sign that is really spoken'
    found.complain(at, f"'<{tag}>' is not understood", hint)
    return None


def _mark(mark: str, at: Source, found: Parsed) -> Pause | Until | Sound | Recorded | Manner | Bed | None:
    word, _, value = re.sub(r"[:\s]+", " ", mark.strip().lower()).partition(" ")
    value = re.sub(r"^(for|of)\s+", "", value)
    if word == RECORDING:
        return read_recorded(mark, at, found)
    if word == "bed":
        return Bed(re.sub(r"^\s*bed[:\s]*", "", mark, flags=re.IGNORECASE).strip(), at)
    if word in ASPECTS:
        return read_manner(mark, at, found)
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
