"""All gains of a session, found before a sample is mixed.

Loudness is foretold: K-weighted powers of every clip, sound and of the bed are added up on the timeline in
100 ms bins, with the curves they will be played with, and gated as BS.1770 does. What is added is uncorrelated,
so its powers add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from voiceguide.audio.clip import Clip
from voiceguide.audio.levels import SILENCE, Powers, clip_loudness, fine_segment, gated, lufs, power_of
from voiceguide.audio.limiter import decibels
from voiceguide.mixer.asked import MixLevels
from voiceguide.mixer.background import Background, BedOf, Laid, background, listened
from voiceguide.mixer.bins import bins, centres, lay, near_speech, speech_spans
from voiceguide.mixer.curves import Curve, fall_curve, held
from voiceguide.mixer.held import Held
from voiceguide.mixer.rings import Rings, SoundOf, Strike, rung
from voiceguide.mixer.weights import Notes, Wanted, Weight, packed, remembered, weigh
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline

ClipOf = Callable[[Utterance], Clip | None]
BOTH_EARS = 10 * float(np.log10(2))
"""Decibels that one voice gains in loudness by being in both channels."""
_CREST = 12.5  # decibels of a clip's highest true peak above its loudness
_LEAST_CREST = 6.0  # what a bed that the user wants very loud may leave to the voice
_UNKNOWN_LEVEL = -18.0  # LUFS of speech where a profile names no loudness: AES TD1008
_MOST_GAIN = 3.0  # decibels by which speech is raised beyond the level where it alone would be as loud as asked for
_MOST_BY_MEAN = 6.0  # where pauses count too, and speech has to make up for them
_STEP = 0.1  # decibels: a gain in steps lets most edits leave the rest of a session as it was


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Every gain of a session, linear."""

    voices: dict[Utterance, float]
    """The gain of each known clip ahead of its limiter."""
    beds: tuple[Laid, ...]
    sounds: dict[Strike, Curve]
    powers: Powers
    """Of the whole session as it is foretold, in the bins of the timeline; empty where the gains were held."""
    behind: Powers
    """Of the beds in it."""
    held: Held
    """What else there is, and what a balance of another timeline takes over."""

    @property
    def fall(self) -> Curve:
        """Of everything."""
        return self.held.fall


@dataclass(frozen=True, slots=True, eq=False)
class _Voices:
    gains: dict[Utterance, float]
    powers: Powers
    softer: Powers
    """Decibels that a clip stays below its level, because its peaks had to be held down: the most in each span in which
    the bed is held."""


def balance(
    timeline: Timeline, clip_of: ClipOf, sound_of: SoundOf, bed_of: BedOf, levels: MixLevels, notes: Notes
) -> Balance:
    """Weighs every clip, sound and bed of the whole timeline. Loads clips one by one, and none in `notes`."""
    speech = _UNKNOWN_LEVEL if levels.loudness is None else levels.loudness
    rings = rung(timeline, sound_of, speech)
    fall = fall_curve(timeline.length, timeline.rate, levels.fall)
    falling = fall.at(centres(timeline)) ** 2
    known_beds = listened(timeline, bed_of, thorough=levels.thorough)
    counted = near_speech(timeline) if levels.anchored else np.ones(bins(timeline)[1], np.bool_)
    crest = _CREST
    while True:
        wanted = Wanted(speech - BOTH_EARS, decibels(speech + crest), timeline.rate, levels.shaping)
        voices = _voices(timeline, clip_of, notes, wanted, speech)
        behind = background(timeline, known_beds, levels, speech, voices.powers[counted], voices.softer)
        powers = (voices.powers + rings.powers + behind.powers) * falling
        loudness = _loudness(powers[counted], levels)
        peak = _highest(voices, rings, behind, decibels(speech + crest))
        excess = _gain(loudness, levels) + 20 * float(np.log10(peak)) - levels.ceiling
        if excess <= 0 or crest <= _LEAST_CREST:
            break
        # What the limiters take has to be gained again; by the mean there is rarely anything left to gain.
        crest = max(_LEAST_CREST, crest - (1.5 * excess + 0.5 if levels.gated else excess + 0.1))
    gain = _gain(loudness, levels) - max(0.0, excess)
    ceiling, whole = decibels(gain + speech + crest), _loudness(powers, levels)
    return Balance(
        {utterance: decibels(gain) * own for utterance, own in voices.gains.items()},
        tuple(replace(one, curve=one.curve.times(decibels(gain))) for one in behind.beds),
        {strike: curve.times(decibels(gain)) for strike, curve in rings.curves.items()},
        powers * decibels(gain) ** 2,
        behind.powers * falling * decibels(gain) ** 2,
        Held(speech, gain, ceiling, wanted, behind.levels, rings.assets, fall, whole + gain, loudness + gain),
    )


def _highest(voices: _Voices, rings: Rings, behind: Background, voice: float) -> float:
    """The highest true peak that can be, when every clip may reach `voice`. Never 0."""
    spoken = voices.powers > 0
    under = voice + (rings.under + behind.peaks)[spoken].max(initial=0.0) if spoken.any() else 0.0
    return float(max(under, (rings.peaks + behind.peaks).max(initial=0.0), 1e-9))


def _loudness(powers: Powers, levels: MixLevels) -> float:
    if levels.gated:
        return gated(powers)
    return lufs(float(powers.mean())) if powers.size else SILENCE


def _gain(loudness: float, levels: MixLevels) -> float:
    """Decibels that bring a foretold loudness to the profile's, in whole steps."""
    if levels.loudness is None or loudness == SILENCE:
        return 0.0
    most = (_MOST_GAIN if levels.gated else _MOST_BY_MEAN) + levels.fall
    return round(min(levels.loudness - loudness, most) / _STEP) * _STEP


def _voices(timeline: Timeline, clip_of: ClipOf, notes: Notes, wanted: Wanted, speech: float) -> _Voices:
    places: dict[Utterance, list[Placement]] = {}
    for placement in timeline.placements:
        if placement.utterance is not None:
            places.setdefault(placement.utterance, []).append(placement)
    gains, powers, softer = {}, np.zeros(bins(timeline)[1]), dict[Utterance, float]()
    for utterance, placements in places.items():
        weight = weight_of(utterance, clip_of, notes, wanted)
        if weight is None:
            flat = np.full(2, power_of(speech))
            for placement in placements:
                lay(powers, timeline, placement.start, placement.length / 2, flat)
            continue
        gains[utterance] = weight.gain
        softer[utterance] = _softer(weight, wanted)
        segment = fine_segment(weight.rate) * timeline.rate / weight.rate
        for placement in placements:
            lay(powers, timeline, placement.start, segment, 2 * weight.powers)
    return _Voices(gains, powers, _softest(timeline, softer))


def _softest(timeline: Timeline, softer: dict[Utterance, float]) -> Powers:
    """The most in each span in which a bed is held."""
    spans = held(speech_spans(timeline), timeline.rate)
    most = np.zeros(len(spans))
    for placement in timeline.placements:
        if placement.utterance in softer:
            span = int(np.searchsorted(spans[:, 0], placement.start, "right")) - 1
            most[span] = max(most[span], softer[placement.utterance])
    return most


def _softer(weight: Weight, wanted: Wanted) -> float:
    loudness = clip_loudness(weight.powers)
    return 0.0 if loudness == SILENCE else wanted.level - loudness


def known(clip_of: ClipOf, utterance: Utterance) -> Clip | None:
    """The clip, or None where nobody has spoken it yet."""
    try:
        return clip_of(utterance)
    except KeyError:
        return None


def weight_of(utterance: Utterance, clip_of: ClipOf, notes: Notes, wanted: Wanted) -> Weight | None:
    """What a clip weighs, by `notes` or by itself; None where nobody has spoken it yet."""
    if (weight := remembered(utterance, notes, wanted)) is not None:
        return weight
    clip = known(clip_of, utterance)
    if clip is None:
        return None
    weight = weigh(clip, wanted)
    notes.put(utterance, wanted.name, packed(weight))
    return weight
