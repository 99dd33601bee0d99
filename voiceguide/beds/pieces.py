"""The words of a bed: `ocean:-3 + bowl@60s + drone:A2` as pieces. The grammar is told in `voiceguide.beds`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voiceguide.errors import UsageError
from voiceguide.model.units import Millis, format_duration, parse_duration

MUSIC = "music"
"""The bed that plays files: the only one whose parameter is a path."""
LEAST_LEVEL, MOST_LEVEL = -40.0, 20.0
"""Decibels that a piece may be softer or louder than beds are."""

_EXAMPLE = "write it as in 'ocean:-3 + bowl@60s + drone:A2'"
_MUSIC = re.compile(rf"{MUSIC}\s*(?::(.*))?", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SIGNED = r"[+-]\d{1,3}(?:\.\d{1,3})?(?:\s*dB)?|\d{1,3}(?:\.\d{1,3})?\s*dB"
_LEVEL = re.compile(_SIGNED, re.IGNORECASE)
_TRAILING_LEVEL = re.compile(rf"(.*?)(?::\s*({_SIGNED}))?", re.IGNORECASE | re.DOTALL)
_MARK = re.compile(r"(@)\s*(\d+:\d\d(?::\d\d)?)\s*(?=[:@]|\Z)|([:@])([^:@]*)")
"""A sign and what follows it; a clock's colons (`@1:30`) belong to their length of time."""
_QUOTED = re.compile(r'"([^"]*)"')
_JOINT = re.compile(r'"[^"]*"|\+|[^"+]+|.', re.DOTALL)
_PATH = re.compile(
    r"""["~/\\.] | [A-Za-z]:[\\/] | [^:]*\\ | [^:@]*/
    | .*\.(?:wave?|flac|og[ga]|opus|mp3|aif[fc]?|au|caf|w64|m4[ab]|aac|wma|txt|m3u8?)\s*(?::|\Z)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One layer of a bed, as it is written."""

    name: str
    parameter: str = ""
    every: Millis | None = None
    level: float = 0.0
    """Decibels louder than beds are."""


def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a bed. Raises UsageError, naming the piece that is wrong. Knows no names: any word may be one."""
    return tuple(_piece(part) for part in _parts(text))


def spell(pieces: Iterable[Piece]) -> str:
    """The text that `parse` reads back."""
    return " + ".join(map(_spelled, pieces))


def _spelled(piece: Piece) -> str:
    parameter = f'"{piece.parameter}"' if piece.name == MUSIC else piece.parameter
    every = f"@{format_duration(piece.every)}" if piece.every is not None else ""
    level = f":{piece.level:+g}" if piece.level else ""
    return piece.name + (f":{parameter}" if piece.parameter else "") + every + level


def _parts(text: str) -> Iterator[str]:
    """The text between the plus signs, but for those in quotes and those that are a level's sign."""
    parts = [""]
    for token in _JOINT.findall(text):
        if token == "+" and not parts[-1].rstrip().endswith(":"):
            parts.append("")
        else:
            parts[-1] += token
    for part in parts:
        if not part.strip():
            what = "a bed is missing beside a '+'" if len(parts) > 1 else "a bed without a name"
            raise UsageError(f"{what} in '{text}'" if text.strip() else what, _EXAMPLE)
        yield part.strip()


def _piece(text: str) -> Piece:
    if found := _MUSIC.fullmatch(text):
        return _music(text, found.group(1) or "")
    if _PATH.match(text):
        return _music(text, text)
    name = _NAME.match(text)
    if not name:
        raise UsageError(f"'{text}' does not begin with the name of a bed", _EXAMPLE)
    return _marked(text, name.group().casefold(), text[name.end() :])


def _music(text: str, rest: str) -> Piece:
    found = _TRAILING_LEVEL.fullmatch(rest.strip())
    path, level = (found.group(1), found.group(2)) if found else (rest, None)
    quoted = _QUOTED.fullmatch(path.strip())
    path = quoted.group(1) if quoted else path.strip()
    if not path or '"' in path:
        raise UsageError(f"'{text}' names no file", "write it as in 'music:\"my songs/river.flac\":-3'")
    return Piece(MUSIC, path, level=_decibels(text, level) if level else 0.0)


def _marked(text: str, name: str, rest: str) -> Piece:
    """`:parameter`, `@interval` and `:level`, each at most once."""
    stray = re.split(r"[:@]", rest, maxsplit=1)[0]
    if stray.strip():
        raise UsageError(f"'{text}': '{stray.strip()}' is not understood", _EXAMPLE)
    found: dict[str, str] = {}
    for mark in _MARK.finditer(rest, len(stray)):
        sign, word = mark[1] or mark[3], (mark[2] or mark[4]).strip()
        kind = "interval" if sign == "@" else "level" if _LEVEL.fullmatch(word) else "parameter"
        if not word or kind in found:
            fault = f"there are two {kind}s" if word else f"nothing follows the '{sign}'"
            raise UsageError(f"'{text}': {fault}", _EXAMPLE)
        found[kind] = word
    level = _decibels(text, found["level"]) if "level" in found else 0.0
    return Piece(name, found.get("parameter", ""), _interval(text, found.get("interval")), level)


def _decibels(text: str, written: str) -> float:
    level = float(re.sub(r"(?i)\s*dB", "", written))
    if not LEAST_LEVEL <= level <= MOST_LEVEL:
        hint = f"a level lies between {LEAST_LEVEL:g} and {MOST_LEVEL:+g} decibels"
        raise UsageError(f"'{text}': {written} is not a level", hint)
    return level


def _interval(text: str, written: str | None) -> Millis | None:
    if written is None:
        return None
    try:
        return parse_duration(written)
    except ValueError as error:
        raise UsageError(f"'{text}': {error}", "write the interval as in 'bowl@60s'") from None
