"""Every bed at its level, under a curve that says when it plays and makes room for the voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import ABSOLUTE_GATE, RELATIVE_GATE, SILENCE, Powers, gated, lufs, power_of
from voiceguide.audio.limiter import decibels
from voiceguide.audio.true_peak import true_peak
from voiceguide.beds import LOUDNESS, Bed, Heard
from voiceguide.mixer.asked import MixLevels
from voiceguide.mixer.bins import bins, centres, held_bins, speech_spans, under_speech
from voiceguide.mixer.curves import Curve, bed_curve
from voiceguide.mixer.presence import presences
from voiceguide.model.levels import FLOOR, REST
from voiceguide.model.timeline import Timeline

BedOf = Callable[[str], Bed]
_FAINTEST = -30.0
_BELOW_GATE = 2.0  # decibels: where speech is sparse the bed rests this far below what the loudness gate lets through
_SWELLS_BELOW = 1.0  # decibels: nine tenths of its moments, and so nearly all that would drag the loudness down
_SPAN = 10  # seconds that are listened to at each of some places
_FEW, _MANY = 3, 60  # places: of a bed that knows how loud it is, and of one that does not
_MOMENT = 4  # bins: 400 ms
_SOFT = 0.5  # decibels that an utterance may be below its level, as well
_SWELL = 3.0  # decibels that a bed may swell under speech: `FLOOR` still leaves more than 20


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """One bed with its linear gain: 0 wherever another one plays, so that it need not be asked there."""

    bed: Bed
    curve: Curve
    loudness: float
    """LUFS that it has by itself."""


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a bed is to be."""

    loudness: float
    """LUFS that it has by itself."""
    scale: float
    """Linear; 0 for a bed that is silent."""
    rest: float
    """Decibels where nobody speaks."""
    floor: float
    """Decibels under speech, wherever the bed swells most and a voice is softest."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """All beds of a session, with their powers and highest values in the bins of the timeline."""

    beds: tuple[Laid, ...]
    levels: dict[str, Level]
    powers: Powers
    peaks: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """One bed as it is by itself."""

    name: str
    bed: Bed
    presence: Curve
    heard: Heard
    wanted: float
    """Decibels by which whoever wrote it wants it louder than beds are."""
    powers: Powers
    top: float
    """Its highest true peak, linear."""
    moments: Powers | None
    """The highest power of 400 ms in each span in which somebody speaks; None where only the highest of all is known.
    """


def listened(timeline: Timeline, bed_of: BedOf, *, thorough: bool) -> tuple[Known, ...]:
    """Every bed of the timeline with what it knows of itself, or else with what was heard where it plays.

    One that does not know itself is heard all along under speech where this is to be `thorough`.
    """
    beds = ((name, bed_of(name), presence) for name, presence in presences(timeline).items())
    return tuple(_known(timeline, name, bed, presence, thorough) for name, bed, presence in beds)


def background(
    timeline: Timeline, known: tuple[Known, ...], levels: MixLevels, speech: float, voice: Powers, softer: Powers
) -> Background:
    """The beds at their levels under speech of `speech` LUFS, whose own powers are `voice`.

    `softer` is by how many decibels an utterance stays below that, at the most, in each span in which a bed is held.
    """
    beds, (powers, peaks) = [], np.zeros((2, bins(timeline)[1]))
    found = dict[str, Level]()
    for one in known:
        found[one.name], floors = _level(one, levels, speech, voice, softer)
        curve = laid(timeline, one.presence, found[one.name], floors)
        gains = curve.at(centres(timeline))
        powers += one.powers * gains**2
        peaks += gains * one.top * 1.2  # the rest of the bed may be a little higher
        beds.append(Laid(one.bed, curve, one.heard.loudness))
    return Background(tuple(beds), found, powers, peaks)


def _known(timeline: Timeline, name: str, bed: Bed, presence: Curve, thorough: bool) -> Known:
    size, count = bins(timeline)
    plays = presence.at(centres(timeline)) > 0
    own = bed.powers(size, count)
    if own is not None:
        top = max(true_peak(_span(bed, timeline, place)) for place in _places(timeline, plays, _FEW))
        under = own * (plays & under_speech(timeline))
        heard = bed.heard or Heard(gated(own[plays]), lufs(_loudest(own * plays)))
    else:
        own, top = _sampled(bed, timeline, plays, _MANY)
        under = _under_speech(bed, timeline, plays, own) if thorough else own * plays
        heard = bed.heard or Heard(gated(own[plays]), SILENCE)
        # What it is said to reach may have been heard at some places of its files alone.
        heard = replace(heard, loudest=max(heard.loudest, lufs(_loudest(under))))
    moments = np.array([_loudest(under[start:end]) for start, end in held_bins(timeline)]) if thorough else None
    return Known(name, bed, presence, heard, heard.loudness - LOUDNESS if bed.heard else 0.0, own, top, moments)


def _under_speech(bed: Bed, timeline: Timeline, plays: NDArray[np.bool_], sampled: Powers) -> Powers:
    """A bed's powers in the bins in which it plays and somebody speaks; 0 in all others."""
    size, count = bins(timeline)
    span = _bins_in_span(timeline)
    counted = plays & under_speech(timeline)
    if count <= _MANY * span:
        return np.where(counted, sampled, 0.0)
    places = np.unique(np.flatnonzero(counted) // span)
    if bed.period and -(-bed.period // (span * size)) < len(places):
        return np.where(counted, _round(bed, bed.period, timeline), 0.0)
    heard = np.zeros((-(-count // span), span))
    for place in places:
        heard[place] = _metered(bed, timeline, int(place) * span, span)
    return np.where(counted, heard.ravel()[:count], 0.0)


def _round(bed: Bed, period: int, timeline: Timeline) -> Powers:
    """The powers of a bed that comes round soon, in all bins: of the two that a bin lies across, the higher."""
    size, count = bins(timeline)
    span = _bins_in_span(timeline)
    most = period // size + 2
    own = np.concatenate([_metered(bed, timeline, at, min(span, most - at)) for at in range(0, most, span)])
    first = np.arange(count, dtype=np.int64) * size % period // size
    higher: Powers = np.maximum(own[first], own[first + 1])
    return higher


def _metered(bed: Bed, timeline: Timeline, first: int, count: int) -> Powers:
    """The powers of `count` bins from the one numbered `first` on."""
    size = bins(timeline)[0]
    meter = StreamPowers(timeline.rate, 2, size)
    meter.add(bed.at(first * size, count * size))
    return meter.values()


def _loudest(powers: Powers) -> float:
    """The highest power of 400 ms; of less than that, as if silence were around it."""
    if not powers.size:
        return 0.0
    return float(np.convolve(powers, np.full(_MOMENT, 1 / _MOMENT)).max())


def laid(timeline: Timeline, presence: Curve, level: Level, floors: Powers | None = None) -> Curve:
    """The linear gain of a bed all along the session; `floors` are one for each span in which it is held."""
    if not level.scale:
        return Curve(np.array([0]), np.zeros(1))
    spans = speech_spans(timeline)
    floor = level.floor if floors is None else floors
    shape = bed_curve(spans, timeline.length, timeline.rate, level.rest, floor, presence)
    return shape.times(level.scale)


def _level(
    known: Known, levels: MixLevels, speech: float, voice: Powers, softer: Powers
) -> tuple[Level, Powers | None]:
    """How loud a bed is to be, and its decibels under each span of speech where these are known one by one."""
    own = known.heard.loudness
    if own == SILENCE:
        return Level(own, 0.0, 0.0, 0.0), None
    rest = _resting(speech, voice, _swelling(known)) + levels.bed + known.wanted
    # Under speech the highest swell counts, and nobody but the listener may ask for more.
    usual = FLOOR + levels.bed + min(known.wanted, 0.0)
    below = np.maximum(softer - _SOFT, 0.0)
    if known.moments is None:
        swell = max(0.0, known.heard.loudest - own - _SWELL) + below.max(initial=0.0)
        return Level(own, decibels(speech - own), rest, min(usual - swell, rest)), None
    swells = 10 * np.log10(np.maximum(known.moments, power_of(own))) - 10 * np.log10(power_of(own)) - _SWELL
    floors = np.minimum(usual - np.maximum(swells, 0.0) - below, rest)
    return Level(own, decibels(speech - own), rest, float(floors.min(initial=min(usual, rest)))), floors


def _sampled(bed: Bed, timeline: Timeline, plays: NDArray[np.bool_], most: int) -> tuple[Powers, float]:
    """A bed's powers all along the session and its highest true peak, from at most `most` places where it plays.

    What lies between two places is taken to be as it is from the first of them on. Of a short session it is all heard.
    """
    size, count = bins(timeline)
    spans = max(1, -(-count // _bins_in_span(timeline)))
    places = _places(timeline, plays, most)
    heard, top = [], 0.0
    for place in places:
        sample = _span(bed, timeline, place)
        meter = StreamPowers(timeline.rate, 2, size)
        meter.add(sample)
        heard.append(meter.values())
        top = max(top, true_peak(sample))
    nearest = np.maximum(np.searchsorted(places, np.arange(spans), "right") - 1, 0)
    return np.concatenate([heard[number] for number in nearest])[:count], top


def _places(timeline: Timeline, plays: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    """At most `most` of the spans in which a bed plays, from the first to the last; the first of all for none."""
    there = np.flatnonzero(np.bincount(np.flatnonzero(plays) // _bins_in_span(timeline)))
    if not len(there):
        return np.array([0])
    return there[np.linspace(0, len(there) - 1, min(most, len(there))).astype(np.int64)]


def _span(bed: Bed, timeline: Timeline, place: int) -> Samples:
    size = _bins_in_span(timeline) * bins(timeline)[0]
    return bed.at(int(place) * size, size)


def _bins_in_span(timeline: Timeline) -> int:
    return _SPAN * timeline.rate // bins(timeline)[0]


def _swelling(known: Known) -> float:
    """Decibels above its loudness that a bed stays below for nine tenths of its 400 ms."""
    if not known.powers.size:
        return 0.0
    moments = np.convolve(known.powers, np.full(4, 0.25), "valid")
    return lufs(float(np.quantile(moments, 0.9))) - known.heard.loudness


def _resting(speech: float, voice: Powers, swelling: float) -> float:
    """Decibels of the resting bed: `REST`, or less where speech is so sparse that the bed would pass its gate."""
    mean = lufs(float(voice.mean())) if voice.size else SILENCE
    if mean < ABSOLUTE_GATE:
        return REST
    below = mean + RELATIVE_GATE - max(_BELOW_GATE, swelling + _SWELLS_BELOW) - speech
    return max(_FAINTEST, min(REST, float(np.floor(2 * below) / 2)))
