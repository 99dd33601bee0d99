from itertools import pairwise

import numpy as np
import pytest

from voiceguide.audio.dither import to_int16


def test_any_split_gives_the_same_samples() -> None:
    samples = (np.random.default_rng(0).standard_normal((300_000, 2)) * 0.3).astype(np.float32)
    whole = to_int16(samples, 1_000)
    edges = [0, 1, 777, 46_857, 261_143, 261_145, 300_000]
    parts = [to_int16(samples[a:b], 1_000 + a) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("dither", [True, False])
def test_what_is_too_loud_saturates(dither: bool) -> None:
    block = np.array([[4.0, -4.0], [1.0, -1.0]], np.float32)
    converted = to_int16(np.repeat(block, 5_000, axis=0), 0, dither=dither)
    assert converted[:, 0].min() >= 32_766
    assert converted[:, 1].max() <= -32_767


def test_without_dither_it_only_rounds() -> None:
    block = np.array([[0.0, 1 / 32_768], [0.4 / 32_768, -1.6 / 32_768]], np.float32)
    np.testing.assert_array_equal(to_int16(block, 5, dither=False), [[0, 1], [0, -2]])


def test_silence_stays_silent() -> None:
    assert not to_int16(np.zeros((10_000, 2), np.float32), 3).any()


def test_the_error_has_no_bias_and_does_not_follow_the_signal() -> None:
    level = np.float32(0.3 / 32_768)
    for sign in (1, -1):
        converted = to_int16(np.full((200_000, 2), sign * level, np.float32), 0)
        assert converted.mean() == pytest.approx(sign * 0.3, abs=0.01)
        # Triangular dither: the error's power is a quarter of a squared step, whatever the signal.
        assert ((converted - sign * 0.3) ** 2).mean() == pytest.approx(0.25, abs=0.01)
