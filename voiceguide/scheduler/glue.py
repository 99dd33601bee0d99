"""Boxes and glue: what a row of cues may measure, and how long each rest becomes. All lengths in frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from voiceguide.model.cues import Sound, Until
from voiceguide.model.script import Rest, Say, ScriptCue, Section, Utterance
from voiceguide.model.units import Frames, to_frames

LengthOf = Callable[[Utterance], Frames]
_LONG, _COARSE = 60, 5
"""Seconds from which on a section ends on every so many seconds."""


@dataclass(frozen=True, slots=True)
class Item:
    """One cue with the lengths it may take; a box has one."""

    cue: ScriptCue
    least: int
    natural: int
    most: int
    short_by: int = 0
    """For an `[until]` whose words take longer than it allows: by how much."""

    @property
    def work(self) -> bool:
        """True for an elastic rest that an author wrote: it grows beyond its most where a technique may."""
        return isinstance(self.cue, Rest) and self.cue.written and self.least < self.most


@dataclass(frozen=True, slots=True)
class Extent:
    """How long something may be, and would like to be."""

    least: int = 0
    natural: int = 0
    most: int = 0

    def __add__(self, other: Extent) -> Extent:
        return Extent(self.least + other.least, self.natural + other.natural, self.most + other.most)

    def times(self, count: int) -> Extent:
        """The extent of `count` in a row."""
        return Extent(self.least * count, self.natural * count, self.most * count)


def lay(cues: Iterable[ScriptCue], length_of: LengthOf, rate: int) -> list[Item]:
    """Each cue as box or glue. What stands between a sentence and its `[until]` takes its natural length."""
    items: list[Item] = []
    begun: int | None = None
    for cue in cues:
        if isinstance(cue, Say):
            begun = len(items)
            items.append(_box(cue, length_of(cue.utterance)))
        elif isinstance(cue, Rest):
            items.append(Item(cue, *(to_frames(bound, rate) for bound in (cue.least, cue.natural, cue.most))))
        elif isinstance(cue, Sound):
            items.append(_box(cue, to_frames(cue.length, rate)))
        elif begun is not None:
            items[begun:] = [_box(item.cue, item.natural, item.short_by) for item in items[begun:]]
            left = to_frames(cue.after, rate) - sum(item.natural for item in items[begun:])
            items.append(_box(cue, max(0, left), max(0, -left)))
    return items


def _box(cue: ScriptCue, length: int, short_by: int = 0) -> Item:
    return Item(cue, length, length, length, short_by)


def extent(items: Sequence[Item]) -> Extent:
    """The sum of `items`."""
    return Extent(sum(i.least for i in items), sum(i.natural for i in items), sum(i.most for i in items))


def bounded(items: Sequence[Item], section: Section, rounds: int, rate: int) -> Extent:
    """The sum of `items` inside the section's own bounds, which win over those of single rests.

    No rest becomes shorter than its least, and only a rest that somebody wrote grows beyond its most.
    """
    own = extent(items)
    if not any(item.work for item in items):
        return own
    least = max(own.least, rounds * to_frames(section.least, rate)) if section.least is not None else own.least
    most = max(least, rounds * to_frames(section.most, rate)) if section.most is not None else max(least, own.most)
    natural = rounds * to_frames(section.ideal, rate) if section.ideal is not None else own.natural
    return Extent(least, min(max(natural, least), most), most)


def solve(items: Sequence[Item], length: int) -> list[int] | None:
    """The length of each item, summing to `length` exactly; None when that cannot be."""
    sums = extent(items)
    if length < sums.least:
        return None
    if length <= sums.natural:
        return _shares([i.least for i in items], [i.natural - i.least for i in items], length - sums.least)
    if length <= sums.most:
        return _shares([i.natural for i in items], [i.most - i.natural for i in items], length - sums.natural)
    return _shares([i.most for i in items], [i.most if i.work else 0 for i in items], length - sums.most)


def _shares(base: list[int], weights: list[int], extra: int) -> list[int] | None:
    """`base` with `extra` spread in proportion to `weights`, in whole frames that sum exactly."""
    total = sum(weights)
    if not total:
        return base if not extra else None
    lengths, seen, given = [], 0, 0
    for start, weight in zip(base, weights, strict=True):
        seen += weight
        upto = extra * seen // total
        lengths.append(start + upto - given)
        given = upto
    return lengths


def budgets(extents: Sequence[Extent], target: int, rate: int) -> list[int] | None:
    """A length for each section, so that it ends on a whole second wherever its extent lets it; the last closes.

    Long sections end on every fifth second: what is written anew in one of them then rarely moves the others.
    None when the target is out of reach.
    """
    sums = sum(extents, Extent())
    if not sums.least <= target <= sums.most:
        return None
    towards = sums.most if target >= sums.natural else sums.least
    span = abs(towards - sums.natural)
    lengths: list[int] = []
    begin = ideal = 0
    for one in extents:
        room = (one.most if target >= sums.natural else one.least) - one.natural
        ideal += one.natural + (room * abs(target - sums.natural) // span if span else 0)
        lengths.append(_end(begin, ideal, one, rate) - begin)
        begin += lengths[-1]
    return _closed(lengths, extents, target, rate)


def _end(begin: int, ideal: int, within: Extent, rate: int) -> int:
    """Where a section ends that begins at `begin`: near `ideal`, on a round second if `within` allows one."""
    for step in (_COARSE * rate, rate) if ideal - begin >= _LONG * rate else (rate,):
        nearest = (2 * ideal + step) // (2 * step) * step
        for candidate in (nearest, nearest - step, nearest + step):
            if within.least <= candidate - begin <= within.most:
                return candidate
    return begin + min(max(ideal - begin, within.least), within.most)


def _closed(lengths: list[int], extents: Sequence[Extent], target: int, rate: int) -> list[int]:
    """`lengths` with the last one closing the sum; what it cannot take goes to the sections before it."""
    last = extents[-1]
    lengths[-1] = target - sum(lengths[:-1])
    for index in range(len(lengths) - 2, -1, -1):
        missing = lengths[-1] - min(max(lengths[-1], last.least), last.most)
        if not missing:
            break
        room = extents[index].most - lengths[index] if missing > 0 else lengths[index] - extents[index].least
        step = min(room, -(-abs(missing) // rate) * rate)
        if lengths[-1] - step < last.least if missing > 0 else lengths[-1] + step > last.most:
            step = min(room, abs(missing))
        step = step if missing > 0 else -step
        lengths[index] += step
        lengths[-1] -= step
    return lengths


def overrun(items: Iterable[Item]) -> Item | None:
    """The first `[until]` whose words take longer than it allows."""
    return next((item for item in items if item.short_by and isinstance(item.cue, Until)), None)
