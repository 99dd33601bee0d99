"""What is planned of a session that plays, and how one plan takes the place of another unnoticed."""

from __future__ import annotations

import math
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames
from voiceguide.scheduler import Layout, timeline_of

if TYPE_CHECKING:
    from voiceguide.mixer import Mix

Change = Callable[[Layout, int], Layout]
"""A layout planned anew from a frame on; the very same where nothing is to be done."""
_SLACK = 0.5  # seconds that may be heard while a plan is made; twice as long with every plan that came too late
_TRIES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A layout with its timeline and mix. It is swapped whole, never changed."""

    layout: Layout
    timeline: Timeline
    mix: Mix
    says: tuple[Placement, ...]
    """Every sentence, in order."""
    missing: tuple[Placement, ...]
    """Those that cannot be mixed yet: not spoken, or placed by another length than they have."""

    def ready(self, start: int) -> Frames:
        """Up to which frame everything can be mixed from `start` on."""
        return Frames(blocking.start) if (blocking := self.blocking(start)) else self.timeline.length

    def blocking(self, start: int) -> Placement | None:
        """The first sentence from frame `start` on that cannot be mixed yet."""
        after = bisect_right(self.missing, start, key=lambda placement: placement.end)
        return self.missing[after] if after < len(self.missing) else None

    def following(self, start: int) -> tuple[Placement, ...]:
        """Every sentence that is heard from frame `start` on."""
        return self.says[bisect_right(self.says, start, key=lambda placement: placement.end) :]

    def between(self, start: int, end: int) -> tuple[Placement, ...]:
        """Every sentence of which something is heard from frame `start` on and before `end`."""
        first = bisect_right(self.says, start, key=lambda placement: placement.end)
        return self.says[first : bisect_left(self.says, end, key=lambda placement: placement.start)]


class Planner:
    """The plan in force, and the place that is heard in it.

    `length` is that of what is spoken, and `wanted` says what is to be spoken in the place of an utterance.
    """

    def __init__(
        self,
        layout: Layout,
        length: Callable[[Utterance], Frames | None],
        wanted: Callable[[Utterance], Utterance],
        mixed: Callable[[Timeline], Mix],
        heard: int,
    ) -> None:
        self._length = length
        self._wanted = wanted
        self._mixed = mixed
        self._heard = heard
        self._swapping = threading.Lock()
        self._lock = threading.Lock()
        self._plan = self._planned(layout)

    @property
    def plan(self) -> Plan:
        """The one in force."""
        return self._plan

    @property
    def heard(self) -> int:
        """The first frame that nobody has asked for yet."""
        return self._heard

    def hear(self, upto: int) -> Plan:
        """The plan in force, of which everything before frame `upto` is heard."""
        with self._lock:
            self._heard = upto
            return self._plan

    def unplaced(self, seconds: float = math.inf) -> bool:
        """Whether the plan lacks something that is spoken by now, and heard within `seconds`."""
        plan, heard = self._plan, self._heard
        soon = plan.between(heard, round(min(heard + seconds * plan.timeline.rate, plan.timeline.length)))
        fixed = settled(plan, heard)
        return any(self._late(say) or (say.start >= fixed and self._other(say)) for say in soon)

    def swap(
        self, change: Change, swapped: Callable[[Plan, Plan], None] = lambda _old, _new: None
    ) -> tuple[Plan, Plan]:
        """Puts a plan in the place of the one in force that sounds the same up to the place that is heard.

        Gives both, and tells `swapped` before anybody else makes another. What is heard goes on meanwhile; a plan that
        comes too late for that is made again.
        """
        with self._swapping:
            old, new = self._swapped(change)
            swapped(old, new)
            return old, new

    def _swapped(self, change: Change) -> tuple[Plan, Plan]:
        for attempt in count():
            old, heard = self._plan, self._heard
            late = heard + round(_SLACK * 2**attempt * old.timeline.rate)
            layout = change(old.layout, _free(old, heard, late))
            if layout is old.layout:
                return old, old
            new = self._planned(layout)
            with self._lock:
                if self._heard <= late or attempt >= _TRIES:
                    self._plan = new
                    return old, new
        raise AssertionError

    def _late(self, say: Placement) -> bool:
        """Whether it is spoken, and placed by another length."""
        length = self._length(say.utterance) if say.utterance else None
        return length is not None and length != say.length

    def _other(self, say: Placement) -> bool:
        """Whether it is to be said in another way, in which it is spoken."""
        other = self._wanted(say.utterance) if say.utterance else None
        return other is not None and other != say.utterance and self._length(other) is not None

    def _planned(self, layout: Layout) -> Plan:
        timeline = timeline_of(layout, exact=False)
        says = tuple(placement for placement in timeline.placements if placement.kind == "say")
        missing = tuple(say for say in says if say.utterance and self._length(say.utterance) != say.length)
        timeline = replace(timeline, exact=not missing)
        return Plan(layout, timeline, self._mixed(timeline), says, missing)


def settled(plan: Plan, heard: int) -> int:
    """The frame before which what is said may be changed no more, by a plan that is made soon."""
    return _free(plan, heard, heard + round(2 * _SLACK * plan.timeline.rate))


def _free(plan: Plan, heard: int, late: int) -> int:
    """The frame from which on a plan may change while it is heard up to `late`.

    The first sentence that cannot be mixed yet may always: nobody can have heard it, and it begins where it did.
    """
    from voiceguide.mixer import ahead

    free = late + round(ahead(plan.timeline) * plan.timeline.rate)
    blocking = plan.blocking(heard)
    return min(free, blocking.start) if blocking else free
