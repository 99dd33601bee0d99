"""A session that plays while it is still being spoken, and is planned anew ahead of the listener."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceguide import scheduler
from voiceguide.model.script import Say, Utterance
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis, format_clock, format_duration, to_frames, to_millis
from voiceguide.pipeline.live.plan import Plan, Planner
from voiceguide.pipeline.live.soon import Soon
from voiceguide.pipeline.live.speaker import Speaker
from voiceguide.pipeline.live.speaking import Voice
from voiceguide.progress import Listener, Warn, ignore
from voiceguide.scheduler import Layout

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.errors import VoiceguideError
    from voiceguide.mixer import Mix
    from voiceguide.player.program import Program

SEEK = 1.0
"""Seconds: whoever asks for a place this far from where the last sound ended has gone elsewhere."""
SLOWEST, QUICKEST = 60, 400
"""Words a minute, as `--rate` takes them."""


class Live:
    """The program of a session: what `voiceguide.player` plays.

    It begins with `layout`, made from `length_of`: true lengths where they are known, and estimates.
    """

    def __init__(
        self,
        layout: Layout,
        length_of: Callable[[Utterance], Frames],
        voice: Voice,
        mixed: Callable[[Timeline], Mix],
        start: int = 0,
        lead: Program | None = None,
        listener: Listener = ignore,
    ) -> None:
        self.rate = layout.rate
        self.words = layout.choice.script.rate
        self.lead = lead
        """What is played ahead of it: a countdown."""
        self._listener = listener
        self._told = False
        self._voice = voice
        self._estimate = length_of
        self._target = layout.starts()[-1]
        self._written = {say.utterance: say.utterance for say in layout.choice.lines()}
        self._others: dict[Utterance, Utterance] = {}
        self._planner = Planner(layout, voice.length, self._wanted, mixed, start)
        self._soon = Soon(self._planner, voice, self.place, lambda: self._speaker.look_anew())
        self._speaker = Speaker(self._planner, voice, self._wanted, self.place, self._soon.due, self.trouble)

    def timeline(self) -> Timeline:
        """The session as it is planned now."""
        return self._planner.plan.timeline

    def ready(self, start: int) -> Frames:
        """Up to which frame, from `start` on, everything can be mixed now."""
        return self._soon.ready(self._heard(start, start), start)

    def sound(self, start: int, frames: int, bed: int) -> tuple[Samples, Samples]:
        """Voice and sounds, and the bed, float32 of shape (frames, 2). Raises SpeechFailed beyond what is ready."""
        return self._heard(start, start + frames).mix.sound(start, frames, bed)

    def waiting(self, start: int, frames: int, bed: int) -> Samples:
        """The bed alone, as loud as it is at `start`."""
        return self._planner.plan.mix.waiting(start, frames, bed)

    def trouble(self) -> str:
        """Why it cannot go on from the place that is heard, in two lines; empty while it can, or soon will."""
        return f"error: {error.message}\nhint: {error.hint}" if (error := self.failure()) else ""

    def failure(self) -> VoiceguideError | None:
        """Why it cannot go on from the place that is heard; None while it can, or soon will."""
        heard, blocking = self._planner.heard, self._planner.plan.blocking(self._planner.heard)
        if blocking is None or blocking.utterance is None or blocking.start > heard + SEEK * self.rate:
            return None
        return self._voice.failed.get(blocking.utterance) or self._speaker.fault or self._soon.fault

    def stretched(self, at: int, by: Millis) -> str:
        """Makes the section that holds frame `at` longer or shorter, as far as that goes. Gives a message."""
        section = scheduler.holding(self._planner.plan.layout, at)
        if section is None:
            return "the session is over"
        frames = to_frames(Millis(abs(by)), self.rate) * (1 if by > 0 else -1)
        old, new = self._planner.swap(
            lambda layout, free: self._stretched(layout, section, max(free, at), frames), self._last_longer
        )
        gained = new.timeline.length - old.timeline.length
        title = new.timeline.chapters[section].title
        if not gained:
            return f"{title} is nearly over" if by > 0 else f"{title} cannot be shorter"
        whole = format_clock(to_millis(new.timeline.length, self.rate))
        return f"{title} {_told(gained, self.rate)}, {whole} in all"

    def at_rate(self, at: int, words: int) -> str:  # noqa: ARG002  (what begins behind the place heard is spoken anew)
        """Speaks the sentences that come next at `words` a minute. Gives a message."""
        self.words = min(max(words, SLOWEST), QUICKEST)
        layout = self._planner.plan.layout
        pairs = {
            say.utterance: self._at_rate(say.utterance, layout.choice.script.rate) for say in layout.choice.lines()
        }
        self._written |= {other: self._written[utterance] for utterance, other in pairs.items()}
        self._others = {utterance: other for utterance, other in pairs.items() if other != utterance}
        self._voice.look(self._others.values())
        self.place()
        self._speaker.look_anew()
        return f"{self.words} words a minute from the next sentence on"

    def close(self) -> None:
        """Stops speaking. Safe to call twice."""
        self._soon.close()
        self._speaker.close()

    def begin(self) -> None:
        """Goes on speaking, and looks ahead, on threads of their own."""
        self._speaker.begin()
        self._soon.begin()

    def speak_next(self) -> Say | None:
        """Speaks the line that is needed next, or tries to; None when there is none. Only before it began."""
        return self._speaker.speak_next()

    def place(self) -> None:
        """Plans anew, ahead of what is heard, with all that is known by now."""
        _, new = self._planner.swap(self._anew)
        if new.timeline.exact and not self._told:
            self._told = True
            for problem in scheduler.overruns(new.layout.choice, self._length_of, self.rate):
                self._listener(Warn(str(problem)))

    def unspoken(self) -> list[tuple[float, float]]:
        """How many seconds from the place that is heard, and how long, every line is that is not spoken yet."""
        start, lines = self._planner.heard, dict[Utterance, tuple[float, float]]()
        for say in self._planner.plan.following(start):
            if say.utterance and self._voice.length(say.utterance) is None:
                lines.setdefault(say.utterance, ((say.start - start) / self.rate, say.length / self.rate))
        return list(lines.values())

    def _heard(self, start: int, upto: int) -> Plan:
        elsewhere = abs(start - self._planner.heard) > SEEK * self.rate
        plan = self._planner.hear(upto)
        if elsewhere:
            self._voice.failed.clear()
            self._speaker.look_anew()
        self._soon.heard(plan, upto)
        return plan

    def _length_of(self, utterance: Utterance) -> Frames:
        return self._voice.length(utterance) or self._estimate(utterance)

    def _wanted(self, utterance: Utterance) -> Utterance:
        """What is said in its place, unless that cannot be spoken."""
        other = self._others.get(utterance, utterance)
        return utterance if other in self._voice.failed else other

    def _at_rate(self, utterance: Utterance, usual: int) -> Utterance:
        """A line as written, at the rate that it has when `usual` words a minute become those of the listener."""
        written = self._written[utterance]
        rate = min(max(round(written.rate * self.words / usual), SLOWEST), QUICKEST)
        return written if written.recording or rate == written.rate else replace(written, rate=rate)

    def _last_longer(self, old: Plan, new: Plan) -> None:
        self._target += new.timeline.length - old.timeline.length

    def _anew(self, layout: Layout, free: int) -> Layout:
        spoken = {utterance: other for utterance, other in self._others.items() if self._voice.length(other)}
        if spoken:
            layout = scheduler.reworded(layout, free, spoken)
        return scheduler.replanned(layout, free, self._length_of, self._target)

    def _stretched(self, layout: Layout, section: int, free: int, frames: int) -> Layout:
        from voiceguide.mixer import ending

        new = scheduler.stretched(layout, section, free, frames, self._length_of)
        ends = [one.starts()[-1] for one in (layout, new)]
        too_late = free > min(ending(end, self.rate) for end in ends)
        return layout if too_late or ends[0] == ends[1] else new


def _told(gained: int, rate: int) -> str:
    length = to_millis(Frames(abs(gained)), rate)
    told = "a minute" if length == 60_000 else format_duration(Millis(round(length, -3) or 1000))
    return f"{told} {'longer' if gained > 0 else 'shorter'}"
