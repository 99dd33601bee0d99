"""Finds where somebody says a few words, in blocks of which it is known whether somebody speaks."""

from __future__ import annotations

from collections import deque

import numpy as np

from voiceguide.listening.echo import BLOCK, RATE, Signal

SHORTEST, LONGEST = 0.15, 2.8
"""Seconds that "guide" and a command last; what lasts longer is people talking to each other."""
SILENCE = 0.4
"""Seconds of silence that end it: "repeat" and "next" have stops of a tenth within."""
_BEFORE, _AFTER = round(0.25 * RATE / BLOCK), round(0.12 * RATE / BLOCK)  # blocks kept around: soft sounds
_ONSET = 3  # blocks
_END = round(SILENCE * RATE / BLOCK)
LAG = _END - _AFTER
"""Blocks from the end of a stretch to the block with which it is given."""


class Stretches:
    """Collects blocks, and gives the stretches in which somebody spoke for as long as a command takes."""

    def __init__(self) -> None:
        self._before: deque[Signal] = deque(maxlen=_BEFORE + _ONSET)
        self._blocks: list[Signal] = []
        self._run = self._quiet = 0

    def add(self, block: Signal, speaks: bool) -> Signal | None:
        """One block more; the stretch that it ends."""
        if not self._blocks:
            self._wait(block, speaks)
            return None
        self._quiet = 0 if speaks else self._quiet + 1
        if len(self._blocks) <= LONGEST * RATE / BLOCK + _BEFORE + _END:
            self._blocks.append(block)
        return self._ended() if self._quiet >= _END else None

    def _wait(self, block: Signal, speaks: bool) -> None:
        self._before.append(block)
        self._run = self._run + 1 if speaks else max(0, self._run - 1)
        if self._run >= _ONSET:
            self._blocks, self._run, self._quiet = list(self._before), 0, 0
            self._before.clear()

    def _ended(self) -> Signal | None:
        blocks, self._blocks = self._blocks, []
        spoken = len(blocks) - self._quiet - _BEFORE
        if not SHORTEST * RATE <= spoken * BLOCK <= LONGEST * RATE:
            return None
        return np.concatenate(blocks[: len(blocks) - self._quiet + _AFTER])
