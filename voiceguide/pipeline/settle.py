"""The length asked for: chosen on estimates, spoken, placed on true lengths; or a clear no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from voiceguide import scheduler
from voiceguide.errors import ImpossibleLength
from voiceguide.model.script import Script, Utterance
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis, format_duration, rescale, to_frames, to_millis
from voiceguide.narrator import Narrator
from voiceguide.spoken.pace import estimate

RATE = 44_100
"""Frames per second of a session where nobody asks for others."""
_SLACK = (1.0, 0.93, 1.07)
"""A length at the edge of what is possible is tried with speech a little quicker and slower than estimated."""
_TRIES = 4
_NEAREST = 300  # seconds searched for a length that does work

Speak = Callable[[scheduler.Choice], object]
LengthOf = Callable[[Utterance], Frames]
_estimate = lru_cache(maxsize=None)(estimate)


def target_frames(script: Script, length: Millis | None, narrator: Narrator, rate: int = RATE) -> Frames:
    """The length asked for, or the routine's natural one, in frames. `narrator` knows the recordings."""
    if length:
        return to_frames(length, rate)
    return scheduler.natural_length(script, _estimated(1.0, rate, _recorded(script, narrator, rate)), rate)


@dataclass(frozen=True, slots=True)
class Settled:
    """A length that can be met, and how."""

    choice: scheduler.Choice
    timeline: Timeline
    length_of: LengthOf
    """True lengths where they were known, else as `estimate_of` says."""
    estimate_of: LengthOf
    """The lengths that the choice was made on: nothing that was spoken before plays a part in them."""
    known: Mapping[Utterance, Frames]
    """True lengths."""


def settled(
    script: Script, target: Frames, narrator: Narrator, speak: Speak, *, asked: bool, rate: int = RATE
) -> Timeline:
    """The timeline: chosen on estimates, spoken, placed on true lengths; chosen again only where these do not fit.

    What was spoken before plays no part in the choice, so a session comes out the same with any cache. Recordings are
    part of the routine, so their true lengths do.
    """
    return settle(script, target, narrator, speak, asked=asked, rate=rate).timeline


def settle(
    script: Script, target: Frames, narrator: Narrator, speak: Speak, *, asked: bool, rate: int = RATE
) -> Settled:
    """The same, with what it was made from."""
    recorded = _recorded(script, narrator, rate)
    for factor in _SLACK:
        learned = dict(recorded)
        length_of = _estimated(factor, rate, learned)
        for _ in range(_TRIES):
            choice = scheduler.choose(script, length_of, target, rate)
            if choice is None:
                break
            lines = choice.lines()
            speak(choice)
            found = {line.utterance: _known(narrator, line.utterance, rate) for line in lines}
            learned |= {utterance: frames for utterance, frames in found.items() if frames}
            timeline = scheduler.place(choice, length_of, target, rate, exact=all(found.values()))
            if timeline:
                return Settled(choice, timeline, length_of, _estimated(factor, rate, recorded), learned)
            if not asked and script.length is None:
                # Nobody named a length: the natural one follows what the speech really takes.
                target = scheduler.natural_length(script, length_of, rate)
    raise _impossible(script, target, narrator, rate)


def reach(script: Script, narrator: Narrator, rate: int = RATE) -> tuple[Millis, Millis]:
    """The shortest and longest length, on the safe side where lengths are estimated."""

    # Read once: every length asked of the cache is a file hashed.
    known = {u: frames for u in utterances(script) if (frames := _known(narrator, u, rate))}
    least, most = scheduler.reach(script, _estimated(1.08, rate, known), _estimated(0.93, rate, known), rate)
    # Where hardly anything is elastic the safe sides cross, and the plain estimate says more.
    plain = _estimated(1.0, rate, known)
    return (least, most) if least < most else scheduler.reach(script, plain, plain, rate)


def utterances(script: Script) -> tuple[Utterance, ...]:
    """Everything that the routine may ever say, each once."""
    return tuple(dict.fromkeys(say.utterance for say in script.lines()))


def _estimated(factor: float, rate: int, known: Mapping[Utterance, Frames]) -> LengthOf:
    """The length of an utterance: as it is known, else as it is estimated."""
    return lambda utterance: known.get(utterance) or to_frames(Millis(round(_estimate(utterance) * factor)), rate)


def _recorded(script: Script, narrator: Narrator, rate: int) -> dict[Utterance, Frames]:
    """The true lengths of recorded lines."""
    recordings = (utterance for utterance in utterances(script) if utterance.recording)
    return {utterance: frames for utterance in recordings if (frames := _known(narrator, utterance, rate))}


def _known(narrator: Narrator, utterance: Utterance, rate: int) -> Frames | None:
    """The true length of an utterance in the session, when its clip is there."""
    found = narrator.length(utterance)
    return rescale(*found, rate) if found else None


def _impossible(script: Script, target: Frames, narrator: Narrator, rate: int) -> ImpossibleLength:
    least, most = reach(script, narrator, rate)
    wanted = to_millis(target, rate)
    asked, low, high = (format_duration(length) for length in (wanted, least, most))
    if wanted < least:
        cure = f"ask for --length {low} or more, or leave something out with --skip"
    elif wanted > most:
        cure = f"ask for --length {high} or less, or give a section more rounds or longer rests"
    else:
        cure = _nearest(script, target, _estimated(1.0, rate, _recorded(script, narrator, rate)), rate)
    return ImpossibleLength(f"'{script.name}' cannot last {asked}: it takes from {low} to {high}", cure, least, most)


def _nearest(script: Script, target: Frames, length_of: LengthOf, rate: int) -> str:
    """The closest lengths to either side that have a choice."""
    found = []
    for step in (-rate, rate):
        tries = (Frames(target + step * seconds) for seconds in range(1, _NEAREST))
        close = next((t for t in tries if scheduler.choose(script, length_of, t, rate)), None)
        found += [format_duration(to_millis(close, rate))] if close else []
    if not found:
        return "give a section elastic rests: [pause 3s-30s]"
    return f"the nearest that work are {' and '.join(found)}"
