"""How long each sound of a sentence lasts."""

import numpy as np
import pytest

from voiceguide.engines.kokoro_pace import FRAME, frames, natural

SPOKEN = "ɹˈɛst jʊɹ hˈændz, nˈW."
LENGTHS = np.array([15, *([2.0] * (len(SPOKEN) - 2)), 11, 6, 1], np.float32)


def speech(planned: np.ndarray) -> float:
    """Milliseconds, by the model's own lengths at the edges."""
    return natural(SPOKEN, planned.astype(np.float32))


@pytest.mark.parametrize("share", [0.4, 0.7, 1.0, 1.5, 2.5, 4.0])
def test_speech_takes_the_time_it_is_given(share: float) -> None:
    wanted = natural(SPOKEN, LENGTHS) * share
    planned = frames(SPOKEN, LENGTHS, wanted)
    assert planned.shape == LENGTHS.shape
    assert planned.min() >= 1
    assert speech(planned) == pytest.approx(wanted, abs=0.51 * FRAME + (200 if share < 1 else 0))


def test_the_silence_around_it_stays() -> None:
    planned = frames(SPOKEN, LENGTHS, 3 * natural(SPOKEN, LENGTHS))
    assert planned[0] == 15
    assert list(planned[-3:]) == [11, 6, 1]


def test_slow_speech_rests_after_stressed_words_and_more_after_a_comma() -> None:
    planned = frames(SPOKEN, LENGTHS, 3 * natural(SPOKEN, LENGTHS))
    gaps = [int(planned[place]) for place, sign in enumerate(SPOKEN, 1) if sign == " "]
    after_rest, after_your, after_comma = gaps
    assert after_your < after_rest < after_comma


def test_sounds_are_drawn_less_than_the_whole() -> None:
    planned = frames(SPOKEN, LENGTHS, 3 * natural(SPOKEN, LENGTHS))
    sounds = [int(planned[place]) for place, sign in enumerate(SPOKEN, 1) if sign.isalpha()][:-1]
    assert np.mean(sounds) < 2.5 * 2.0


def test_a_single_word_has_no_gap_to_rest_in() -> None:
    lengths = np.array([15, 1, 2, 12, 8, 1], np.float32)
    wanted = 2 * natural("ˈɪn.", lengths)
    assert natural("ˈɪn.", frames("ˈɪn.", lengths, wanted).astype(np.float32)) == pytest.approx(wanted, abs=FRAME)
