"""How a cue is spelled: the only place that reads and writes the cue notation.

## Arch rubs                 a section; a line of words with === below it is one, too
Hold your foot.              a paragraph is spoken, sentence by sentence
[pause 3s]  [pause 5s-20s]   a rest, exact or elastic; [pause] is one of the usual length
[until 4s]                   quiet until 4 s after the last sentence began
[bell 3s]                    a sound
[voice counter]              a role of the routine, or a voice of the engine
[rate 95]  [pitch +2]        words a minute; semitones from the voice's own pitch
[recording in.wav "In."]     a file in place of a voice
[bed ocean:-3 + bowl]        the background from this section on; [bed none] is silence, [bed] the routine's own

Alone on a line, voice, rate and pitch hold to the end of the section; in front of words, to the end of that paragraph
(an empty line, a heading, the next item of a list), through the rests in it. Without a value they go back to what the
section or the routine says. A bed stands alone on a line, at the head of a section: ahead of all that is said or
heard in it. Tables and blocks of code are errors at their first line, as every bracket and tag is that
is not understood.

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
