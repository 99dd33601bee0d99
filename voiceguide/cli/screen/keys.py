"""What a terminal sends → keys → what they ask for. The habits are mpv's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from voiceguide.model.live import Command

ESCAPE = "esc"
UNKNOWN = "unknown"
"""Any key that has no name here."""


class Look(Enum):
    """What a key changes of the screen alone."""

    CAPTIONS = "captions"
    HELP = "help"
    WHERE = "where"


Ask = Command | Look


@dataclass(frozen=True, slots=True)
class Binding:
    """Keys that ask for one thing."""

    keys: tuple[str, ...]
    label: str
    """The keys as people call them."""
    ask: Ask
    does: str


BINDINGS = (
    Binding((" ",), "space", Command.PAUSE, "pause, or go on"),
    Binding(("left",), "left", Command.BACK, "five seconds back"),
    Binding(("right",), "right", Command.FORWARD, "five seconds on"),
    Binding(("up",), "up", Command.FORWARD_MINUTE, "a minute on"),
    Binding(("down",), "down", Command.BACK_MINUTE, "a minute back"),
    Binding(("p", "pgup"), "p, PgUp", Command.PREVIOUS, "previous technique"),
    Binding(("n", "pgdn"), "n, PgDn", Command.NEXT, "next technique"),
    Binding(("r",), "r", Command.REPEAT, "this technique again"),
    Binding(("+", "="), "+", Command.MORE, "a minute more for it"),
    Binding(("-",), "-", Command.LESS, "a minute less for it"),
    Binding(("[",), "[", Command.SLOWER, "speak more slowly"),
    Binding(("]",), "]", Command.FASTER, "speak more quickly"),
    Binding(("9", "/"), "9", Command.QUIETER, "quieter"),
    Binding(("0", "*"), "0", Command.LOUDER, "louder"),
    Binding(("b",), "b", Command.BED_QUIETER, "background quieter"),
    Binding(("B",), "B", Command.BED_LOUDER, "background louder"),
    Binding(("m",), "m", Command.MUTE_BED, "background off, or on"),
    Binding(("c",), "c", Look.CAPTIONS, "words on the screen, or not"),
    Binding(("o",), "o", Look.WHERE, "say where we are"),
    Binding(("?", "h"), "?", Look.HELP, "these keys"),
    Binding(("q",), "q", Command.QUIT, "quit"),
    Binding(("Q",), "Q", Command.KEEP, "quit and keep the place"),
)
_ASKED = {key: binding.ask for binding in BINDINGS for key in binding.keys}


def asked(key: str) -> Ask | None:
    """What a key asks for. With caps lock on, letters that mean nothing in capitals count as small ones."""
    return _ASKED.get(key) or _ASKED.get(key.lower())


_ESCAPES = {
    # Cursor keys, first as terminals send them, then in application mode (DEC STD 070; xterm's ctlseqs).
    **{b"\x1b[" + end: name for end, name in ((b"A", "up"), (b"B", "down"), (b"C", "right"), (b"D", "left"))},
    **{b"\x1bO" + end: name for end, name in ((b"A", "up"), (b"B", "down"), (b"C", "right"), (b"D", "left"))},
    b"\x1b[5~": "pgup",
    b"\x1b[6~": "pgdn",
}
_SENT = re.compile(
    rb"""
    (?P<key>
        \x1b\[\[[ -~]                         # function keys of the Linux console
      | \x1b\[[0-?]*[ -/]*[@-Z\\-~]           # ECMA-48: parameters, intermediate bytes, a final one
      | \x1bO[ -~]                            # in application mode, and on the keypad
      | \x1b[^\x1b\[O\x80-\xff]               # with Alt
      | \x1b(?=\x1b)                          # Escape, and then another key
      | [\x00-\x1a\x1c-\x7f] | [\xc2-\xdf][\x80-\xbf] | [\xe0-\xef][\x80-\xbf]{2} | [\xf0-\xf4][\x80-\xbf]{3}
    )
  | (?P<part>
        \x1b(?:\[\[?[0-?]{0,16}[ -/]{0,4}|O)?\Z
      | (?:[\xc2-\xdf] | [\xe0-\xef][\x80-\xbf]? | [\xf0-\xf4][\x80-\xbf]{0,2})\Z
    )
  | (?P<junk>\x1b[\[O]? | .)
    """,
    re.DOTALL | re.VERBOSE,
)


class Decoder:
    """Keys from what a terminal sends, however it is cut into pieces."""

    def __init__(self) -> None:
        self._part = b""

    @property
    def waiting(self) -> bool:
        """Whether a key may have begun: more of it comes at once, or it was Escape alone."""
        return bool(self._part)

    def feed(self, sent: bytes) -> list[str]:
        """The keys that are complete: characters, and names such as `left`."""
        sent, self._part = self._part + sent, b""
        keys = []
        for found in _SENT.finditer(sent):
            if found.lastgroup == "part":
                self._part = found.group()
            else:
                keys.append(_key(found.group()))
        return keys

    def flush(self) -> list[str]:
        """What has begun, now that nothing more comes: Escape, or no key at all."""
        part, self._part = self._part, b""
        return [] if not part else [ESCAPE if part == b"\x1b" else UNKNOWN]


def _key(sent: bytes) -> str:
    if sent == b"\x1b":
        return ESCAPE
    if sent.startswith(b"\x1b"):
        return _ESCAPES.get(sent, UNKNOWN)
    character = sent.decode("utf-8", "replace")
    return character if character.isprintable() else UNKNOWN


_WINDOWS = {"H": "up", "P": "down", "K": "left", "M": "right", "I": "pgup", "Q": "pgdn"}
"""Second characters after 0 or 0xE0, as `_getwch` of the C library gives them."""


def windows_key(first: str, second: str = "") -> str:
    """The key of the one or two characters that a Windows console gives."""
    if first in ("\x00", "\xe0"):
        return _WINDOWS.get(second, UNKNOWN)
    if first == "\x1b":
        return ESCAPE
    return first if first.isprintable() else UNKNOWN
