"""Where somebody is in a session: section, sentence, and what comes next. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from voiceguide.model.live import State, Status
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames
from voiceguide.player.playing import Playing, section


class Guide:
    """One timeline, made ready to be asked often."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._says = [placement for placement in timeline.placements if placement.kind == "say"]
        self._onsets = [placement.start for placement in self._says]

    def status(self, playing: Playing, state: State, words: int) -> Status:
        """All that can be seen."""
        timeline, number = self.timeline, section(self.timeline, playing.at)
        chapter = timeline.chapters[number] if timeline.chapters else None
        return Status(
            state=state,
            title=timeline.title,
            rate=timeline.rate,
            position=playing.at,
            length=timeline.length,
            section=chapter.title if chapter else "",
            number=number + 1,
            sections=len(timeline.chapters),
            start=chapter.start if chapter else Frames(0),
            end=chapter.end if chapter else timeline.length,
            sentence=self._sentence(playing.at, chapter.start if chapter else 0),
            following=self._following(playing.at),
            volume=playing.volume,
            bed=playing.bed,
            muted=playing.muted,
            words=words,
            message=playing.message,
        )

    def sentence_start(self, at: int) -> Frames:
        """The start of the sentence that is being said at frame `at`; `at` itself while nobody speaks."""
        begun = bisect_right(self._onsets, at) - 1
        speaks = begun >= 0 and at < self._says[begun].end
        return self._says[begun].start if speaks else Frames(at)

    def _sentence(self, at: int, since: int) -> str:
        begun = bisect_right(self._onsets, at) - 1
        return self._says[begun].text if begun >= 0 and self._says[begun].start >= since else ""

    def _following(self, at: int) -> str:
        coming = bisect_right(self._onsets, at)
        return self._says[coming].text if coming < len(self._says) else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the listening ended, or how it stands."""

    state: State
    position: Frames
    sentence: Frames
    """Where the sentence began that was being said there, or `position` in a rest: where to go on another time."""
    kept: bool
    """Whether the listener wants the place to be kept."""
    fault: Exception | None = None
    """What ended it, if nobody did."""
