"""What may stand after a bed's name: notes, chords and beats. Nothing here makes sound, so that checking is cheap."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voiceguide.errors import UsageError
from voiceguide.model.units import Millis

A4 = 440.0
"""Hz, ISO 16."""
CHORDS = {
    # Semitones above the root, from the ordinary names of chords.
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "9": (0, 4, 7, 10, 14),
    "m9": (0, 3, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "add9": (0, 4, 7, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
}
_TONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARPS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NOTE = r"([A-Ga-g])([#♯b♭]?)"
_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?)"
_LEAST_CARRIER, _MOST_CARRIER = 40.0, 1000.0
_LEAST_BEAT, _MOST_BEAT = 0.5, 40.0


@dataclass(frozen=True, slots=True)
class Beat:
    """A carrier and its beat at the beginning and at the end, all in Hz."""

    carrier: float
    first: float
    last: float


def note(text: str, octaves: tuple[int, int], octave: int) -> float:
    """Hz of a note like `A2`, `C#3` or `Eb`, in equal temperament, in one of `octaves`; `octave` where none is named.

    Octaves are counted from C, and A4 is 440 Hz (scientific pitch notation). Raises ValueError, saying what is meant.
    """
    found = re.fullmatch(_NOTE + r"(\d?)", text)
    low, high = octaves
    if not found or not low <= int(found.group(3) or octave) <= high:
        raise ValueError(f"a note from C{low} to B{high}, as in A{octave}")
    return _hertz(found.group(1), found.group(2), int(found.group(3) or octave))


def chord(text: str) -> tuple[float, tuple[int, ...]]:
    """Hz of a chord's root between 73 and 139 (D2 and up), and its tones in semitones above it: `Dm`, `F#maj7`.

    Raises ValueError, saying what is meant.
    """
    found = re.fullmatch(_NOTE + r"(.*)", text)
    if not found or found.group(3) not in CHORDS:
        raise ValueError(f"a chord: a note, and nothing or one of {', '.join(filter(None, CHORDS))}, as in Dm")
    root = _hertz(found.group(1), found.group(2), 2)
    return (root * 2 if root < 73.0 else root), CHORDS[found.group(3)]


def beat(text: str) -> Beat:
    """`200/6`, or `200/10-4` for a beat that changes over the session. Raises ValueError, saying what is meant."""
    found = re.fullmatch(rf"{_NUMBER}\s*/\s*{_NUMBER}(?:\s*-\s*{_NUMBER})?", text)
    if found:
        carrier, first, last = (float(part) for part in (*found.groups()[:2], found.group(3) or found.group(2)))
        beats = (_LEAST_BEAT <= first <= _MOST_BEAT, _LEAST_BEAT <= last <= _MOST_BEAT)
        if _LEAST_CARRIER <= carrier <= _MOST_CARRIER and all(beats):
            return Beat(carrier, first, last)
    raise ValueError(
        f"a carrier from {_LEAST_CARRIER:g} to {_MOST_CARRIER:g} Hz, a slash, and a beat from {_LEAST_BEAT:g} to "
        f"{_MOST_BEAT:g} Hz, as in 200/6 or 200/10-4"
    )


def _hertz(letter: str, sharp: str, octave: int) -> float:
    semitones = _TONES[letter.upper()] + _SHARPS[sharp] + 12 * (octave - 4) - _TONES["A"]
    return float(A4 * 2 ** (semitones / 12))


DRONE_OCTAVES = (1, 3)
BOWL_OCTAVES = (2, 4)
DEFAULTS = {"drone": "A2", "pad": "Aadd9", "binaural": "200/6", "isochronic": "200/6"}
"""What those beds play where no parameter is written. The bowl's own note has no name: it is a real bowl's."""
BETWEEN_STROKES = Millis(30_000)
"""From one stroke of the bowl to the next, where nobody says otherwise."""
READERS = {
    "drone": lambda text: note(text, DRONE_OCTAVES, 2),
    "pad": chord,
    "bowl": lambda text: note(text, BOWL_OCTAVES, 3),
    "binaural": beat,
    "isochronic": beat,
}
"""What reads the parameter of those built-in beds that take one."""


def sounding(name: str, text: str) -> object:
    """What a parameter of the bed `name` means, however it is written: the same for what is heard as the same.

    Of beats the carrier alone: two that differ add up in step all the same.
    """
    text = text or DEFAULTS.get(name, "")
    try:
        meant = READERS[name](text) if text and name in READERS else text
    except ValueError:  # of a bed that somebody else made under this name
        return text
    return meant.carrier if isinstance(meant, Beat) else meant


def check(name: str, text: str) -> None:
    """Raises UsageError for a parameter that the built-in bed `name` does not take."""
    if not text:
        return
    if name not in READERS:
        raise UsageError(
            f"'{name}:{text}': {name} takes no '{text}'", f"a level has a sign or its unit, as in '{name}:-3'"
        )
    try:
        READERS[name](text)
    except ValueError as meant:
        raise UsageError(f"'{name}:{text}': '{text}' is not right for {name}", f"it takes {meant}") from None
