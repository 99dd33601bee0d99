import numpy as np
import pytest

from voiceguide.errors import UsageError
from voiceguide.notation import SOUNDS
from voiceguide.soundbank import sound


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("name", SOUNDS)
def test_every_sound_of_the_notation_rings(name: str, rate: int) -> None:
    samples = sound(name, rate)
    assert samples.dtype == np.float32
    assert samples.shape[1] == 2
    assert 3 * rate <= len(samples) <= 8 * rate
    assert np.abs(samples).max() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", SOUNDS)
def test_it_begins_softly_dies_away_and_ends_in_silence(name: str) -> None:
    samples = sound(name, 44_100)
    assert np.abs(samples[0]).max() == 0
    assert np.abs(samples[-1]).max() == 0
    assert np.abs(np.diff(samples[:10], axis=0)).max() < 0.01
    assert np.abs(samples[-2_205:]).max() < 10 ** (-60 / 20)
    seconds = [np.sqrt(np.mean(samples[at : at + 44_100] ** 2)) for at in range(0, len(samples) - 44_099, 44_100)]
    assert seconds == sorted(seconds, reverse=True)
    assert abs(samples.mean()) < 1e-4


@pytest.mark.parametrize("name", SOUNDS)
def test_both_ears_agree(name: str) -> None:
    assert np.corrcoef(sound(name, 44_100).T)[0, 1] > 0.3


def test_it_is_the_same_every_time_and_nobody_can_change_it() -> None:
    first = sound("bell", 44_100)
    sound.cache_clear()
    np.testing.assert_array_equal(first, sound("bell", 44_100))
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_an_unknown_name_is_met_with_a_near_miss() -> None:
    with pytest.raises(UsageError, match="gongg") as caught:
        sound("gongg", 44_100)
    assert caught.value.hint
    with pytest.raises(UsageError) as caught:
        sound("bel", 44_100)
    assert "bell" in caught.value.hint
