"""Sound files read from front to back."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soundfile import SoundFile


@lru_cache(maxsize=1)
def forward() -> type[SoundFile]:
    """A SoundFile that never looks back.

    The library seeks to where it is after each read, and an MP3 decoder that seeks begins afresh: there would be a
    click at each border between blocks that the file does not have.
    """
    import soundfile

    class Forward(soundfile.SoundFile):  # type: ignore[misc]
        def seekable(self) -> bool:
            return False

    return Forward
