"""What a command makes of a session that plays: from one state to the next. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from voiceguide.model.live import Command
from voiceguide.model.timeline import Chapter, Timeline
from voiceguide.model.units import Frames

BEGINNING = Frames(0)
STEP = 1.5
"""Decibels that a key makes it louder or softer: one hears it, and it startles nobody."""
VOLUMES = (-30.0, 6.0)
"""Decibels. Above 0 the highest peaks are rounded off (see `gains`)."""
BEDS = (-30.0, 12.0)
"""Decibels that a listener may add to the bed."""
AGAIN = 3
"""Seconds into a section, after which "previous" means this one's beginning, as players of music have it."""
_SEEKS = {Command.BACK: -5, Command.FORWARD: 5, Command.BACK_MINUTE: -60, Command.FORWARD_MINUTE: 60}  # seconds


@dataclass(frozen=True, slots=True)
class Playing:
    """A session at one moment, as far as the listener decides it."""

    at: Frames
    """The next frame of the session."""
    clock: int
    """The next frame of the bed by its own clock, which goes on over every seek."""
    paused: bool = False
    over: bool = False
    kept: bool = False
    """Whether the place is to be kept for the next time."""
    volume: float = 0.0
    """Decibels."""
    bed: float = 0.0
    """Decibels that were added to the bed."""
    muted: bool = False
    message: str = ""


def pressed(playing: Playing, command: Command, timeline: Timeline) -> Playing:
    """What is played after `command`. The commands that change the plan itself change nothing here."""
    if playing.over:
        return playing
    if command in _SEEKS:
        return _sought(playing, playing.at + _SEEKS[command] * timeline.rate, timeline)
    change = _CHANGES.get(command)
    return change(playing, timeline) if change else playing


def within(place: int, timeline: Timeline) -> Frames:
    """The nearest place that the session has."""
    return Frames(min(max(place, 0), max(0, timeline.length - 1)))


def section(timeline: Timeline, at: int) -> int:
    """The index of the chapter that holds frame `at`; 0 before the first, or where there is none."""
    return max(0, bisect_right(timeline.chapters, at, key=_start) - 1)


def _start(chapter: Chapter) -> int:
    return chapter.start


def _sought(playing: Playing, place: int, timeline: Timeline, message: str = "") -> Playing:
    return replace(playing, at=within(place, timeline), message=message)


def _paused(playing: Playing, _timeline: Timeline) -> Playing:
    return replace(playing, paused=not playing.paused, message="")


def _held(playing: Playing, _timeline: Timeline) -> Playing:
    return replace(playing, paused=True, message="")


def _gone_on(playing: Playing, _timeline: Timeline) -> Playing:
    return replace(playing, paused=False, message="")


def _again(playing: Playing, timeline: Timeline) -> Playing:
    return _to_section(playing, timeline, section(timeline, playing.at))


def _previous(playing: Playing, timeline: Timeline) -> Playing:
    here = section(timeline, playing.at)
    begun = timeline.chapters[here].start if timeline.chapters else 0
    return _to_section(playing, timeline, here if playing.at - begun > AGAIN * timeline.rate else here - 1)


def _next(playing: Playing, timeline: Timeline) -> Playing:
    number = section(timeline, playing.at) + 1
    if number >= len(timeline.chapters):
        return replace(playing, message="this is the last technique")
    return _to_section(playing, timeline, number)


def _to_section(playing: Playing, timeline: Timeline, number: int) -> Playing:
    if not timeline.chapters:
        return _sought(playing, 0, timeline)
    chapter = timeline.chapters[max(0, number)]
    return _sought(playing, chapter.start, timeline, chapter.title)


def _turned(steps: int) -> Callable[[Playing, Timeline], Playing]:
    def turn(playing: Playing, _timeline: Timeline) -> Playing:
        volume = _stepped(playing.volume, steps, VOLUMES)
        return replace(playing, volume=volume, message=f"volume {volume:+.1f} dB")

    return turn


def _bed_turned(steps: int) -> Callable[[Playing, Timeline], Playing]:
    def turn(playing: Playing, _timeline: Timeline) -> Playing:
        bed = _stepped(playing.bed, steps, BEDS)
        return replace(playing, bed=bed, muted=False, message=f"background {bed:+.1f} dB")

    return turn


def _stepped(level: float, steps: int, bounds: tuple[float, float]) -> float:
    return min(max(level + steps * STEP, bounds[0]), bounds[1])


def _muted(playing: Playing, _timeline: Timeline) -> Playing:
    muted = not playing.muted
    return replace(playing, muted=muted, message="background off" if muted else "background on")


def _quit(playing: Playing, _timeline: Timeline) -> Playing:
    return replace(playing, over=True, message="")


def _kept(playing: Playing, _timeline: Timeline) -> Playing:
    return replace(playing, over=True, kept=True, message="")


_CHANGES: dict[Command, Callable[[Playing, Timeline], Playing]] = {
    Command.PAUSE: _paused,
    Command.HOLD: _held,
    Command.GO_ON: _gone_on,
    Command.PREVIOUS: _previous,
    Command.NEXT: _next,
    Command.REPEAT: _again,
    Command.QUIETER: _turned(-1),
    Command.LOUDER: _turned(1),
    Command.BED_QUIETER: _bed_turned(-1),
    Command.BED_LOUDER: _bed_turned(1),
    Command.MUTE_BED: _muted,
    Command.QUIT: _quit,
    Command.KEEP: _kept,
}
