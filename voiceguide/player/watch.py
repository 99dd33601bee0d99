"""Notices a device that takes nothing any more. Pure: whoever watches brings the clock."""

from __future__ import annotations

PATIENCE = 1.4
"""Seconds without a frame taken, after which a device counts as lost: with `LOOK` it is noticed within 2."""
AT_FIRST = 5.0
"""The same for a device that has just been opened: some take their first frames, and then need seconds to wake."""
AWAKE = 0.3
"""Seconds of sound that a device has taken when it is awake: more than any fills its buffers with beforehand."""
LOOK = 0.1
"""Seconds between two looks."""
TRIES = 10.0
"""Seconds for which the default device is tried anew."""
_NAP = 0.25  # seconds that count between two looks: more passes only when the watcher itself was stopped, as by Ctrl-Z


class Watch:
    """Looks at one opening of a device, which begins at `now` with `consumed` frames taken before, at `rate` Hz."""

    def __init__(self, now: float, consumed: int, rate: int) -> None:
        self._awake = consumed + AWAKE * rate
        self._looked = now
        self._consumed = consumed
        self._still = 0.0

    def lost(self, now: float, consumed: int, fault: str) -> str:
        """Why the device is given up at `now`, in seconds of any steady clock; empty while it is not."""
        self._still = 0.0 if consumed != self._consumed else self._still + min(now - self._looked, _NAP)
        self._looked, self._consumed = now, consumed
        patience = PATIENCE if self.awake(consumed) else AT_FIRST
        return fault or ("it stopped taking sound" if self._still > patience else "")

    def awake(self, consumed: int) -> bool:
        """Whether the device has really begun."""
        return consumed >= self._awake
