"""Struck metal, beside the sines that it is made of."""

import numpy as np
import pytest

from voiceguide.audio.bells import BELL, BOWL, CHIME, Stroke, struck


def plainly(stroke: Stroke, rate: int) -> np.ndarray:
    """Every partial by itself, sine by sine."""
    time = np.arange(round(stroke.seconds * rate)) / rate
    ears = np.zeros((len(time), 2))
    for partial in stroke.partials:
        dying = 10 ** (partial.level / 20 - 3 * time / partial.decay)
        for side, shares in ((-0.5, (0.7, 0.3)), (0.5, (0.3, 0.7))):
            tone = dying * np.sin(2 * np.pi * (partial.frequency + side * partial.beat) * time)
            ears += tone[:, None] * shares
    rise = np.clip(time / stroke.attack, 0, 1)
    fall = np.clip((time[-1] - time) / (stroke.seconds / 3), 0, 1)
    ears *= ((1 - np.cos(np.pi * rise)) * (1 - np.cos(np.pi * fall)) / 4)[:, None]
    return ears / np.abs(ears).max()


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("stroke", [BELL, CHIME, BOWL, BOWL.tuned(1.3), BOWL.lasting(2, 20)])
def test_it_is_the_sum_of_its_partials(stroke: Stroke, rate: int) -> None:
    np.testing.assert_allclose(struck(stroke, rate), plainly(stroke, rate), atol=1e-6)


def test_partials_that_a_rate_cannot_hold_are_left_out() -> None:
    high = Stroke((*CHIME.partials, CHIME.tuned(8).partials[-1]), CHIME.seconds, CHIME.attack)
    np.testing.assert_array_equal(struck(high, 22_050), struck(CHIME, 22_050))
