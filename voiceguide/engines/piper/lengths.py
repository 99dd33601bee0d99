"""How much a voice's own lengths are stretched, so that a sentence takes about as long as `plan` said.

`spoken.pace` reckons real words a minute; a voice has a natural length for each phoneme, which a model of piper tells
without speaking. Their ratio is the stretch that meets the estimate exactly, but it would differ by a quarter from one
sentence to the next. So it stays near the one stretch that fits a whole text, which is the voice's steady tempo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.model.script import Utterance
from voiceguide.spoken import pace

VERSION = 1
"""Part of the engine's identity: raise it whenever a length changes."""
MOST_FOLLOWED = 1.15
"""How far a sentence may leave the steady tempo, which is hardly heard between two sentences; measured with the
packaged voice on narration.txt: paragraphs within 5 % (8 % at one steady tempo), half of the sentences as long as
estimated within 2 % (10 %)."""
CENTRE = 1.012
"""Puts the slowest and the quickest paragraph equally far from what was asked for."""
TEXT = (
    "Find a place where you can sit well. Let your feet rest on the floor, and feel how it carries them. "
    "Take one slow breath in through the nose, and let it go again. Hold the heel in your left hand. "
    "With the other hand, stroke from the ankle to the toes. In the morning, we walked along the river to the old mill."
)
"""What the steady tempo is taken from: calm sentences, and an ordinary one."""

Lengths = NDArray[np.float64]
"""Natural lengths of the signs of a text, in the model's frames, at stretch 1."""


def reference(rate: int) -> int:
    """The milliseconds that `TEXT` should take at `rate` words a minute."""
    return pace.estimate(Utterance(TEXT, rate=rate))


def stretch(wanted: float, natural: float, steady: float | None) -> float:
    """The factor that makes `natural` milliseconds `wanted` ones, near the `steady` one where that is known."""
    factor = wanted / natural
    if steady is not None:
        factor = min(max(factor, steady / MOST_FOLLOWED), steady * MOST_FOLLOWED)
    return factor / CENTRE


def scale(lengths: Lengths, factor: float) -> float:
    """The model's length scale at which `lengths`, each made whole frames by rounding up, sum to `factor` times theirs.

    To within a frame or so; found by halving, because the sum only grows.
    """
    wanted = factor * float(lengths.sum())
    least, most = 0.0, factor + 1.0
    for _ in range(24):
        middle = (least + most) / 2
        if float(np.ceil(lengths * middle).sum()) < wanted:
            least = middle
        else:
            most = middle
    return max(most, 0.01)
