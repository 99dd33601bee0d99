"""Bells, by the names that the notation has for them."""

from __future__ import annotations

from functools import lru_cache

from voiceguide.audio.bells import BELL, BOWL, CHIME, struck
from voiceguide.audio.clip import Samples
from voiceguide.errors import UsageError
from voiceguide.near import suggest

_STROKES = {"bell": BELL, "chime": CHIME, "bowl": BOWL}


@lru_cache(maxsize=16)
def sound(name: str, rate: int) -> Samples:
    """A bell by name at `rate` Hz: float32, shape (frames, 2), peak 1, silent at both ends, read-only.

    Raises UsageError when there is none of that name.
    """
    if name not in _STROKES:
        raise UsageError(f"there is no sound called '{name}'", suggest(name, _STROKES))
    rung = struck(_STROKES[name], rate)
    rung.setflags(write=False)
    return rung
