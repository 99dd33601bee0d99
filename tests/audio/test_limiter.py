import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.audio.limiter import decibels, levelled, limited
from voiceguide.audio.true_peak import true_peak

RATE = 22_050


def voice(seconds: float, seed: int = 1) -> Samples:
    """Pulses through resonances, in syllables: peaky as a voice is."""
    dice = np.random.default_rng(seed)
    frames = round(seconds * RATE)
    pulses = np.zeros(frames)
    pulses[:: RATE // 120] = 1
    time = np.arange(RATE // 20) / RATE
    ring = sum(np.exp(-time * 90) * np.sin(2 * np.pi * formant * time) for formant in (500, 1_500, 2_600))
    said = np.convolve(pulses, ring)[:frames] + 0.02 * dice.standard_normal(frames)
    syllables = np.clip(np.sin(2 * np.pi * 2.2 * np.arange(frames) / RATE) + 0.6, 0.02, 1.3)
    return (0.05 * said * syllables).astype(np.float32)


@pytest.mark.parametrize("gain", [-20.0, 0.0, 12.0])
@pytest.mark.parametrize("seconds", [0.25, 0.7, 3.0])
def test_every_clip_comes_to_the_target(seconds: float, gain: float) -> None:
    clip = levelled(voice(seconds) * np.float32(decibels(gain)), RATE, -19, decibels(-3.5))
    assert clip_loudness(clip_powers(clip, RATE)) == pytest.approx(-19, abs=0.3)


@pytest.mark.parametrize("ceiling", [-3.0, -9.0, -15.0])
def test_no_peak_is_above_the_ceiling_even_between_samples(ceiling: float) -> None:
    clip = levelled(voice(2.0), RATE, -14, decibels(ceiling))
    assert true_peak(clip) <= decibels(ceiling) * 1.00001
    assert true_peak(clip) > decibels(ceiling - 0.5)


def test_what_has_no_peak_is_left_alone() -> None:
    clip = voice(1.0)
    assert limited(clip, RATE, 2.0) is clip


def test_the_limiter_is_smooth_and_leaves_the_rest_alone() -> None:
    time = np.arange(RATE) / RATE
    tone = (0.1 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    tone[RATE // 2 : RATE // 2 + 200] *= 5
    held = limited(tone, RATE, 0.25)
    far = np.abs(np.arange(RATE) - RATE // 2) > 0.06 * RATE
    np.testing.assert_array_equal(held[far], tone[far])
    gain = (held / np.where(tone == 0, 1, tone))[np.abs(tone) > 1e-4]
    assert np.abs(np.diff(gain)).max() < 0.01


def test_the_limiter_scales_with_its_input() -> None:
    clip = voice(1.0)
    np.testing.assert_allclose(limited(clip * 4, RATE, 0.4), 4 * limited(clip, RATE, 0.1), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("clip", [np.zeros(RATE, np.float32), np.zeros(0, np.float32), np.zeros(1, np.float32)])
def test_silence_comes_back_as_it_is(clip: Samples) -> None:
    np.testing.assert_array_equal(levelled(clip, RATE, -19, 0.5), clip)


def test_the_faintest_noise_is_not_blown_up_to_speech() -> None:
    hiss = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 1e-5
    assert np.abs(levelled(hiss, RATE, -19, 0.5)).max() < 0.02
