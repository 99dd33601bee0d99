from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voiceguide.audio.fingerprint import Fingerprint, Print, first_difference

RATE = 44_100
Samples = NDArray[np.float32]


def noise(seconds: float, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (round(seconds * RATE), 2)).astype(np.float32)


def fingerprint(samples: Samples, step: int = 50_000) -> Print:
    prints = Fingerprint(RATE)
    for start in range(0, len(samples), step):
        prints.add(samples[start : start + step])
    return prints.finish()


@settings(max_examples=20, deadline=None)
@given(step=st.integers(500, 100_000), frames=st.integers(1, 100_000))
def test_it_is_the_same_for_any_blocks(step: int, frames: int) -> None:
    samples = noise(3)[:frames]
    whole, pieces = fingerprint(samples, frames), fingerprint(samples, step)
    np.testing.assert_allclose(whole.powers, pieces.powers, rtol=1e-5)
    np.testing.assert_allclose(whole.projections, pieces.projections, atol=1e-5)
    assert len(whole.powers) == -(-frames // (RATE // 20))


def test_a_lossy_copy_is_the_same() -> None:
    samples = noise(4)
    worse = samples + np.float32(0.3) * noise(4, seed=2)
    assert first_difference(fingerprint(samples), fingerprint(worse)) is None


def test_faint_noise_where_there_was_silence_is_nothing() -> None:
    silence = np.zeros((4 * RATE, 2), np.float32)
    assert first_difference(fingerprint(silence), fingerprint(silence + np.float32(0.005) * noise(4))) is None


def mute(samples: Samples) -> Samples:
    samples[3 * RATE : 3 * RATE + 5_000] = 0
    return samples


def swap_blocks(samples: Samples) -> Samples:
    samples[3 * RATE : 5 * RATE] = samples[3 * RATE : 5 * RATE].reshape(2, RATE, 2)[::-1].reshape(-1, 2)
    return samples


def move(samples: Samples) -> Samples:
    return np.concatenate((samples[: 3 * RATE], samples[3 * RATE - 500 : -500]))


def turn_over(samples: Samples) -> Samples:
    samples[3 * RATE :] *= -1
    return samples


def swap_lanes(samples: Samples) -> Samples:
    samples[3 * RATE :] = samples[3 * RATE :, ::-1]
    return samples


def soften(samples: Samples) -> Samples:
    samples[3 * RATE :] *= 0.4
    return samples


def burst(samples: Samples) -> Samples:
    samples[3 * RATE : 3 * RATE + 3_000] += 0.5
    return samples


@pytest.mark.parametrize("spoil", [mute, swap_blocks, move, turn_over, swap_lanes, soften, burst])
def test_what_is_wrong_is_found_at_its_place(spoil: Callable[[Samples], Samples]) -> None:
    place = first_difference(fingerprint(noise(8)), fingerprint(spoil(noise(8))))
    assert place is not None
    assert 2.9 <= place <= 3.3


def test_a_shorter_sound_differs_at_its_end() -> None:
    assert first_difference(fingerprint(noise(8)), fingerprint(noise(5))) == 5
