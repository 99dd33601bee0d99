"""Beds and bells, made while others do something else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from voiceguide import beds
from voiceguide.model.cues import Sound
from voiceguide.model.script import Script
from voiceguide.pipeline.background import BED, named
from voiceguide.pipeline.profiles import profile
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.beds import Bed

BELL = "bell"
"""What most routines ring."""
_HANDS = 2  # threads that make them


class Shelf:
    """Each is made once: a plan that is swapped must not begin its bed anew. What cannot be made raises when taken."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._pool = ThreadPoolExecutor(_HANDS, "voiceguide-shelf")
        self._beds: dict[str, Future[Bed]] = {}
        self._sounds: dict[str, Future[Samples]] = {}

    def guess(self, settings: Settings) -> None:
        """Begins with the usual bell, and bed where nobody asks for another, before it is known what is wanted."""
        self._strike(BELL)
        if not (settings.bed or profile(settings.profile).bed):
            self._order(BED, None)

    def order(self, script: Script, length: int) -> None:
        """Begins with all that a session of `length` frames will need."""
        for bed in named(script):
            self._order(bed, length)
        cues = (cue for section in script.sections for telling in section.tellings for cue in telling.cues)
        for sound in {cue.name for cue in cues if isinstance(cue, Sound)}:
            self._strike(sound)

    def bed(self, name: str) -> Bed:
        """The bed of a name, the same always."""
        return self._order(name, None).result()

    def sound(self, name: str) -> Samples:
        """A bell at the session's rate. Waited for where it is being made: two at work on one would be no quicker."""
        making = self._sounds.get(name)
        return self._struck(name) if making is None or making.cancelled() else making.result()

    def close(self) -> None:
        """Makes no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _order(self, name: str, length: int | None) -> Future[Bed]:
        if name not in self._beds:
            make: Callable[[str, int, int | None], Bed] = beds.make
            self._beds[name] = self._pool.submit(make, name, self._rate, length)
        return self._beds[name]

    def _strike(self, name: str) -> None:
        if name not in self._sounds:
            self._sounds[name] = self._pool.submit(self._struck, name)

    def _struck(self, name: str) -> Samples:
        from voiceguide import soundbank

        return soundbank.sound(name, self._rate)
