"""Which parts a session has: blocks unfolded, wishes and the safety table kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from voiceguide.errors import UsageError
from voiceguide.model.routine import Condition, Pack, Part, Routine, Wishes
from voiceguide.near import suggest


@dataclass(frozen=True, slots=True)
class Place:
    """One part where it stands in the unfolded routine."""

    part: Part
    title: str = "{title}"
    words: dict[str, str] = field(default_factory=dict)
    repeated: bool = False
    """True from the second value of an `each` block on: the listener knows it already."""


def unfolded(routine: Routine) -> list[Place]:
    """The parts in the order they are heard, each with the words that hold for it."""
    people = routine.pack.words.get(routine.who, {}) if routine.pack else {}
    places: list[Place] = []
    for part in routine.parts:
        if isinstance(part, Part):
            places.append(Place(part, words=people))
            continue
        for turn, value in enumerate(part.values):
            words = {**people, part.word: value}
            if turn and part.between:
                places.append(Place(part.between, words=words))
            places += [Place(inner, part.title, words, repeated=turn > 0) for inner in part.parts]
    return places


def chosen_conditions(pack: Pack | None, wishes: Wishes) -> list[Condition]:
    table = {condition.name: condition for condition in pack.safety} if pack else {}
    chosen = []
    for name in sorted(wishes.conditions):
        if name not in table:
            raise UsageError(
                f"there is no condition '{name}' here", suggest(name, table) or "this routine has no safety table"
            )
        if table[name].action == "refuse":
            hint = table[name].say or "ask a clinician before any massage"
            raise UsageError(f"this session is not for {table[name].title[:1].lower()}{table[name].title[1:]}", hint)
        chosen.append(table[name])
    return chosen


def chosen(places: list[Place], wishes: Wishes, conditions: Iterable[Condition]) -> list[Place]:
    """What the wishes and the safety table leave."""
    techniques = {place.part.technique.name for place in places if is_choosable(place)}
    for name in sorted(wishes.only | wishes.skip | wishes.boost):
        if name not in techniques:
            raise UsageError(f"there is no technique '{name}' in this routine", suggest(name, techniques))
    forbidden = wishes.skip | {name for condition in conditions for name in condition.leave_out}
    kept = [place for place in places if place.part.technique.name not in forbidden]
    if wishes.only:
        kept = [p for p in kept if not is_choosable(p) or p.part.technique.name in wishes.only]
    if techniques and not any(is_choosable(place) for place in kept):
        raise UsageError("nothing is left of this routine", "leave out less")
    return kept


def is_choosable(place: Place) -> bool:
    return place.title != "{title}" or place.part.priority is not None
