"""A balance that is kept: the gains of a session that plays, while what is ahead of the listener is planned anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceguide.audio.limiter import decibels
from voiceguide.mixer.background import BedOf, Laid, Level, laid
from voiceguide.mixer.curves import FADE_OUT, HOLD, Curve
from voiceguide.mixer.presence import CROSS, presences
from voiceguide.mixer.rings import Asset, SoundOf, Strike, rung
from voiceguide.mixer.weights import Wanted
from voiceguide.model.timeline import Timeline

if TYPE_CHECKING:
    from voiceguide.mixer.balance import Balance

_APART = 0.5  # seconds beyond: the straight pieces of a bend, which begin before it and end after it


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What a first balance settled, and every later one takes over."""

    speech: float
    """LUFS of speech ahead of the gain."""
    gain: float
    """Decibels, of everything."""
    ceiling: float
    """The limiter's, linear."""
    wanted: Wanted
    """How clips are weighed."""
    beds: Mapping[str, Level]
    """By their names."""
    sounds: Mapping[str, Asset]
    """As well."""
    fall: Curve
    predicted_lufs: float
    """Of the whole session."""
    aimed_lufs: float
    """Of what counts to the loudness that was asked for."""


def ahead(timeline: Timeline) -> float:
    """Seconds by which a change of the timeline must lie ahead of a frame, so that this frame sounds as it did.

    Up to there the bed knows already whether somebody is about to speak, or another bed to come.
    """
    return (CROSS if len(timeline.beds) > 1 else HOLD) + _APART


def ending(length: int, rate: int) -> int:
    """The frame from which on the length of a session is heard: it is about to fade out."""
    return max(0, length - round((FADE_OUT + _APART) * rate))


def balanced(held: Held, timeline: Timeline, sound_of: SoundOf, bed_of: BedOf) -> Balance:
    """The balance of another timeline of the same session at the gains that are held. Weighs nothing."""
    from voiceguide.mixer.balance import Balance

    gain = decibels(held.gain)
    curves: dict[Strike, Curve] = rung(timeline, sound_of, held.speech, held.sounds).curves
    beds = {name: laid(timeline, presence, held.beds[name]) for name, presence in presences(timeline).items()}
    return Balance(
        {},
        tuple(Laid(bed_of(name), curve.times(gain), held.beds[name].loudness) for name, curve in beds.items()),
        {strike: curve.times(gain) for strike, curve in curves.items()},
        np.zeros(0),
        np.zeros(0),
        held,
    )
