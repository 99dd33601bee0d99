"""Cues → text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voiceguide.model.cues import (
    Bed,
    Heading,
    Manner,
    Paragraph,
    Pause,
    Piece,
    Recorded,
    Slot,
    Sound,
    Until,
    Words,
    WrittenCue,
)
from voiceguide.model.units import LONGEST_PAUSE, Millis, format_duration
from voiceguide.notation.blocks import FENCE
from voiceguide.notation.grammar import BULLET, RULE, SOUND_LENGTH, SPECIAL
from voiceguide.notation.manners import spell_manner
from voiceguide.notation.recordings import spell_recorded


def write(cues: Iterable[WrittenCue]) -> str:
    """The notation of `cues`, one to a line, with a blank line between paragraphs."""
    lines: list[str] = []
    previous: WrittenCue | None = None
    carried = False
    """True where the manner of the words above would hold on."""
    for cue in cues:
        if isinstance(cue, Heading) or (isinstance(cue, Paragraph) and (carried or isinstance(previous, Paragraph))):
            lines += [""] if lines else []
        lines.append(spell(cue))
        if isinstance(cue, Paragraph):
            carried = any(isinstance(part, Manner) for part in cue.parts)
        previous = cue
    return "\n".join(lines) + "\n"


def spell(cue: WrittenCue) -> str:
    """One cue as people write it."""
    match cue:
        case Heading(title):
            # Number signs at the end would be Markdown's closing ones.
            return "## " + re.sub(r"(?<= )(?=#+$)", r"\\", escape(title))
        case Paragraph(parts):
            return _spelled(parts)
        case Pause(None):
            return "[pause]"
        case Pause(least, most):
            return f"[pause {span(least or Millis(0), most or Millis(0))}]"
        case Until(after):
            return f"[until {format_duration(after)}]"
        case Sound(name, length):
            return f"[{name}]" if length == SOUND_LENGTH else f"[{name} {format_duration(length)}]"
        case Manner():
            return spell_manner(cue)
        case Bed(name):
            return f"[bed {name}]" if name else "[bed]"


def _spelled(parts: Iterable[Piece]) -> str:
    """A paragraph on one line. A recording is spelled last, because its quotes have their own escapes."""
    pieces = list(parts)
    line = escape_line("".join(map(_escapable, pieces)))
    recordings = iter([spell_recorded(piece) for piece in pieces if isinstance(piece, Recorded)])
    manners = iter([spell_manner(piece) for piece in pieces if isinstance(piece, Manner)])
    line = re.sub(" *\3 *", lambda _: f" {next(manners)} ", line).strip()
    return re.sub("\2", lambda _: next(recordings), line)


def _escapable(piece: Piece) -> str:
    match piece:
        case Words(text):
            return text
        case Slot(name):
            return f"\0{name}\1"
        case Recorded():
            return "\2"
        case Manner():
            return "\3"


def spell_rest(length: Millis) -> str:
    """A rest of any length: one longer than a pause may be is spelled as several."""
    whole, rest = divmod(length, LONGEST_PAUSE)
    parts = [LONGEST_PAUSE] * whole + ([Millis(rest)] if rest or not whole else [])
    return " ".join(f"[pause {format_duration(part)}]" for part in parts)


def span(least: Millis, most: Millis) -> str:
    """`3s`, or `5s-20s`."""
    return format_duration(least) if least == most else f"{format_duration(least)}-{format_duration(most)}"


def escape(text: str) -> str:
    """`text` with a backslash before everything that would be read as notation."""
    return SPECIAL.sub(r"\\\1", text)


def escape_line(text: str) -> str:
    """`escape` for a line that begins with `text`; \\0name\\1 stands for a word in braces."""
    line = escape(text)
    if FENCE.match(line) or line.startswith("|"):
        line = re.sub(r"([`~|])", r"\\\1", line, count=1)
    if BULLET.match(line) or RULE.fullmatch(line):
        line = re.sub(r"([-*+>_.)=])", r"\\\1", line, count=1)
    return line.replace("\0", "{").replace("\1", "}")
