"""Stretches of speech: as long as commands are, whole, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from voiceguide.listening.echo import BLOCK, RATE, Signal
from voiceguide.listening.speech import LONGEST, SHORTEST, SILENCE, Stretches


def stretches(spoken: float) -> list[tuple[float, Signal]]:
    """The stretches found, with when they were, where somebody speaks for `spoken` seconds after a second."""
    found, finder = [], Stretches()
    for number in range(round(6 * RATE / BLOCK)):
        speaks = 1 <= number * BLOCK / RATE < 1 + spoken
        stretch = finder.add(np.full(BLOCK, float(speaks)), speaks)
        if stretch is not None:
            found.append(((number + 1) * BLOCK / RATE, stretch))
    return found


@pytest.mark.parametrize("spoken", [0.3, 0.8, 2.0])
def test_a_command_is_given_whole_soon_after_its_end(spoken: float) -> None:
    ((moment, stretch),) = stretches(spoken)
    assert moment == pytest.approx(1 + spoken + SILENCE, abs=0.04)
    assert np.sum(stretch) / RATE == pytest.approx(spoken, abs=0.02)
    assert stretch[0] == stretch[-1] == 0


@pytest.mark.parametrize("spoken", [0.0, 0.5 * SHORTEST, LONGEST + 0.2, 4.0])
def test_a_click_and_a_conversation_are_nothing(spoken: float) -> None:
    assert stretches(spoken) == []
