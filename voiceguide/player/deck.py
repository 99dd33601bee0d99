"""Mixes a program ahead of the ear, and lets what a listener wants be heard at once.

    mixed ahead   ──────────┐ what was to be heard, to the next key
                    ╲╱      crossfade of 30 ms
    mixed anew      ─────────────────────

Every change is heard in this one way: a pause (silence instead), a seek, a volume, a plan that was swapped. So no
change clicks, none waits for what was mixed already, and the place is always that of the frame being heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import numpy as np

from voiceguide.audio.clip import Samples
from voiceguide.model.live import Command, State
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames
from voiceguide.player import gains
from voiceguide.player.ahead import Ahead, Stretch, rising
from voiceguide.player.playing import BEGINNING, Playing, pressed, within
from voiceguide.player.program import Program

FADE = 0.03
"""Seconds from what was to be heard to what is: short enough to be at once, long enough not to click."""
_EDGE = 0.01  # seconds in which what rang on comes back after a wait
_NOTHING = np.zeros((0, 2), np.float32)


class Deck:
    """One program with what is mixed ahead of the place that is heard.

    `take` belongs to the device's thread and everything else to one other; with `pull` all may be one thread's.
    With `waits` the bed goes on where the program is not ready; without, nothing comes until it is, nor in a pause.
    """

    def __init__(
        self, program: Program, start: Frames = BEGINNING, *, repeat: bool = False, waits: bool = True
    ) -> None:
        self._program = program
        self._timeline = program.timeline()
        self._repeat = repeat
        self._waits = waits
        self._fade = round(FADE * program.rate)
        at = within(start, self._timeline)
        self._playing = Playing(at, at)
        self._appears = at > 0  # in the middle of something: not without a fade
        self._before: State = "playing"
        self._rang = _NOTHING  # the last of what was mixed, without the bed
        self._lock = Lock()
        self._read = 0
        self._ends = False  # whether nothing comes after what is mixed
        self._ahead = Ahead(0, _NOTHING, (Stretch(0, "playing", at, at),))

    @property
    def timeline(self) -> Timeline:
        """The plan that is heard."""
        return self._timeline

    @property
    def spare(self) -> int:
        """How many frames are mixed ahead."""
        return self._ahead.end - self._read

    @property
    def ends(self) -> bool:
        """Whether nothing comes after what is mixed ahead."""
        return self._ends

    @property
    def finished(self) -> bool:
        """Whether everything has been heard."""
        return self._ends and not self.spare

    def following(self) -> State:
        """What comes after what is mixed ahead."""
        return self._state(self._ahead.place(self._ahead.end).at)

    def now(self) -> tuple[Playing, State]:
        """What the listener decided, at the place that is heard."""
        with self._lock:
            place = self._ahead.place(self._read)
        playing = replace(self._playing, at=place.at, clock=place.clock)
        return playing, "ended" if self.finished else place.state

    def take(self, frames: int) -> Samples:
        """The next frames, fewer where no more are mixed. Waits for nothing but a handing over of references."""
        with self._lock:
            heard = self._ahead.heard(self._read, frames)
            self._read += len(heard)
        return heard

    def pull(self, frames: int) -> Samples:
        """Mixes and takes, for those who have one thread."""
        self.renew()
        self.fill(frames + self._fade)
        return self.take(frames)

    def press(self, command: Command) -> None:
        """Does what `command` says, but for those that change the plan."""
        self._change(lambda playing: pressed(playing, command, self._timeline))

    def tell(self, message: str) -> None:
        """Leaves a message for the listener."""
        self._playing = replace(self._playing, message=message)

    def renew(self) -> None:
        """Mixes anew what is ahead, if the program has another plan now."""
        timeline = self._program.timeline()
        if timeline is not self._timeline or self._appears:
            self._timeline, self._appears = timeline, False
            self._change(lambda playing: playing, always=True)

    def appear(self, unheard: int = 0) -> None:
        """Comes back out of silence, at the place where the ear lost it: `unheard` frames before the last taken."""
        with self._lock:
            self._ends = False  # nobody will hear the end that was mixed
            place = self._ahead.place(self._read)
            if place.state == "playing" and unheard:
                place = replace(place, at=Frames(max(0, place.at - unheard)), clock=max(0, place.clock - unheard))
            self._ahead = Ahead(self._read, _NOTHING, (place,))
        self._change(lambda playing: playing, always=True)

    def fill(self, frames: int) -> None:
        """Mixes until `frames` are ahead."""
        ahead, missing, state = self._ahead, frames - self.spare, self.following()
        if missing > 0 and (state == "playing" or (self._waits and state != "ended")):
            more = self._run(ahead.place(ahead.end), missing)
            with self._lock:
                self._ahead = ahead.since(self._read).joined(*more)
        self._ends = self.following() == "ended"

    def _change(self, change: Callable[[Playing], Playing], *, always: bool = False) -> None:
        """From the place that is heard now, goes over to what `change` makes of it."""
        if self.finished:
            return
        decided = self._playing
        while True:
            frame, ahead = self._read, self._ahead
            place = ahead.place(frame)
            before = replace(decided, at=place.at, clock=place.clock)
            after = self._playing = change(before)
            if not always and replace(after, message=before.message) == before:
                return
            length = self._fade if after.over or not self._waits else max(self._fade, ahead.end - frame)
            self._before, self._rang = "playing", _NOTHING
            anew = self._run(Stretch(frame, place.state, after.at, after.clock), length, self._fade)
            with self._lock:
                if self._read == frame:
                    self._ahead = ahead.since(frame).spliced(*anew, self._fade)
                    self._ends = after.over
                    return
            # The device took some meanwhile. What took the time is done now, so the next turn is quick.

    def _run(self, place: Stretch, frames: int, least: int = 0) -> tuple[Samples, tuple[Stretch, ...]]:
        """`frames` frames from a place on, and what they are made of.

        Where it ends, or has to wait and cannot, they are fewer, but `least` for something else to fade out in.
        """
        blocks: list[Samples] = []
        stretches: list[Stretch] = []
        first, end = place.first, place.first + frames
        while place.first < end:
            stretch = self._from(place)
            stands = stretch.state == "ended" or (stretch.state == "preparing" and not self._waits)
            if blocks and stands and place.first >= first + least:
                break
            block = self._block(stretch, end - place.first)
            blocks.append(block)
            stretches.append(stretch)
            place = stretch.moved(place.first + len(block))
        return np.concatenate(blocks), tuple(stretches)

    def _from(self, place: Stretch) -> Stretch:
        """What is to be heard from here on."""
        at = Frames(0) if self._repeat and place.at >= self._timeline.length else place.at
        return Stretch(place.first, self._state(at), at, place.clock)

    def _state(self, at: Frames) -> State:
        if self._playing.over or (at >= self._timeline.length and not self._repeat):
            return "ended"
        at = Frames(0) if at >= self._timeline.length else at
        # Asked in a pause too: so the program knows to which place somebody has gone.
        ready = self._program.ready(at) > at
        return "paused" if self._playing.paused else "playing" if ready else "preparing"

    def _block(self, stretch: Stretch, most: int) -> Samples:
        """At most `most` frames of one state, and at least one."""
        match stretch.state:
            case "playing":
                block = self._played(stretch, most)
            case "preparing":
                block = self._waited(stretch, most)
            case _:
                block = np.zeros((most, 2), np.float32)
        self._before = stretch.state
        return block

    def _played(self, stretch: Stretch, most: int) -> Samples:
        there = min(self._program.ready(stretch.at), self._timeline.length) - stretch.at
        frames = max(1, min(most, there))
        voice, bed = self._program.sound(stretch.at, frames, stretch.clock)
        if self._before == "preparing" and voice[0].any():
            edge = round(_EDGE * self._program.rate)
            voice = np.concatenate((voice[:edge] * rising(edge)[: len(voice)], voice[edge:]))
        self._rang = voice[-self._fade :]
        return gains.mixed(voice, bed, self._playing)

    def _waited(self, stretch: Stretch, frames: int) -> Samples:
        """The bed, into which what was ringing dies away: mirrored, for what comes next is not known yet."""
        voice = np.zeros((frames, 2), np.float32)
        rang = self._rang[::-1][:frames]
        voice[: len(rang)] = rang * rising(len(rang))[::-1]
        self._rang = _NOTHING
        return gains.mixed(voice, self._program.waiting(stretch.at, frames, stretch.clock), self._playing)
