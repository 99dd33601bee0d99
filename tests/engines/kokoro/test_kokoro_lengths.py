"""How long each sound of a sentence lasts."""

import numpy as np
import pytest

from voiceguide.engines.kokoro.lengths import FRAME, frames, natural

SPOKEN = "ɹˈɛst jʊɹ hˈændz, nˈW."
LENGTHS = np.array([15, *([2.0] * (len(SPOKEN) - 2)), 11, 6, 1], np.float32)


def speech(planned: np.ndarray) -> float:
    """Milliseconds, by the model's own lengths at the edges."""
    return natural(SPOKEN, planned.astype(np.float32))


@pytest.mark.parametrize("share", [0.6, 0.8, 1.0, 1.5, 2.5, 4.0])
def test_speech_takes_the_time_it_is_given(share: float) -> None:
    wanted = natural(SPOKEN, LENGTHS) * share
    planned = frames(SPOKEN, LENGTHS, wanted)
    assert planned.shape == LENGTHS.shape
    assert planned.min() >= 1
    assert speech(planned) == pytest.approx(wanted, abs=1.01 * FRAME)


def test_nothing_is_shorter_than_a_frame() -> None:
    assert set(frames(SPOKEN, LENGTHS, 1.0)[1:-4]) == {1}


def test_the_silence_around_it_stays() -> None:
    planned = frames(SPOKEN, LENGTHS, 3 * natural(SPOKEN, LENGTHS))
    assert planned[0] == 15
    assert list(planned[-3:]) == [11, 6, 1]


def test_all_sounds_are_stretched_alike() -> None:
    planned = frames(SPOKEN, LENGTHS, 3 * natural(SPOKEN, LENGTHS))
    assert np.ptp(planned[1:-3]) <= 1
