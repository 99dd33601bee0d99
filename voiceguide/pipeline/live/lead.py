"""What is heard while a session waits to begin: a few words that say how long it will be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceguide.model.script import Say, Script, Utterance
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames, Millis, to_frames
from voiceguide.spoken import spoken_form

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.mixer import Mix

TITLE = "We begin soon"
OPENING = Millis(800)
"""From the first sound to the first word."""
SHORTEST = Millis(6_000)
"""A shorter wait is the bed alone."""
APART = Millis(2_500)
"""The least rest between two sentences."""
MARKS = (
    (Millis(1_800_000), "Half an hour more."),
    (Millis(900_000), "Fifteen minutes more."),
    (Millis(300_000), "Five minutes more."),
    (Millis(60_000), "One minute more."),
    (Millis(10_000), "Ten seconds more."),
)
"""How long before the session what is said."""
COMFORT = "Until then, make yourself comfortable, and let your breath find its own pace."
_ROOMY = Millis(30_000)


def words(wait: Millis) -> Iterator[tuple[Millis | None, str]]:
    """(from the first sound, sentence) for a wait of that length; None for one that follows the one before."""
    if wait < SHORTEST:
        return
    yield OPENING, f"We begin in {_spelled(wait)}."
    if wait >= _ROOMY:
        yield None, COMFORT
    yield from ((Millis(wait - before), text) for before, text in MARKS if wait >= before + _ROOMY // 2)


def lines(script: Script, wait: Millis) -> list[tuple[Millis | None, Say]]:
    """The same in the routine's own voice. Nothing where that does not speak English."""
    if script.language.partition("-")[0].lower() != "en":
        return []
    return [(at, Say(text, _utterance(text, script))) for at, text in words(wait)]


def placed(
    said: list[tuple[Millis | None, Say]], wait: Millis, length_of: Callable[[Utterance], Frames], like: Timeline
) -> Timeline:
    """A timeline of exactly `wait`, over the bed that `like` begins with. What there is no room for is left out."""
    whole, apart = to_frames(wait, like.rate), to_frames(APART, like.rate)
    placements: list[Placement] = []
    end = 0
    for at, say in said:
        length = length_of(say.utterance)
        free = end + apart if end else 0
        start = Frames(free) if at is None else to_frames(at, like.rate)
        if free <= start and start + length + apart <= whole:
            placements += [_rest(end, start), Placement("say", start, length, say.text, 0, say.utterance)]
            end = start + length
    placements.append(_rest(end, whole))
    bed = like.beds[0][1]
    chapters = (Chapter(TITLE, TITLE, Frames(0), whole),)
    return replace(
        like, title=TITLE, length=whole, chapters=chapters, placements=tuple(placements), exact=True, bed=bed
    )


class Countdown:
    """The program of a wait: all of it is there, and nobody can change it."""

    def __init__(self, timeline: Timeline, mix: Mix, words: int) -> None:
        self.rate = timeline.rate
        self.words = words
        self._timeline = timeline
        self._mix = mix

    def timeline(self) -> Timeline:
        return self._timeline

    def ready(self, start: int) -> Frames:  # noqa: ARG002  (all of it is)
        return self._timeline.length

    def sound(self, start: int, frames: int, bed: int) -> tuple[Samples, Samples]:
        return self._mix.sound(start, frames, bed)

    def waiting(self, start: int, frames: int, bed: int) -> Samples:
        return self._mix.waiting(start, frames, bed)

    def trouble(self) -> str:
        return ""

    def failure(self) -> None:
        return None

    def stretched(self, at: int, by: Millis) -> str:  # noqa: ARG002
        return "not before the session begins"

    def at_rate(self, at: int, words: int) -> str:  # noqa: ARG002
        return "not before the session begins"

    def close(self) -> None:
        pass


def _spelled(wait: Millis) -> str:
    """Whole seconds to a minute and a half, and then minutes and perhaps a half."""
    if wait < 90_000:
        return f"{round(wait / 1000)} seconds" if wait != 60_000 else "one minute"
    halves = round(wait / 30_000)
    minutes = f"{halves // 2} minutes" if not halves % 2 else f"{halves // 2} and a half minutes"
    return minutes.replace("1 and a half minutes", "one and a half minutes")


def _utterance(text: str, script: Script) -> Utterance:
    return Utterance(spoken_form(text, script.language), script.language, script.voice, script.rate, script.pitch)


def _rest(start: int, end: int) -> Placement:
    return Placement("rest", Frames(start), Frames(end - start), "", 0)
