"""A layout planned anew while it is heard. What lies before a frame stays; what is told stays; rests make up for it.

A cue that ends before that frame is as it was. So is one that is heard at it, but for an elastic rest, which may end
sooner or later than planned, though not before that frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from voiceguide.model.script import Rest, Say, ScriptCue, Utterance
from voiceguide.model.units import Frames, Millis, to_millis
from voiceguide.scheduler.choose import Chosen, section_cues, section_extent, section_items
from voiceguide.scheduler.glue import Extent, Item, LengthOf, budgets, extent, solve
from voiceguide.scheduler.place import Layout


def replanned(layout: Layout, at: int, length_of: LengthOf, target: int) -> Layout:
    """The layout with new lengths of what is said from frame `at` on.

    It lasts `target` frames, or as near to that as what is left can come. A section that can keep its length does,
    where the sum is right then; else all that is left is shared out anew.
    """
    first = holding(layout, at)
    if first is None:
        return layout
    laid = {number: _standing(layout, number, at, length_of) for number in range(first, len(layout.lengths))}
    extents = [_extent(layout, number, items) for number, items in laid.items()]
    old = [sum(lengths) for lengths in layout.lengths[first:]]
    shares = _shared(extents, old, target - layout.starts()[first], layout.rate)
    solved = [_solved(items, length) for items, length in zip(laid.values(), shares, strict=True)]
    return replace(layout, lengths=(*layout.lengths[:first], *solved))


def stretched(layout: Layout, section: int, at: int, by: int, length_of: LengthOf) -> Layout:
    """The layout with `by` frames more, or less, for a section, from frame `at` on; the others keep their lengths.

    Rests that somebody wrote grow, beyond their most if need be; where none is left, the section ends in a longer one.
    Shorter is as short as rests can be, whatever the section's own bounds say. Nothing changes when it is over by `at`.
    """
    start, end = layout.starts()[section : section + 2]
    if at >= end:
        return layout
    items = _standing(layout, section, at, length_of)
    if by > 0 and not any(item.work for item in items):
        layout = _with_room(layout, section, by)
        items = _standing(layout, section, at, length_of)
    lengths = list(layout.lengths)
    lengths[section] = _solved(items, max(end - start + by, extent(items).least))
    return replace(layout, lengths=tuple(lengths), asked=layout.asked | {section})


def reworded(layout: Layout, at: int, others: Mapping[Utterance, Utterance]) -> Layout:
    """The layout with other utterances in the place of some that begin at frame `at` or later; lengths as they were."""
    sections = list(layout.choice.sections)
    for number, end in enumerate(layout.starts()[1:]):
        if end > at:
            sections[number] = _reworded(sections[number], layout, number, at, others)
    return replace(layout, choice=replace(layout.choice, sections=tuple(sections)))


def holding(layout: Layout, at: int) -> int | None:
    """The section that frame `at` lies in; None when it lies behind the last."""
    ends = layout.starts()[1:]
    return next((number for number, end in enumerate(ends) if at < end), None)


def _standing(layout: Layout, section: int, at: int, length_of: LengthOf) -> list[Item]:
    """A section's cues: those that were heard by frame `at` as boxes of the length they have."""
    start = layout.starts()[section]
    items = section_items(layout.choice.sections[section], length_of, layout.rate)
    if start >= at:
        return items
    standing = []
    for item, length in zip(items, layout.lengths[section], strict=True):
        standing.append(_stood(item, length, at - start))
        start += length
    return standing


def _stood(item: Item, length: int, heard: int) -> Item:
    """One cue of which `heard` frames were heard: none of it when that is not above 0."""
    if heard <= 0:
        return item
    if length <= heard or item.least == item.most:
        return replace(item, least=length, natural=length, most=length)
    # A technique may have stretched it beyond its most, and still may.
    return replace(item, least=max(item.least, heard), natural=max(item.natural, heard), most=max(item.most, length))


def _extent(layout: Layout, section: int, items: list[Item]) -> Extent:
    """How long a section may be: as long as it is, where a listener asked for that."""
    if section not in layout.asked:
        return section_extent(layout.choice.sections[section], items, layout.rate)
    own, length = extent(items), sum(layout.lengths[section])
    if not any(item.work for item in items):
        length = min(length, own.most)
    length = max(length, own.least)
    return Extent(length, length, length)


def _shared(extents: Sequence[Extent], old: Sequence[int], target: int, rate: int) -> list[int]:
    """A length for each section: the one it had if it can, or its share, or the end of what it can give."""
    kept = [min(max(length, one.least), one.most) for one, length in zip(extents, old, strict=True)]
    if sum(kept) == target:
        return kept
    if lengths := budgets(extents, target, rate):
        return lengths
    short = target < sum(one.least for one in extents)
    return [one.least if short else one.most for one in extents]


def _solved(items: Sequence[Item], length: int) -> tuple[int, ...]:
    """The length of each cue; all at their natural one where nothing can give (a sum that nobody reaches)."""
    return tuple(solve(items, length) or [item.natural for item in items])


def _with_room(layout: Layout, section: int, by: int) -> Layout:
    """The layout with a rest at a section's end that can take `by` frames more."""
    chosen = layout.choice.sections[section]
    room = Millis(to_millis(Frames(by), layout.rate) + 1)
    lengths = list(layout.lengths)
    if after := chosen.section.after:
        wide = replace(after, most=Millis(after.most + room), written=True)
        chosen = replace(chosen, section=replace(chosen.section, after=wide))
    else:
        chosen = replace(chosen, cues=(*chosen.cues, Rest(Millis(0), Millis(0), room, written=True)))
        lengths[section] = (*lengths[section], 0)
    sections = (*layout.choice.sections[:section], chosen, *layout.choice.sections[section + 1 :])
    return replace(layout, choice=replace(layout.choice, sections=sections), lengths=tuple(lengths))


def _reworded(chosen: Chosen, layout: Layout, section: int, at: int, others: Mapping[Utterance, Utterance]) -> Chosen:
    begun = _begun(layout, section)
    ahead = 1 if chosen.section.before else 0
    places = list(begun)[ahead : ahead + len(chosen.cues)]
    cues = [_other(cue, others) if start >= at else cue for cue, start in zip(chosen.cues, places, strict=True)]
    return replace(chosen, cues=tuple(cues))


def _begun(layout: Layout, section: int) -> Iterable[int]:
    """The frame at which each cue of a section begins."""
    start = layout.starts()[section]
    for _, length in zip(section_cues(layout.choice.sections[section]), layout.lengths[section], strict=True):
        yield start
        start += length


def _other(cue: ScriptCue, others: Mapping[Utterance, Utterance]) -> ScriptCue:
    if isinstance(cue, Say) and cue.utterance in others:
        return replace(cue, utterance=others[cue.utterance])
    return cue
