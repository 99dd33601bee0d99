"""Layers at the levels that people write."""

import numpy as np
import pytest

from voiceguide import beds
from voiceguide.pipeline.background import distance
from voiceguide.settings import Settings

RATE = 44_100


@pytest.mark.parametrize(
    "text", ["none + ocean:-6", "ocean:-6 + none", "none:+3 + ocean:-6", "none + none:-3 + ocean:-6"]
)
def test_silence_is_a_layer_at_no_level(text: str) -> None:
    alone, layered = beds.make("ocean:-6", RATE), beds.make(text, RATE)
    assert alone.heard is not None
    assert layered.heard is not None
    assert layered.heard.loudness == pytest.approx(alone.heard.loudness) == pytest.approx(beds.LOUDNESS - 6)
    assert np.allclose(layered.at(3 * RATE, RATE), alone.at(3 * RATE, RATE), atol=1e-6)
    assert distance([text], Settings()) == distance(["ocean:-6"], Settings()) == 30


def test_layers_of_silence_are_silent() -> None:
    bed = beds.make("none + none:-3", RATE)
    assert bed.heard is None
    assert not bed.at(0, RATE).any()
