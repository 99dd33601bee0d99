"""Sees to it that what is heard soon can be heard: placed by its true length, and its clips at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from voiceguide.model.script import Utterance
from voiceguide.model.units import Frames
from voiceguide.pipeline.live.plan import Plan, Planner
from voiceguide.pipeline.live.speaking import Voice, as_told

if TYPE_CHECKING:
    from voiceguide.errors import VoiceguideError
    from voiceguide.model.timeline import Placement

SOON = 20.0
"""Seconds ahead of the listener in which what is spoken is placed at once; what is later, by sections."""
FETCHED = 8.0
"""Seconds ahead of the listener in which clips are fetched, `AT_HAND` sentences at most."""
AT_HAND = 3
AT_ONCE = 1.0
"""Seconds of sound for which clips must be at hand: more than a player mixes in one go."""
AGAIN = 1.0
"""Seconds between two attempts to do what could not be done."""
_LOOK = 0.2  # seconds that are heard between two looks ahead


class Soon:
    """Does its work on a thread of its own: the one that speaks may be busy for long with a sentence far ahead.

    `place` plans anew with what is known then, and `gone` is called when clips have to be spoken again.
    """

    def __init__(
        self,
        planner: Planner,
        voice: Voice,
        place: Callable[[], object],
        gone: Callable[[], object],
    ) -> None:
        self._planner = planner
        self._voice = voice
        self._place = place
        self._gone = gone
        self._looked: tuple[Plan, int] | None = None
        self._news = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="voiceguide-soon", daemon=True)
        self.fault: VoiceguideError | None = None
        """Why the last attempt failed; None when it did not."""

    def begin(self) -> None:
        """Looks ahead from now on, until it is closed."""
        self._thread.start()

    def close(self) -> None:
        """Stops soon; waits for nothing. Safe to call twice."""
        self._over.set()
        self._news.set()

    def heard(self, plan: Plan, upto: int) -> None:
        """Everything before frame `upto` of a plan is heard: has what is heard soon seen to. Takes no time."""
        if self._looked and self._looked[0] is plan and abs(upto - self._looked[1]) < _LOOK * plan.timeline.rate:
            return
        self._looked = plan, upto
        if self.due() or any(not self._voice.holds(one) for one in self._next(plan, upto)):
            self._news.set()

    def ready(self, plan: Plan, start: int) -> Frames:
        """Up to which frame everything can be mixed from `start` on: no further than there are clips to mix.

        Somebody may have cleared the cache meanwhile. What is lost there is spoken again, and waited for.
        """
        ready = plan.ready(start)
        for say in plan.between(start, min(ready, start + round(AT_ONCE * plan.timeline.rate))):
            if say.utterance and not (self._fits(say) and self._voice.fetch(say.utterance)):
                self._news.set()
                return say.start
        return ready

    def due(self) -> bool:
        """Whether something that is heard soon is known by now, and the plan does not have it yet."""
        return self._planner.unplaced(SOON)

    def _fits(self, say: Placement) -> bool:
        return say.utterance is not None and self._voice.length(say.utterance) == say.length

    def _next(self, plan: Plan, heard: int) -> list[Utterance]:
        """What is said now and next, as far as it can be."""
        soon = plan.between(heard, heard + round(FETCHED * plan.timeline.rate))[:AT_HAND]
        return [say.utterance for say in soon if say.utterance and self._fits(say)]

    def _work(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            if self._over.is_set():
                return
            try:
                self._attend()
                again = self.due()
                self.fault = None
            except Exception as error:  # whatever it is: the listener is told, and it is tried again
                self.fault, again = as_told(error), True
            if again:
                self._news.set()
                self._over.wait(AGAIN)

    def _attend(self) -> None:
        plan, heard = self._planner.plan, self._planner.heard
        fetched = [self._voice.fetch(utterance) for utterance in self._next(plan, heard)]
        if not all(fetched):
            # Rarely one clip alone: whoever cleared the cache took all of them.
            self._voice.forget_gone()
            self._place()
            self._gone()
        elif self.due():
            self._place()
