"""Programs over a real mix, and the renderer to hold them against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from voiceguide import beds, soundbank
from voiceguide.audio.clip import Clip, Samples
from voiceguide.beds import Bed
from voiceguide.engines import make
from voiceguide.errors import VoiceguideError
from voiceguide.mixer import Mix
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames, Millis, rescale

RATE = 44_100
TEXT = "begin with both hands around the foot and wait until they are warm then let the thumbs go up the arch"
WORDS = TEXT.split(" ")


@lru_cache(maxsize=256)
def clip(utterance: Utterance) -> Clip:
    return make("tone").speak(utterance, 10)


def said(number: int) -> Utterance:
    """One of a hundred sentences, of 3 to 12 words."""
    number %= 100
    return Utterance(" ".join(WORDS[(number * 7 + word) % len(WORDS)] for word in range(3 + number % 10)))


def session(minutes: float, section: float = 90, rate: int = RATE) -> Timeline:
    """Sections of `section` seconds: a sentence, a rest, sometimes a bell."""
    placements: list[Placement] = []
    chapters: list[Chapter] = []
    at, number, length = 0, 0, round(minutes * 60 * rate)
    while at < length:
        end = min(length, at + round(section * rate))
        begun = at
        while at < end:
            number += 1
            for cue in _cues(number, end - at, rate, len(chapters)):
                placements.append(replace(cue, start=Frames(at)))
                at += cue.length
        title = f"Section {len(chapters) + 1}"
        chapters.append(Chapter(title, title, Frames(begun), Frames(end - begun)))
    return Timeline("A session", rate, Frames(length), tuple(chapters), tuple(placements), exact=True)


def _cues(number: int, room: int, rate: int, chapter: int) -> Iterable[Placement]:
    """A sentence and its rest, cut to what there is room for."""
    utterance = said(number)
    spoken = rescale(len(clip(utterance).samples), clip(utterance).rate, rate)
    rest = round((1.0 + 1.7 * (number % 4)) * rate)
    if spoken + rest + 2 * rate > room:
        return [Placement("rest", Frames(0), Frames(room), "", chapter)]
    cues = [Placement("say", Frames(0), spoken, utterance.spoken, chapter, utterance)]
    if number % 5 == 2:
        cues.append(Placement("sound", Frames(0), Frames(2 * rate), "bell", chapter))
        rest = max(1, rest - 2 * rate)
    return [*cues, Placement("rest", Frames(0), Frames(rest), "", chapter)]


def stretched(timeline: Timeline, at: int, by: int) -> Timeline:
    """With the first rest that begins after frame `at` longer by `by` frames, or shorter, but a frame is left of it."""
    after = [p for p in timeline.placements if p.kind == "rest" and p.start > at]
    if not after:
        return timeline
    rest = after[0]
    by = max(by, 1 - rest.length)
    placements = [_later(p, rest.start, by, rest) for p in timeline.placements]
    chapters = tuple(
        replace(c, length=Frames(c.length + by))
        if c.start <= rest.start < c.end
        else replace(c, start=Frames(c.start + (by if c.start > rest.start else 0)))
        for c in timeline.chapters
    )
    return replace(timeline, length=Frames(timeline.length + by), chapters=chapters, placements=tuple(placements))


def _later(placement: Placement, start: int, by: int, rest: Placement) -> Placement:
    if placement is rest:
        return replace(placement, length=Frames(placement.length + by))
    return replace(placement, start=Frames(placement.start + by)) if placement.start > start else placement


class Shifted:
    """A bed whose clock runs ahead of the session's."""

    def __init__(self, bed: Bed) -> None:
        self._bed = bed
        self.by = 0
        self.period, self.heard, self.powers = bed.period, bed.heard, bed.powers

    def at(self, start: int, frames: int) -> Samples:
        return self._bed.at(start + self.by, frames)


@lru_cache(maxsize=4)
def bed(name: str, rate: int) -> Bed:
    return beds.make(name, rate)


def sound_of(name: str, rate: int) -> Samples:
    return soundbank.sound(name, rate)


class Remembered(dict[tuple[Utterance, str], bytes]):
    """What clips weigh, so that a session that is planned anew is mixed at once."""

    def get(self, utterance: Utterance, made_for: str) -> bytes | None:  # type: ignore[override]
        return super().get((utterance, made_for))

    def put(self, utterance: Utterance, made_for: str, note: bytes) -> None:
        self[utterance, made_for] = note


NOTES = Remembered()


def mix(timeline: Timeline, of: Bed) -> Mix:
    return Mix(timeline, clip, lambda name: sound_of(name, timeline.rate), lambda _: of, notes=NOTES)


class Renderer:
    """What a file would hold, and with the bed's clock elsewhere."""

    def __init__(self, timeline: Timeline, name: str) -> None:
        self._bed = Shifted(bed(name, timeline.rate))
        self._mix = mix(timeline, self._bed)

    def __call__(self, start: int, frames: int, clock: int) -> Samples:
        self._bed.by = clock - start
        return next(self._mix.blocks(start, start + frames, frames))


class Plain:
    """A program that is all there, and can be planned anew."""

    words = 115

    def __init__(self, timeline: Timeline, name: str = "drone") -> None:
        self.rate = timeline.rate
        self._bed = name
        self.set(timeline)

    def set(self, timeline: Timeline) -> None:
        self._mix = mix(timeline, bed(self._bed, timeline.rate))
        self._timeline = timeline

    def timeline(self) -> Timeline:
        return self._timeline

    def ready(self, start: int) -> Frames:  # noqa: ARG002
        return self._timeline.length

    def sound(self, start: int, frames: int, bed: int) -> tuple[Samples, Samples]:
        return self._mix.sound(start, frames, bed)

    def waiting(self, start: int, frames: int, bed: int) -> Samples:
        return self._mix.waiting(start, frames, bed)

    def stretched(self, at: int, by: Millis) -> str:
        self.set(stretched(self._timeline, at, by * self.rate // 1000))
        return "another length"

    def at_rate(self, at: int, words: int) -> str:  # noqa: ARG002
        self.words = words
        return f"{words} words a minute"

    def trouble(self) -> str:
        return ""

    def failure(self) -> VoiceguideError | None:
        return None

    def close(self) -> None:
        pass


class Slow(Plain):
    """Spoken only up to a frame."""

    def __init__(self, timeline: Timeline, until: int, name: str = "drone") -> None:
        super().__init__(timeline, name)
        self.until = until

    def ready(self, start: int) -> Frames:
        return Frames(self.until) if start < self.until else Frames(start)


class Cheap(Plain):
    """A tiny program of made-up sound, for thousands of listenings: the place can be read from every sample."""

    def __init__(self, timeline: Timeline) -> None:
        self.rate = timeline.rate
        self._timeline = timeline

    def set(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def sound(self, start: int, frames: int, bed: int) -> tuple[Samples, Samples]:
        places = np.arange(start, start + frames)
        fade = np.clip(np.minimum(places, self._timeline.length - places) / EDGES, 0, 1).astype(np.float32)[:, None]
        return ramp(start, frames) * fade, ramp(bed, frames) / 2 * fade

    def waiting(self, start: int, frames: int, bed: int) -> Samples:  # noqa: ARG002
        return ramp(bed, frames) / 2


EDGES = 1_000
"""Frames in which a cheap session comes out of silence, and goes into it."""


def ramp(start: int, frames: int) -> Samples:
    """Slow triangles between −0.5 and 0.5, shape (frames, 2)."""
    line = np.abs((np.arange(start, start + frames) % 4_000) / 2_000 - 1) - 0.5
    return np.repeat(line.astype(np.float32)[:, None], 2, axis=1)
