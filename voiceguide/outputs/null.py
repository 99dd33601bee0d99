"""An output that nobody hears, which takes its frames as a sound card does."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from voiceguide.errors import UsageError

if TYPE_CHECKING:
    from voiceguide.outputs import Pull

PERIOD = 0.01
"""Seconds of sound taken at once."""
BUFFER = 0.15
"""Seconds by which it may be kept waiting: a device that buffers as much would fall silent after that."""
FAST = "fast"


class NullOutput:
    """Takes sound in real time; or with `fast` as quickly as it comes."""

    name = "null"

    def __init__(self, parameter: str = "") -> None:
        if parameter not in ("", FAST):
            raise UsageError(f"there is no 'null:{parameter}'", "use null, or null:fast")
        self.patient = parameter == FAST
        self.consumed = 0
        self.fault = ""
        self.gaps = 0
        """How often it was kept waiting for longer than `BUFFER`, by its sound or by a machine that let nobody work."""
        self.skipped = 0.0
        """Seconds of silence that a device would have had in these gaps: its clock went on without sound."""
        self._stop = Event()
        self._thread: Thread | None = None

    def open(self, rate: int, pull: Pull) -> None:
        self.close()
        self.fault, self._stop = "", Event()
        self._thread = Thread(target=self._run, args=(rate, pull, self._stop), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(1.0)

    def _run(self, rate: int, pull: Pull, stop: Event) -> None:
        try:
            if self.patient:
                self._as_it_comes(rate, pull, stop)
            else:
                self._in_real_time(rate, pull, stop)
        except Exception as error:  # what a device's own thread does not survive
            self.fault = f"its callback failed: {error}"

    def _as_it_comes(self, rate: int, pull: Pull, stop: Event) -> None:
        while not stop.is_set() and (frames := len(pull(round(PERIOD * rate)))):
            self.consumed += frames

    def _in_real_time(self, rate: int, pull: Pull, stop: Event) -> None:
        begun, period, taken = monotonic(), round(PERIOD * rate), 0
        while not stop.wait(max(0.0, begun + taken / rate - monotonic())):
            late = monotonic() - begun - taken / rate
            if late > BUFFER:  # what was not taken in time is lost, as in a sound card
                self.gaps += 1
                self.skipped += late
                begun += late
            pull(period)
            taken += period
            self.consumed += period
