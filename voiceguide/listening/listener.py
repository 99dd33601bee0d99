"""From the microphone's blocks to commands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from voiceguide.listening.echo import BLOCK, RATE, EchoCanceller, Signal
from voiceguide.listening.own import LATEST, is_own
from voiceguide.listening.speech import LAG, LONGEST, Stretches
from voiceguide.listening.words import Hypotheses, called, command_in

Hear = Callable[[Signal], Hypotheses]
"""What may have been said in a stretch of speech at 16 kHz: `Recogniser.hypotheses`."""
PATIENCE = 3.0
"""Seconds after the attention word, within which the command must be complete."""
_KEPT = round((LATEST + LONGEST + 1) * RATE / BLOCK) + LAG  # blocks of what was played and heard
TAKEN_OUT = 0.1
"""Share of the power heard, below which the session in a stretch is a rest of what is subtracted: the room is known."""


class Listener:
    """Takes what is heard and what was played meanwhile, and tells which commands were said."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._echo = EchoCanceller()
        self._stretches = Stretches()
        self._played = self._heard = np.zeros(0)
        self._recent: deque[tuple[Signal, Signal]] = deque(maxlen=_KEPT)
        self._patience = 0  # blocks in which a command needs no attention word

    @property
    def ready(self) -> bool:
        """Whether it knows the room, or that nothing of the session reaches the microphone, and takes commands."""
        return self._echo.learnt or self._echo.apart

    @property
    def unsure(self) -> bool:
        """Whether it takes no commands although it should long know the room."""
        return self._echo.unsure

    @property
    def deaf(self) -> bool:
        """Whether the microphone has given nothing but digital silence."""
        return self._echo.deaf

    def skip(self) -> None:
        """What comes next does not go on from what came last: something was not heard."""
        self._played = self._heard = np.zeros(0)
        self._stretches = Stretches()
        self._echo.skip()

    def listen(self, played: Signal, heard: Signal) -> list[str]:
        """The words of `words.WORDS` that are complete now.

        `played` and `heard` are as long as each other, mono at 16 kHz within ±1, and begin at the same moment as far
        as the clocks of the devices say; what was played may arrive in the microphone up to half a second later.
        """
        self._played = np.concatenate((self._played, played))
        self._heard = np.concatenate((self._heard, heard))
        whole = len(self._heard) // BLOCK * BLOCK
        words = [self._block(slice(at, at + BLOCK)) for at in range(0, whole, BLOCK)]
        self._played, self._heard = self._played[whole:], self._heard[whole:]
        return [word for word in words if word]

    def _block(self, span: slice) -> str:
        self._patience = max(0, self._patience - 1)
        played, heard = self._played[span], self._heard[span]
        self._recent.append((played, heard))
        stretch = self._stretches.add(*self._echo.block(played, heard))
        if stretch is None or self._is_own(stretch):
            return ""
        return self._word_in(stretch) if self._echo.clear else ""

    def _is_own(self, stretch: Signal) -> bool:
        """Whether it is the session; then the room may have changed."""
        played, heard = (np.concatenate(blocks) for blocks in zip(*list(self._recent)[:-LAG], strict=True))
        own = is_own(stretch, played[-len(stretch) - round(LATEST * RATE) :])
        if own and np.sum(stretch**2) > TAKEN_OUT * np.sum(heard[-len(stretch) :] ** 2):
            self._echo.mistaken()
        return own

    def _word_in(self, stretch: Signal) -> str:
        hypotheses = self._hear(stretch)
        word = command_in(hypotheses, called=self._patience > 0)
        if word or called(hypotheses):
            self._patience = 0 if word else round(PATIENCE * RATE / BLOCK)
        return word
