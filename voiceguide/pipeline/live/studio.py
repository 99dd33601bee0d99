"""What a session that plays is mixed from: clips, bells and beds, at gains that are found once and held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceguide.model.timeline import Timeline
from voiceguide.narrator.notes import ClipNotes
from voiceguide.pipeline.live.shelf import Shelf
from voiceguide.pipeline.live.speaking import Voice
from voiceguide.pipeline.output import levels
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from voiceguide.mixer import Held, Mix


class Studio:
    """Mixes of one session, all at one gain, for which it is held to a timeline of estimates.

    Nothing that was spoken before plays a part in that, so a session sounds the same whatever is in the cache.
    """

    def __init__(self, shelf: Shelf, voice: Voice, notes: ClipNotes, settings: Settings) -> None:
        self._shelf = shelf
        self._voice = voice
        self._notes = notes
        self._levels = levels(plain(settings))
        self._held: Held | None = None

    def hold(self, estimated: Timeline) -> None:
        """Finds the gains for all mixes."""
        from voiceguide.mixer import Mix

        self._held = Mix(estimated, lambda _: None, self._shelf.sound, self._shelf.bed, self._levels).held

    def mixed(self, timeline: Timeline) -> Mix:
        """The mix of a plan."""
        from voiceguide.mixer import Mix

        return Mix(
            timeline, self._voice.clip, self._shelf.sound, self._shelf.bed, self._levels, self._notes, self._held
        )


def plain(settings: Settings) -> Settings:
    """The settings for samples that no codec touches."""
    return replace(settings, format="wav", bitrate="", stems=False)
