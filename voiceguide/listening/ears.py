"""An output that notes what it plays, and strikes a soft chime when a command was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.audio.bells import CHIME, struck
from voiceguide.listening import recogniser
from voiceguide.listening.echo import RATE
from voiceguide.listening.listener import Listener
from voiceguide.listening.microphone import Microphone
from voiceguide.listening.pairs import Played
from voiceguide.listening.recogniser import Recogniser
from voiceguide.listening.words import changes
from voiceguide.model.live import Command

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

    def check(self) -> None:
        """Whether spoken commands can be heard.

        Raises EngineMissing without the extra, OutputFailed without a microphone.
        """
        recogniser.check()
        microphone = self._microphone(Played(RATE), _forget, _forget)
        microphone.open()
        microphone.close()

    @contextmanager
    def hearing(self, rate: int, press: Callable[[Command], None], tell: Callable[[str], None]) -> Iterator[None]:
        """Listens for commands while a session plays at `rate`, and presses what was said.

        Raises as `check` does; what goes wrong later is told.
        """
        played = Played(rate)

        def said(word: str) -> None:
            self._rung.set()
            tell(f'heard "{word}"')
            for command in changes(word):
                press(command)

        microphone = self._microphone(played, said, tell)
        microphone.open()
        self._note = played.add
        try:
            yield
        finally:
            self._note = _forget
            microphone.close()

    def _microphone(self, played: Played, said: Callable[[str], None], tell: Callable[[str], None]) -> Microphone:
        return Microphone(lambda: Listener(Recogniser().hypotheses), played, said, tell)


def _forget(_anything: object) -> None:
    pass
