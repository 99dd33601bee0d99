"""All gains of a session, found before a sample is mixed.

Loudness is foretold: K-weighted powers of every clip, sound and of the bed are added up on the timeline in
100 ms bins, with the curves they will be played with, and gated as BS.1770 does. What is added is uncorrelated,
so its powers add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Clip
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import (
    ABSOLUTE_GATE,
    RELATIVE_GATE,
    SILENCE,
    Powers,
    fine_segment,
    gated,
    lufs,
    power_of,
    true_peak,
)
from voiceguide.audio.limiter import decibels
from voiceguide.beds import LOUDNESS, Bed, Heard
from voiceguide.mixer.asked import MixLevels
from voiceguide.mixer.bins import bins, centres, lay, speech_spans
from voiceguide.mixer.curves import Curve, bed_curve, fall_curve
from voiceguide.mixer.rings import Rings, SoundOf, Strike, rung
from voiceguide.mixer.weights import Notes, Wanted, Weight, packed, remembered, weigh
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline

ClipOf = Callable[[Utterance], Clip | None]
BOTH_EARS = 10 * float(np.log10(2))
"""Decibels that one voice gains in loudness by being in both channels."""
REST = -14.0
"""Decibels of the resting bed relative to speech."""
FLOOR = -24.0
"""Decibels of the bed under speech: WCAG 2 SC 1.4.7 asks for 20."""
_FAINTEST = -30.0
_BELOW_GATE = 2.0  # decibels: where speech is sparse the bed rests this far below what the loudness gate lets through
_CREST = 12.5  # decibels of a clip's highest true peak above its loudness
_LEAST_CREST = 6.0  # what a bed that the user wants very loud may leave to the voice
_UNKNOWN_LEVEL = -18.0  # LUFS of speech where a profile names no loudness: AES TD1008
_MOST_GAIN = 3.0
_STEP = 0.1  # decibels: a gain in steps lets most edits leave the rest of a session as it was
_BED_SPAN = 10  # seconds that are listened to at each of some places
_FEW, _MANY = 3, 60  # places: of a bed that knows how loud it is, and of one that does not
_SWELL = 3.0  # decibels that a bed may swell under speech: `FLOOR` still leaves more than 20


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Every gain of a session, linear."""

    voices: dict[Utterance, float]
    """The gain of each known clip ahead of its limiter."""
    ceiling: float
    """The limiter's."""
    wanted: Wanted
    """How clips were weighed: their limiters move as in the mix, where all is louder by the same gain."""
    bed: Curve
    sounds: dict[Strike, Curve]
    fall: Curve
    """Of everything."""
    predicted_lufs: float


@dataclass(frozen=True, slots=True, eq=False)
class _Voices:
    gains: dict[Utterance, float]
    powers: Powers


@dataclass(frozen=True, slots=True, eq=False)
class _Background:
    curve: Curve
    powers: Powers
    peaks: NDArray[np.float64]


def balance(
    timeline: Timeline, clip_of: ClipOf, sound_of: SoundOf, bed: Bed, levels: MixLevels, notes: Notes
) -> Balance:
    """Weighs every clip, sound and the bed of the whole timeline. Loads clips one by one, and none in `notes`."""
    speech = _UNKNOWN_LEVEL if levels.loudness is None else levels.loudness
    rings = rung(timeline, sound_of, speech)
    fall = fall_curve(timeline.length, timeline.rate, levels.fall)
    falling = fall.at(centres(timeline)) ** 2
    crest = _CREST
    while True:
        wanted = Wanted(speech - BOTH_EARS, decibels(speech + crest), timeline.rate)
        voices = _voices(timeline, clip_of, notes, wanted, speech)
        background = _background(timeline, bed, levels, speech, voices.powers)
        loudness = _loudness((voices.powers + rings.powers + background.powers) * falling, levels)
        peak = _highest(voices, rings, background, decibels(speech + crest))
        excess = _gain(loudness, levels) + 20 * float(np.log10(peak)) - levels.ceiling
        if excess <= 0 or crest <= _LEAST_CREST:
            break
        crest = max(_LEAST_CREST, crest - 1.5 * excess - 0.5)
    gain = _gain(loudness, levels) - max(0.0, excess)
    return Balance(
        {utterance: decibels(gain) * own for utterance, own in voices.gains.items()},
        decibels(gain + speech + crest),
        wanted,
        background.curve.times(decibels(gain)),
        {strike: curve.times(decibels(gain)) for strike, curve in rings.curves.items()},
        fall,
        loudness + gain,
    )


def _highest(voices: _Voices, rings: Rings, background: _Background, voice: float) -> float:
    """The highest true peak that can be, when every clip may reach `voice`. Never 0."""
    spoken = voices.powers > 0
    under = voice + (rings.under + background.peaks)[spoken].max(initial=0.0) if spoken.any() else 0.0
    return float(max(under, (rings.peaks + background.peaks).max(initial=0.0), 1e-9))


def _loudness(powers: Powers, levels: MixLevels) -> float:
    if levels.gated:
        return gated(powers)
    return lufs(float(powers.mean())) if powers.size else SILENCE


def _gain(loudness: float, levels: MixLevels) -> float:
    """Decibels that bring a foretold loudness to the profile's, in whole steps."""
    if levels.loudness is None or loudness == SILENCE:
        return 0.0
    return round(min(levels.loudness - loudness, _MOST_GAIN) / _STEP) * _STEP


def _voices(timeline: Timeline, clip_of: ClipOf, notes: Notes, wanted: Wanted, speech: float) -> _Voices:
    places: dict[Utterance, list[Placement]] = {}
    for placement in timeline.placements:
        if placement.utterance is not None:
            places.setdefault(placement.utterance, []).append(placement)
    gains, powers = {}, np.zeros(bins(timeline)[1])
    for utterance, placements in places.items():
        weight = _weight(utterance, clip_of, notes, wanted)
        if weight is None:
            flat = np.full(2, power_of(speech))
            for placement in placements:
                lay(powers, timeline, placement.start, placement.length / 2, flat)
            continue
        gains[utterance] = weight.gain
        segment = fine_segment(weight.rate) * timeline.rate / weight.rate
        for placement in placements:
            lay(powers, timeline, placement.start, segment, 2 * weight.powers)
    return _Voices(gains, powers)


def known(clip_of: ClipOf, utterance: Utterance) -> Clip | None:
    """The clip, or None where nobody has spoken it yet."""
    try:
        return clip_of(utterance)
    except KeyError:
        return None


def _weight(utterance: Utterance, clip_of: ClipOf, notes: Notes, wanted: Wanted) -> Weight | None:
    if (weight := remembered(utterance, notes, wanted)) is not None:
        return weight
    clip = known(clip_of, utterance)
    if clip is None:
        return None
    weight = weigh(clip, wanted)
    notes.put(utterance, wanted.name, packed(weight))
    return weight


def _background(timeline: Timeline, bed: Bed, levels: MixLevels, speech: float, voice: Powers) -> _Background:
    """The bed's curve, and its powers: those that it knows of, or else those that were heard."""
    size, count = bins(timeline)
    known_powers = bed.powers(size, count)
    own, top = _listened(bed, timeline, _FEW if known_powers is not None else _MANY)
    own = own if known_powers is None else known_powers
    heard = bed.heard or Heard(gated(own), lufs(float(np.convolve(own, np.full(4, 0.25)).max(initial=0.0))))
    level = heard.loudness
    if level == SILENCE:
        return _Background(Curve(np.array([0]), np.zeros(1)), np.zeros(count), np.zeros(count))
    wanted = level - LOUDNESS if bed.heard else 0.0
    rest = _resting(speech, voice) + levels.bed + wanted
    # Under speech the highest swell counts, and nobody but the listener may ask for more.
    swell = max(0.0, heard.loudest - level - _SWELL)
    floor = min(FLOOR + levels.bed + min(wanted, 0.0) - swell, rest)
    shape = bed_curve(speech_spans(timeline), timeline.length, timeline.rate, rest, floor)
    curve = shape.times(decibels(speech - level))
    gains = curve.at(centres(timeline))
    peaks = gains * top * 1.2  # the rest of the bed may be a little higher
    return _Background(curve, own * gains**2, peaks)


def _listened(bed: Bed, timeline: Timeline, most: int) -> tuple[Powers, float]:
    """The bed's powers all along the session and its highest true peak, from at most `most` places.

    What lies between two places is taken to be as it is from the first of them on. Of a short session it is all heard.
    """
    size, count = bins(timeline)
    span = _BED_SPAN * timeline.rate // size
    spans = max(1, -(-count // span))
    places = np.unique(np.linspace(0, spans - 1, min(most, spans)).astype(np.int64))
    heard, top = [], 0.0
    for place in places:
        sample = bed.at(int(place) * span * size, span * size)
        meter = StreamPowers(timeline.rate, 2, size)
        meter.add(sample)
        heard.append(meter.values())
        top = max(top, true_peak(sample))
    nearest = np.searchsorted(places, np.arange(spans), "right") - 1
    return np.concatenate([heard[number] for number in nearest])[:count], top


def _resting(speech: float, voice: Powers) -> float:
    """Decibels of the resting bed: `REST`, or less where speech is so sparse that the bed would pass its gate."""
    mean = lufs(float(voice.mean())) if voice.size else SILENCE
    if mean < ABSOLUTE_GATE:
        return REST
    below = mean + RELATIVE_GATE - _BELOW_GATE - speech
    return max(_FAINTEST, min(REST, float(np.floor(2 * below) / 2)))
