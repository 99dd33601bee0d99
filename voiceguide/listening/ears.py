"""An output that notes what it plays, and strikes a soft chime when a command was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.audio.bells import CHIME, struck
from voiceguide.listening.listener import Listener
from voiceguide.listening.microphone import Microphone, Played
from voiceguide.listening.recogniser import Recogniser
from voiceguide.listening.words import changes
from voiceguide.model.live import Command, Status

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.outputs import Output, Pull

TONE = 0.08
"""The chime's peak: about 12 dB below speech at -16 LUFS."""
_TONE_SECONDS = 0.6
_PITCH = 1.5  # a fifth above the chime of a session, so that nobody takes it for a part of the session


class Ears:
    """Stands before an output; a session is played through `self`, and heard unchanged but for the chime."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self.name, self.patient = output.name, output.patient
        self._rung = Event()
        self._tone = np.zeros((0, 2), np.float32)
        self._left = self._tone
        self._note: Callable[[Samples], None] = _forget
        self.open_rate = 0
        """Hz at which it was opened last."""

    @property
    def consumed(self) -> int:
        return self._output.consumed

    @property
    def fault(self) -> str:
        return self._output.fault

    def close(self) -> None:
        self._output.close()

    def open(self, rate: int, pull: Pull) -> None:
        self._tone = TONE * struck(CHIME.tuned(_PITCH).lasting(0.3, _TONE_SECONDS), rate)
        self.open_rate = rate
        self._output.open(rate, lambda frames: self._played(pull(frames)))

    def _played(self, samples: Samples) -> Samples:
        if self._rung.is_set():
            self._rung.clear()
            self._left = self._tone
        if len(self._left):
            ringing, self._left = self._left[: len(samples)], self._left[len(samples) :]
            samples = samples.copy()
            samples[: len(ringing)] = np.clip(samples[: len(ringing)] + ringing, -1, 1)
        self._note(samples)
        return samples

    @contextmanager
    def hearing(self, press: Callable[[Command], None], status: Callable[[], Status]) -> Iterator[Microphone]:
        """Listens for commands after `open`, and presses what was said.

        Raises EngineMissing when the extra is not installed, OutputFailed without a microphone.
        """
        played = Played(self.open_rate)

        def said(word: str) -> None:
            self._rung.set()
            if command := changes(word, status().state):
                press(command)

        microphone = Microphone(Listener(Recogniser().hypotheses), played, said)
        microphone.open()
        self._note = played.add
        try:
            yield microphone
        finally:
            self._note = _forget
            microphone.close()


def _forget(_samples: Samples) -> None:
    pass
