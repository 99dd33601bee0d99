"""What is played passes unchanged, but for the chime."""

from __future__ import annotations

import numpy as np

from voiceguide.audio.clip import Samples
from voiceguide.listening.ears import TONE, Ears
from voiceguide.outputs import Pull


class Pulled:
    """An output that pulls when it is told to."""

    name = "pulled"
    patient = False
    consumed = 0
    fault = ""

    def open(self, rate: int, pull: Pull) -> None:  # noqa: ARG002
        self.pull = pull

    def close(self) -> None:
        pass


def silence(frames: int) -> Samples:
    return np.zeros((frames, 2), np.float32)


def test_a_session_passes_unchanged_and_is_noted() -> None:
    output = Pulled()
    ears, noted = Ears(output), []
    ears._note = noted.append
    sound = np.full((100, 2), 0.5, np.float32)
    ears.open(44_100, lambda _frames: sound)
    assert output.pull(100) is sound
    assert noted == [sound]


def test_a_command_is_confirmed_by_one_soft_chime() -> None:
    output = Pulled()
    ears = Ears(output)
    ears.open(44_100, silence)
    ears._rung.set()
    heard = np.concatenate([output.pull(1000) for _ in range(60)])
    assert 0.5 * TONE < np.max(np.abs(heard)) <= TONE + 1e-6
    assert not np.any(heard[round(0.61 * 44_100) :])
    assert not np.any(silence(10))
