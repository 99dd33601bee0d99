"""A choice on whole frames."""

from __future__ import annotations

from voiceguide.errors import ContentError, Problem
from voiceguide.model.cues import NOWHERE, Sound
from voiceguide.model.script import Say
from voiceguide.model.timeline import Chapter, Kind, Placement, Timeline
from voiceguide.model.units import Frames, Millis, format_duration, to_millis
from voiceguide.scheduler.choose import Choice, section_extent, section_items
from voiceguide.scheduler.glue import Item, LengthOf, budgets, overrun, solve


def place(choice: Choice, length_of: LengthOf, target: Frames, rate: int, *, exact: bool) -> Timeline | None:
    """Every cue at its place, `target` frames in all; None when the choice does not fit.

    `exact` says that `length_of` knows true lengths. Then words that outlast their `[until]` raise ContentError.
    """
    laid = [section_items(chosen, length_of, rate) for chosen in choice.sections]
    if exact:
        _refuse_overruns(laid, rate)
    extents = [section_extent(c, items, rate) for c, items in zip(choice.sections, laid, strict=True)]
    lengths = budgets(extents, target, rate)
    if lengths is None:
        return None
    chapters: list[Chapter] = []
    placements: list[Placement] = []
    start = 0
    for chosen, items, length in zip(choice.sections, laid, lengths, strict=True):
        solved = solve(items, length)
        if solved is None:
            return None
        placements += _placed(items, solved, start, len(chapters))
        chapters.append(Chapter(chosen.section.title, chosen.section.key, Frames(start), Frames(length)))
        start += length
    script = choice.script
    return Timeline(
        script.title,
        rate,
        target,
        tuple(chapters),
        tuple(placements),
        exact,
        script.author,
        script.language,
        script.bed,
    )


def _placed(items: list[Item], lengths: list[int], start: int, chapter: int) -> list[Placement]:
    placed = []
    for item, length in zip(items, lengths, strict=True):
        if length or isinstance(item.cue, Say):
            placed.append(_placement(item, start, length, chapter))
        start += length
    return placed


def _placement(item: Item, start: int, length: int, chapter: int) -> Placement:
    cue = item.cue
    kind: Kind = "say" if isinstance(cue, Say) else "sound" if isinstance(cue, Sound) else "rest"
    text = cue.text if isinstance(cue, Say) else cue.name if isinstance(cue, Sound) else ""
    utterance = cue.utterance if isinstance(cue, Say) else None
    return Placement(kind, Frames(start), Frames(length), text, chapter, utterance, cue.source or NOWHERE)


def _refuse_overruns(laid: list[list[Item]], rate: int) -> None:
    problems = []
    for items in laid:
        if late := overrun(items):
            at, by = late.cue.source, format_duration(Millis(to_millis(Frames(late.short_by), rate) or Millis(1)))
            message = f"the words before this [until] take {by} longer than it allows"
            problems.append(Problem(at.file, at.line, at.column, message, "shorten them, or give them more time"))
    if problems:
        raise ContentError(tuple(sorted(set(problems))))
