"""How a cue is spelled: the only place that reads and writes the cue notation.

`parse` never raises: it returns the cues with every problem it found, so that an author sees them all at once.
`write` prints cues so that they parse back to themselves.
"""

from voiceguide.notation.grammar import SOUND_LENGTH, SOUNDS
from voiceguide.notation.reading import parse
from voiceguide.notation.report import MOST_PROBLEMS, Parsed
from voiceguide.notation.writing import escape, escape_line, span, spell, spell_rest, write

__all__ = [
    "MOST_PROBLEMS",
    "SOUNDS",
    "SOUND_LENGTH",
    "Parsed",
    "escape",
    "escape_line",
    "parse",
    "span",
    "spell",
    "spell_rest",
    "write",
]
