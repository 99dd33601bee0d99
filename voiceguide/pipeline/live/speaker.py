"""Speaks what a session needs next, ahead of whoever listens."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from voiceguide.model.script import Say, Utterance
from voiceguide.model.timeline import Placement
from voiceguide.pipeline.live.plan import Planner
from voiceguide.pipeline.live.speaking import Voice

SOON = 20.0
"""Seconds ahead of the listener in which every sentence is placed as soon as it is spoken; later ones by sections."""
AGAIN = 15.0
"""Seconds after which what could not be spoken is tried again, when the listener waits for it."""
PARTING = 5.0
"""Seconds that the voice has to come to its end when the session is closed."""


class Speaker:
    """Takes the sentences of the plan in order, from the place that is heard on, and then those before it.

    `wanted` says what is to be spoken in the place of an utterance, `place` plans anew with what is known then, and
    `stuck` says whether the listener waits for what could not be spoken.
    """

    def __init__(
        self,
        planner: Planner,
        voice: Voice,
        wanted: Callable[[Utterance], Utterance],
        place: Callable[[], object],
        stuck: Callable[[], object],
    ) -> None:
        self._planner = planner
        self._voice = voice
        self._wanted = wanted
        self._place = place
        self._stuck = stuck
        self._queue: deque[Placement] = deque()
        self._last: Placement | None = None
        self._news = threading.Condition()
        self._anew = True
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="voiceguide-live", daemon=True)

    def begin(self) -> None:
        """Goes on speaking on a thread of its own, until it is closed."""
        self._thread.start()

    def look_anew(self) -> None:
        """Lets it begin again with what is needed at the place that is heard now."""
        with self._news:
            self._anew = True
            self._news.notify_all()

    def close(self) -> None:
        """Stops. Safe to call twice."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        until = time.monotonic() + PARTING
        self._voice.close()
        while self._thread.is_alive() and time.monotonic() < until:
            # One that was just about to speak when it was closed is closed again.
            self._thread.join(0.1)
            self._voice.close()

    def speak_next(self) -> Say | None:
        """Speaks the line that is needed next, or tries to; None when there is none."""
        placement = self._taken()
        if placement is None or placement.utterance is None:
            return None
        say = Say(placement.text, self._wanted(placement.utterance), placement.source)
        self._voice.speak(say)
        if say.utterance != placement.utterance and say.utterance in self._voice.failed:
            # Then it is said as it was planned.
            with self._news:
                self._queue.appendleft(placement)
        self._last = placement
        return say

    def _work(self) -> None:
        while not self._closed:
            if self.speak_next() is None:
                if self._unplaced():
                    self._place()
                self._wait()
            elif self._due():
                self._place()

    def _taken(self) -> Placement | None:
        with self._news:
            if self._anew:
                heard = self._planner.heard
                ahead = self._planner.plan.following(heard)
                self._queue = deque((*ahead, *self._planner.plan.says[: -len(ahead) or None]))
                self._anew = False
            while self._queue and not self._closed:
                placement = self._queue.popleft()
                if placement.utterance and self._speakable(self._wanted(placement.utterance)):
                    return placement
        return None

    def _speakable(self, utterance: Utterance) -> bool:
        return self._voice.length(utterance) is None and utterance not in self._voice.failed

    def _due(self) -> bool:
        """Whether what was spoken last is to be placed now: it is heard soon, or it was the last of its section."""
        last, following = self._last, self._queue[0] if self._queue else None
        if last is None or following is None or following.chapter != last.chapter:
            return True
        return last.start - self._planner.heard < SOON * self._planner.plan.timeline.rate

    def _unplaced(self) -> bool:
        """Whether something is known that the plan, from the place that is heard on, does not have."""
        plan, heard = self._planner.plan, self._planner.heard
        late = (say.utterance for say in plan.missing if say.end > heard)
        said = {say.utterance for say in plan.following(heard) if say.utterance}
        others = (self._wanted(utterance) for utterance in said if self._wanted(utterance) != utterance)
        return any(utterance and self._voice.length(utterance) for utterance in (*late, *others))

    def _wait(self) -> None:
        """Until there is something to do: another place is heard, or it is time for another attempt."""
        with self._news:
            if self._anew or self._closed:
                return
            if not self._news.wait(AGAIN if self._voice.failed else None) and self._stuck():
                self._voice.failed.clear()
                self._anew = True
