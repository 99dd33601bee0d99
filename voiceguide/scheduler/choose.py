"""What is said: which techniques stay, how fully they are told, how often they are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from voiceguide.model.script import Rest, Say, Script, ScriptCue, Section
from voiceguide.model.units import Frames, Millis, to_frames, to_millis
from voiceguide.scheduler.glue import Extent, Item, LengthOf, bounded, budgets, extent, lay, solve

LONG_WORK = Millis(72_000)
"""A rest longer than this leaves people wondering, so it gets a word."""
BETWEEN_WORDS = Millis(55_000)
"""About how long the hands are left alone: the middle of forty to seventy seconds."""

# What a listener loses, on one scale: rests at the far end of what they can give cost 1, and 2 where they shrink.
_SHRINK, _TWICE = 2.0, 0.5
_TELLINGS = ((0, 0, 0.0), (1, 0, 0.15), (1, 1, 0.55), (2, 2, 2.3))
"""How fully an opening or close is told, how fully a technique, and what that costs."""


def _dropping(share: float) -> float:
    """Leaving out a little costs little; a session with almost nothing left costs a lot."""
    return 3 * share**3 + 3 * share


@dataclass(frozen=True, slots=True)
class Chosen:
    """One section with what it says in this session."""

    section: Section
    rounds: int
    cues: tuple[ScriptCue, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything that is said, in order."""

    script: Script
    sections: tuple[Chosen, ...]

    def lines(self) -> tuple[Say, ...]:
        """Every sentence, in the order it is heard."""
        return tuple(cue for chosen in self.sections for cue in chosen.cues if isinstance(cue, Say))


@dataclass(frozen=True, slots=True)
class _Config:
    """One way to tell the whole routine."""

    threshold: int
    """Sections with a lower priority are left out."""
    telling: tuple[int, int]
    """How short the telling is: of openings and closes, of techniques."""
    steps: int
    """How many extra rounds, in the order of `_round_order`."""
    extent: Extent
    cost: float
    """What it loses beside the stretch of its rests."""


def choose(script: Script, length_of: LengthOf, target: Frames, rate: int) -> Choice | None:
    """The best choice for `target` frames at `rate` Hz; None when there is none."""
    fitting = [c for c in _configs(script, length_of, rate) if c.extent.least <= target <= c.extent.most]
    if not fitting:
        return None
    best = min(fitting, key=lambda config: config.cost + _strain(config.extent, target))
    return _with_encouragements(_said(script, best), length_of, target, rate)


def natural_length(script: Script, length_of: LengthOf, rate: int) -> Frames:
    """How long the routine takes when nobody asks: its own length, else all of it at its natural pace."""
    if script.length is not None:
        return to_frames(script.length, rate)
    full = next(_configs(script, length_of, rate)).extent
    seconds = -(-full.natural // rate) * rate
    return Frames(seconds if seconds <= full.most else full.natural)


def reach(script: Script, slow: LengthOf, quick: LengthOf, rate: int) -> tuple[Millis, Millis]:
    """The shortest and longest length in whole seconds, when speech takes between `quick` and `slow`."""
    least = min(config.extent.least for config in _configs(script, slow, rate))
    most = max(config.extent.most for config in _configs(script, quick, rate))
    seconds = -(-least // rate), most // rate
    if seconds[0] > seconds[1]:
        return to_millis(Frames(least), rate), to_millis(Frames(max(least, most)), rate)
    return Millis(seconds[0] * 1000), Millis(seconds[1] * 1000)


def _strain(config: Extent, target: int) -> float:
    """How far the rests are from natural: 0 at ease, 1 or `_SHRINK` at their end."""
    towards = config.most if target > config.natural else config.least
    if target == config.natural or towards == config.natural:
        return 0.0
    share = (target - config.natural) / (towards - config.natural)
    return share**2 * (1.0 if target > config.natural else _SHRINK)


def _configs(script: Script, length_of: LengthOf, rate: int) -> Iterator[_Config]:
    """Every way to tell the routine, from the fullest on: fewer techniques, shorter tellings, more rounds."""
    measured = [_Measured(section, length_of, rate) for section in script.sections]
    priorities = sorted({s.priority for s in script.sections if s.priority is not None})
    weight = sum(s.priority or 0 for s in script.sections) or 1
    for threshold in [0, *(priority + 1 for priority in priorities)]:
        kept = [one for one in measured if _stays(one.section, threshold)]
        if not kept:
            break
        dropped = sum(s.priority or 0 for s in script.sections if not _stays(s, threshold)) / weight
        for around, within, cost in _TELLINGS:
            yield from _with_rounds(kept, threshold, (around, within), _dropping(dropped) + cost)


def _with_rounds(kept: list[_Measured], threshold: int, telling: tuple[int, int], cost: float) -> Iterator[_Config]:
    whole = sum((one.extent(telling) for one in kept), Extent())
    yield _Config(threshold, telling, 0, whole, cost)
    again: dict[str, Extent] = {}
    for one in kept:
        again[one.section.key] = again.get(one.section.key, Extent()) + one.again
    for steps, key in enumerate(_round_order([one.section for one in kept]), 1):
        whole += again[key]
        yield _Config(threshold, telling, steps, whole, cost + _TWICE * steps / len(kept))


def _round_order(kept: list[Section]) -> list[str]:
    """Keys in the order in which they get one more round: all of them once before any of them twice."""
    spare = {section.key: section for section in kept if section.rounds[1] > section.rounds[0]}
    steps = [
        (number, -(section.priority or 101), key)
        for key, section in spare.items()
        for number in range(section.rounds[1] - section.rounds[0])
    ]
    return [key for *_, key in sorted(steps)]


def _stays(section: Section, threshold: int) -> bool:
    return section.priority is None or section.priority >= threshold


class _Measured:
    """A section with the extents of its tellings, measured once."""

    def __init__(self, section: Section, length_of: LengthOf, rate: int) -> None:
        def measure(cues: Iterable[ScriptCue]) -> Extent:
            return bounded(lay(cues, length_of, rate), section, 1, rate)

        self.section = section
        self.again = measure(section.again)
        around = extent(lay(_around(section), length_of, rate)) + self.again.times(section.rounds[0] - 1)
        self.tellings = [measure(telling.cues) + around for telling in section.tellings]

    def extent(self, telling: tuple[int, int]) -> Extent:
        return self.tellings[_told(self.section, telling)]


def _told(section: Section, telling: tuple[int, int]) -> int:
    """Which of its tellings a section takes; one that has a time of its own is a technique."""
    return min(telling[section.ideal is not None], len(section.tellings) - 1)


def _around(section: Section) -> list[ScriptCue]:
    return [rest for rest in (section.before, section.after) if rest]


def _said(script: Script, config: _Config) -> Choice:
    kept = [section for section in script.sections if _stays(section, config.threshold)]
    extra = Counter(_round_order(kept)[: config.steps])
    sections = []
    for section in kept:
        telling = section.tellings[_told(section, config.telling)]
        rounds = section.rounds[0] + extra[section.key]
        sections.append(Chosen(section, rounds, telling.cues + section.again * (rounds - 1)))
    return Choice(script, tuple(sections))


def _with_encouragements(choice: Choice, length_of: LengthOf, target: int, rate: int) -> Choice:
    """The choice with words in its long rests, by the lengths these would have without."""
    laid = [section_items(chosen, length_of, rate) for chosen in choice.sections]
    extents = [section_extent(c, items, rate) for c, items in zip(choice.sections, laid, strict=True)]
    lengths = budgets(extents, target, rate)
    if lengths is None:
        return choice
    spoken: dict[str, int] = {}
    sections = []
    for chosen, items, length in zip(choice.sections, laid, lengths, strict=True):
        solved = solve(items, length) or [item.natural for item in items]
        around = 1 if chosen.section.before else 0
        inner = list(zip(items, solved, strict=True))[around : around + len(chosen.cues)]
        sections.append(replace(chosen, cues=tuple(_encouraged(chosen.section, inner, spoken, rate))))
    return replace(choice, sections=tuple(sections))


def _encouraged(
    section: Section, inner: list[tuple[Item, int]], spoken: dict[str, int], rate: int
) -> Iterator[ScriptCue]:
    for item, length in inner:
        if item.work and isinstance(item.cue, Rest) and to_millis(Frames(length), rate) > LONG_WORK:
            yield from _split(item.cue, to_millis(Frames(length), rate), section, spoken)
        else:
            yield item.cue


def _split(rest: Rest, length: Millis, section: Section, spoken: dict[str, int]) -> Iterator[ScriptCue]:
    """A long rest in equal pieces with a different word between each."""
    pieces = max(2, (length + BETWEEN_WORDS // 2) // BETWEEN_WORDS) if section.encouragements else 1
    least, natural, most = (Millis(bound // pieces) for bound in (rest.least, rest.natural, rest.most))
    piece = replace(rest, least=least, natural=natural, most=most) if pieces > 1 else rest
    yield piece
    for number in range(1, pieces):
        if section.halfway and pieces >= 4 and 2 * number == pieces:
            yield section.halfway
        else:
            count = spoken.get(section.key, 0)
            yield section.encouragements[count % len(section.encouragements)]
            spoken[section.key] = count + 1
        yield piece


def section_cues(chosen: Chosen) -> list[ScriptCue]:
    """A chosen section with the rests around it."""
    before, after = chosen.section.before, chosen.section.after
    return [*([before] if before else []), *chosen.cues, *([after] if after else [])]


def section_items(chosen: Chosen, length_of: LengthOf, rate: int) -> list[Item]:
    """A chosen section as boxes and glue, with the rests around it."""
    return lay(section_cues(chosen), length_of, rate)


def section_extent(chosen: Chosen, items: list[Item], rate: int) -> Extent:
    """How long a chosen section may be: its own bounds for its cues, and the rests around them."""
    start = 1 if chosen.section.before else 0
    inner = items[start : start + len(chosen.cues)]
    around = items[:start] + items[start + len(chosen.cues) :]
    return bounded(inner, chosen.section, chosen.rounds, rate) + extent(around)
