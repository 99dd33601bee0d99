"""All gains of a session, found before a sample is mixed.

Loudness is foretold: K-weighted powers of every clip, sound and of the bed are added up on the timeline in
100 ms bins, with the curves they will be played with, and gated as BS.1770 does. What is added is uncorrelated,
so its powers add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import (
    ABSOLUTE_GATE,
    FINE_WINDOW,
    RELATIVE_GATE,
    SILENCE,
    Powers,
    clip_powers,
    fine_segment,
    gated,
    lufs,
    power_of,
    true_peak,
)
from voiceguide.audio.limiter import decibels
from voiceguide.beds import LOUDNESS, Bed, Heard
from voiceguide.mixer.asked import MixLevels
from voiceguide.mixer.curves import Curve, Spans, bed_curve, fall_curve, tail_curve
from voiceguide.mixer.weights import Notes, Wanted, Weight, packed, remembered, weigh
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline

ClipOf = Callable[[Utterance], Clip | None]
SoundOf = Callable[[str], Samples]
Strike = tuple[int, str]
"""A sound by the frame it is struck at, and its name."""

BOTH_EARS = 10 * float(np.log10(2))
"""Decibels that one voice gains in loudness by being in both channels."""
REST = -14.0
"""Decibels of the resting bed relative to speech."""
FLOOR = -24.0
"""Decibels of the bed under speech: WCAG 2 SC 1.4.7 asks for 20."""
_FAINTEST = -30.0
_BELOW_GATE = 2.0  # decibels: where speech is sparse the bed rests this far below what the loudness gate lets through
_STRIKE = -6.0  # decibels of a sound's loudest 400 ms relative to speech
_UNDER_SPEECH = -14.0  # decibels that a sound's tail goes down when somebody speaks
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
class _Rings:
    curves: dict[Strike, Curve]
    powers: Powers
    peaks: NDArray[np.float64]
    under: NDArray[np.float64]
    """The peaks while somebody speaks: a strike comes after the last word, if only by a sample."""


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
    rings = _rings(timeline, sound_of, speech)
    fall = fall_curve(timeline.length, timeline.rate, levels.fall)
    falling = fall.at(_centres(timeline)) ** 2
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


def _highest(voices: _Voices, rings: _Rings, background: _Background, voice: float) -> float:
    """The highest true peak that can be, when every clip may reach `voice`. Never 0."""
    spoken = voices.powers > 0
    under = voice + (rings.under + background.peaks)[spoken].max(initial=0.0) if spoken.any() else 0.0
    return float(max(under, (rings.peaks + background.peaks).max(initial=0.0), 1e-9))


def speech_spans(timeline: Timeline) -> Spans:
    """Where somebody speaks."""
    spans = [(p.start, p.end) for p in timeline.placements if p.kind == "say"]
    return np.array(spans, np.int64).reshape(-1, 2)


def _loudness(powers: Powers, levels: MixLevels) -> float:
    if levels.gated:
        return gated(powers)
    return lufs(float(powers.mean())) if powers.size else SILENCE


def _gain(loudness: float, levels: MixLevels) -> float:
    """Decibels that bring a foretold loudness to the profile's, in whole steps."""
    if levels.loudness is None or loudness == SILENCE:
        return 0.0
    return round(min(levels.loudness - loudness, _MOST_GAIN) / _STEP) * _STEP


def _bins(timeline: Timeline) -> tuple[int, int]:
    """Frames in a bin, and how many whole bins there are: as `Loudness` cuts the session."""
    size = max(1, round(timeline.rate / 10))
    return size, timeline.length // size


def _centres(timeline: Timeline) -> NDArray[np.float64]:
    size, count = _bins(timeline)
    return (np.arange(count, dtype=np.float64) + 0.5) * size


def _voices(timeline: Timeline, clip_of: ClipOf, notes: Notes, wanted: Wanted, speech: float) -> _Voices:
    places: dict[Utterance, list[Placement]] = {}
    for placement in timeline.placements:
        if placement.utterance is not None:
            places.setdefault(placement.utterance, []).append(placement)
    gains, powers = {}, np.zeros(_bins(timeline)[1])
    for utterance, placements in places.items():
        weight = _weight(utterance, clip_of, notes, wanted)
        if weight is None:
            flat = np.full(2, power_of(speech))
            for placement in placements:
                _lay(powers, timeline, placement.start, placement.length / 2, flat)
            continue
        gains[utterance] = weight.gain
        segment = fine_segment(weight.rate) * timeline.rate / weight.rate
        for placement in placements:
            _lay(powers, timeline, placement.start, segment, 2 * weight.powers)
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


def _lay(bins: Powers, timeline: Timeline, start: int, segment: float, powers: Powers) -> None:
    """Adds segments of `segment` session frames each, from frame `start`, to the bins they fall into."""
    size, count = _bins(timeline)
    nodes = start + segment * np.arange(len(powers) + 1)
    energy = np.concatenate(([0.0], np.cumsum(powers))) * segment
    first = min(start // size, count)
    last = min(int(nodes[-1]) // size + 1, count)
    bins[first:last] += np.diff(np.interp(np.arange(first, last + 1) * size, nodes, energy)) / size


def _rings(timeline: Timeline, sound_of: SoundOf, speech: float) -> _Rings:
    """Sounds at their level, with their tails."""
    spans = speech_spans(timeline)
    struck = [p for p in timeline.placements if p.kind == "sound"]
    assets = {name: _asset(sound_of(name), timeline.rate, speech) for name in {p.text for p in struck}}
    rings = _Rings({}, *np.zeros((3, _bins(timeline)[1])))
    for placement in struck:
        asset = assets[placement.text]
        shape = tail_curve(spans, timeline.length, timeline.rate, placement.start, _UNDER_SPEECH)
        rings.curves[placement.start, placement.text] = curve = shape.times(asset.gain)
        _ring(rings, timeline, placement.start, asset, curve, spans)
    return rings


def _ring(rings: _Rings, timeline: Timeline, strike: int, asset: _Asset, curve: Curve, spans: Spans) -> None:
    """Adds one sound's powers and peaks, segment by segment."""
    segment = fine_segment(timeline.rate)
    starts = np.arange(len(asset.powers), dtype=np.int64) * segment + strike
    _lay(rings.powers, timeline, strike, segment, asset.powers * curve.at(starts + segment // 2) ** 2)
    tops = asset.peaks * np.maximum(curve.at(starts), curve.at(starts + segment))
    _mark(rings.peaks, timeline, starts, tops)
    before = np.searchsorted(spans[:, 0], starts + segment) - 1
    spoken = (before >= 0) & (np.append(spans[:, 1], 0)[before] > starts)
    _mark(rings.under, timeline, starts[spoken], tops[spoken])


def _mark(peaks: NDArray[np.float64], timeline: Timeline, starts: NDArray[np.int64], tops: Powers) -> None:
    """Adds a sound's highest values to the bins that its segments begin in, and to the next, which they may reach."""
    bins = starts // _bins(timeline)[0]
    inside = bins < len(peaks)
    if inside.any():
        first = int(bins[0])
        highest = np.zeros(int(bins[inside][-1]) - first + 2)
        np.maximum.at(highest, bins[inside] - first, tops[inside])
        highest[1:] = np.maximum(highest[1:], highest[:-1])
        peaks[first : first + len(highest)] += highest[: len(peaks) - first]


@dataclass(frozen=True, slots=True, eq=False)
class _Asset:
    gain: float
    powers: Powers
    peaks: NDArray[np.float64]


def _asset(sound: Samples, rate: int, speech: float) -> _Asset:
    """A sound's own gain, and its powers and highest samples in fine segments ahead of it."""
    powers = clip_powers(sound, rate)
    window = min(len(powers), FINE_WINDOW)
    loudest = lufs(float(sliding_window_view(powers, window).mean(axis=1).max()))
    gain = decibels(speech + _STRIKE - loudest) if loudest > SILENCE else 0.0
    tops = np.maximum.reduceat(np.abs(sound).max(axis=1), np.arange(0, len(sound), fine_segment(rate)))
    return _Asset(gain, powers, tops)


def _background(timeline: Timeline, bed: Bed, levels: MixLevels, speech: float, voice: Powers) -> _Background:
    """The bed's curve, and its powers: those that it knows of, or else those that were heard."""
    size, count = _bins(timeline)
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
    gains = curve.at(_centres(timeline))
    peaks = gains * top * 1.2  # the rest of the bed may be a little higher
    return _Background(curve, own * gains**2, peaks)


def _listened(bed: Bed, timeline: Timeline, most: int) -> tuple[Powers, float]:
    """The bed's powers all along the session and its highest true peak, from at most `most` places.

    What lies between two places is taken to be as it is from the first of them on. Of a short session it is all heard.
    """
    size, count = _bins(timeline)
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
