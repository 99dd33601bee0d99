"""A choice on whole frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from voiceguide.errors import ContentError, Problem
from voiceguide.model.cues import NOWHERE, Sound
from voiceguide.model.script import Say, ScriptCue
from voiceguide.model.timeline import Chapter, Kind, Placement, Timeline
from voiceguide.model.units import Frames, Millis, format_duration, to_millis
from voiceguide.scheduler.choose import Choice, section_cues, section_extent, section_items
from voiceguide.scheduler.glue import LengthOf, budgets, overrun, solve


@dataclass(frozen=True, slots=True)
class Layout:
    """A choice with a length for every cue, those of no length included: what can be planned anew while it plays."""

    choice: Choice
    rate: int
    """Frames per second."""
    lengths: tuple[tuple[int, ...], ...]
    """Frames of each cue of each section, with the rests around it, as `section_items` lays them."""
    asked: frozenset[int] = frozenset()
    """The sections that a listener made longer or shorter: these keep their length."""

    def starts(self) -> tuple[int, ...]:
        """The first frame of each section, and the end of the last."""
        return tuple(accumulate((sum(lengths) for lengths in self.lengths), initial=0))


def place(choice: Choice, length_of: LengthOf, target: Frames, rate: int, *, exact: bool) -> Timeline | None:
    """Every cue at its place, `target` frames in all; None when the choice does not fit.

    `exact` says that `length_of` knows true lengths. Then words that outlast their `[until]` raise ContentError.
    """
    if exact and (problems := overruns(choice, length_of, rate)):
        raise ContentError(problems)
    layout = lay_out(choice, length_of, target, rate)
    return None if layout is None else timeline_of(layout, exact=exact)


def lay_out(choice: Choice, length_of: LengthOf, target: Frames, rate: int) -> Layout | None:
    """A length for every cue, `target` frames in all; None when the choice does not fit."""
    laid = [section_items(chosen, length_of, rate) for chosen in choice.sections]
    extents = [section_extent(c, items, rate) for c, items in zip(choice.sections, laid, strict=True)]
    budget = budgets(extents, target, rate)
    if budget is None:
        return None
    lengths = []
    for items, length in zip(laid, budget, strict=True):
        solved = solve(items, length)
        if solved is None:
            return None
        lengths.append(tuple(solved))
    return Layout(choice, rate, tuple(lengths))


def timeline_of(layout: Layout, *, exact: bool) -> Timeline:
    """The timeline that a layout stands for."""
    script, starts = layout.choice.script, layout.starts()
    chapters: list[Chapter] = []
    placements: list[Placement] = []
    for chosen, lengths, start in zip(layout.choice.sections, layout.lengths, starts, strict=False):
        placements += _placed(section_cues(chosen), lengths, start, len(chapters))
        section = chosen.section
        chapters.append(Chapter(section.title, section.key, Frames(start), Frames(sum(lengths)), section.bed))
    return Timeline(
        script.title,
        layout.rate,
        Frames(starts[-1]),
        tuple(chapters),
        tuple(placements),
        exact,
        script.author,
        script.language,
        script.bed,
    )


def _placed(cues: Sequence[ScriptCue], lengths: Sequence[int], start: int, chapter: int) -> list[Placement]:
    placed = []
    for cue, length in zip(cues, lengths, strict=True):
        if length or isinstance(cue, Say):
            placed.append(_placement(cue, start, length, chapter))
        start += length
    return placed


def _placement(cue: ScriptCue, start: int, length: int, chapter: int) -> Placement:
    kind: Kind = "say" if isinstance(cue, Say) else "sound" if isinstance(cue, Sound) else "rest"
    text = cue.text if isinstance(cue, Say) else cue.name if isinstance(cue, Sound) else ""
    utterance = cue.utterance if isinstance(cue, Say) else None
    return Placement(kind, Frames(start), Frames(length), text, chapter, utterance, cue.source or NOWHERE)


def overruns(choice: Choice, length_of: LengthOf, rate: int) -> tuple[Problem, ...]:
    """The first words of each section that outlast their `[until]`: the session then waits for them."""
    problems = []
    for chosen in choice.sections:
        if late := overrun(section_items(chosen, length_of, rate)):
            at, by = late.cue.source, format_duration(Millis(to_millis(Frames(late.short_by), rate) or Millis(1)))
            message = f"the words before this [until] take {by} longer than it allows"
            problems.append(Problem(at.file, at.line, at.column, message, "shorten them, or give them more time"))
    return tuple(sorted(set(problems)))
