"""`[recording breath.wav "Breathe in."]`: a line in somebody's own voice."""

from __future__ import annotations

import re

from voiceguide.model.cues import Recorded, Source
from voiceguide.notation.grammar import ESCAPE, QUOTED, SPEAKS, SPECIAL
from voiceguide.notation.report import Parsed

RECORDING = "recording"
_MARK = re.compile(rf"\s*{RECORDING}\s*:?\s*(?P<file>{QUOTED}|[^\s\"]+)\s*(?P<text>{QUOTED})\s*", re.IGNORECASE)
_PLAIN = re.compile(r"[\w./-]+")
_OPEN_BRACE = re.compile(r"(?:\\.|[^\\{])*\{")


def read_recorded(mark: str, at: Source, found: Parsed) -> Recorded | None:
    """The recording of a mark, as it stands between its brackets; None, with a complaint, when it is not whole."""
    parts = _MARK.fullmatch(mark)
    if parts is None:
        hint = 'write [recording breath.wav "Breathe in."], in straight quotes, \\" for a quote inside'
        found.complain(at, f"'[{mark[:60]}]' does not name a file and the words in it", hint)
        return None
    file, text = _unquoted(parts["file"]), " ".join(_unquoted(parts["text"]).split())
    if not file or not SPEAKS.search(text):
        found.complain(at, f"'[{mark[:60]}]' leaves its file or its words empty", "write what is heard in the file")
        return None
    if _OPEN_BRACE.match(parts["text"]):
        hint = "a file says the same to everybody: write the words that are in it, or \\{ for a brace"
        found.complain(at, "a recording has no words to fill in", hint)
        return None
    return Recorded(file, text, at)


def spell_recorded(cue: Recorded) -> str:
    """A recording as people write it."""
    file = cue.file if _PLAIN.fullmatch(cue.file) else _quoted(cue.file)
    return f"[{RECORDING} {file} {_quoted(cue.text)}]"


def _unquoted(argument: str) -> str:
    inner = argument[1:-1] if argument.startswith('"') else argument
    return ESCAPE.sub(r"\1", inner).strip()


def _quoted(text: str) -> str:
    return '"' + SPECIAL.sub(r"\\\1", text).replace('"', '\\"') + '"'
