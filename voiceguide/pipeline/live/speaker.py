"""Speaks what a session needs next, ahead of whoever listens."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from voiceguide.model.script import Say, Utterance
from voiceguide.model.timeline import Placement
from voiceguide.pipeline.live.plan import Planner
from voiceguide.pipeline.live.speaking import Voice, as_told

if TYPE_CHECKING:
    from voiceguide.errors import VoiceguideError

AGAIN = 15.0
"""Seconds after which what could not be spoken is tried again, when the listener waits for it."""
PARTING = 5.0
"""Seconds that the voice has to come to its end when the session is closed."""


class Speaker:
    """Takes the sentences of the plan in order, from the place that is heard on, and then those before it.

    `wanted` says what is to be spoken in the place of an utterance, `place` plans anew with what is known then, `due`
    says whether that must be soon, and `stuck` whether the listener waits for what could not be spoken.
    """

    def __init__(
        self,
        planner: Planner,
        voice: Voice,
        wanted: Callable[[Utterance], Utterance],
        place: Callable[[], object],
        due: Callable[[], bool],
        stuck: Callable[[], object],
    ) -> None:
        self._planner = planner
        self._voice = voice
        self._wanted = wanted
        self._place = place
        self._due = due
        self._stuck = stuck
        self._queue: deque[Placement] = deque()
        self._last: Placement | None = None
        self._news = threading.Condition()
        self._anew = True
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="voiceguide-live", daemon=True)
        self.fault: VoiceguideError | None = None
        """What went wrong beside speaking, until it goes right; None while it does."""

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
            try:
                busy = self._step()
                self.fault = None
            except Exception as error:  # whatever it is: the listener is told, and it is tried again
                self.fault, busy = as_told(error), False
            if not busy:
                self._wait()

    def _step(self) -> bool:
        """Speaks one line and places it where that is due; False when there was none."""
        if self.speak_next() is None:
            if self._planner.unplaced():
                self._place()
            return False
        if self._section_over() or self._due():
            self._place()
        return True

    def _taken(self) -> Placement | None:
        with self._news:
            if self._anew:
                self._anew = False
                heard = self._planner.heard
                ahead = self._planner.plan.following(heard)
                self._queue = deque((*ahead, *self._planner.plan.says[: -len(ahead) or None]))
            while self._queue and not self._closed:
                placement = self._queue.popleft()
                if placement.utterance and self._speakable(self._wanted(placement.utterance)):
                    return placement
        return None

    def _speakable(self, utterance: Utterance) -> bool:
        return self._voice.length(utterance) is None and utterance not in self._voice.failed

    def _section_over(self) -> bool:
        """Whether what was spoken last was the last of its section."""
        last, following = self._last, self._queue[0] if self._queue else None
        return last is None or following is None or following.chapter != last.chapter

    def _wait(self) -> None:
        """Until there is something to do: another place is heard, or it is time for another attempt."""
        with self._news:
            if self._anew or self._closed:
                return
            again = AGAIN if self._voice.failed or self.fault else None
            if not self._news.wait(again) and (self.fault or self._stuck()):
                self._voice.failed.clear()
                self._anew = True
