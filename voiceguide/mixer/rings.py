"""Bells and their like: how loud each strike is, and how its tail makes room for speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import FINE_WINDOW, SILENCE, Powers, clip_powers, fine_segment, lufs
from voiceguide.audio.limiter import decibels
from voiceguide.mixer.bins import bins, lay, speech_spans
from voiceguide.mixer.curves import Curve, Spans, tail_curve
from voiceguide.model.timeline import Timeline

SoundOf = Callable[[str], Samples]
Strike = tuple[int, str]
"""A sound by the frame it is struck at, and its name."""

_STRIKE = -6.0  # decibels of a sound's loudest 400 ms relative to speech
_UNDER_SPEECH = -14.0  # decibels that a sound's tail goes down when somebody speaks


@dataclass(frozen=True, slots=True, eq=False)
class Asset:
    """A sound's own gain, and its powers and highest samples in fine segments ahead of it."""

    gain: float
    powers: Powers
    peaks: NDArray[np.float64]


_NONE: Mapping[str, Asset] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """All strikes: their curves, and their powers and highest values in the bins of the timeline."""

    curves: dict[Strike, Curve]
    powers: Powers
    peaks: NDArray[np.float64]
    under: NDArray[np.float64]
    """The peaks while somebody speaks: a strike comes after the last word, if only by a sample."""
    assets: dict[str, Asset]
    """The sounds by themselves, by name."""


def rung(timeline: Timeline, sound_of: SoundOf, speech: float, known: Mapping[str, Asset] = _NONE) -> Rings:
    """Sounds at their level, with their tails. Those that are `known` at this level are not measured again."""
    spans = speech_spans(timeline)
    struck = [p for p in timeline.placements if p.kind == "sound"]
    names = {p.text for p in struck}
    assets = {name: known.get(name) or _asset(sound_of(name), timeline.rate, speech) for name in names}
    powers, peaks, under = np.zeros((3, bins(timeline)[1]))
    rings = Rings({}, powers, peaks, under, assets)
    for placement in struck:
        asset = assets[placement.text]
        shape = tail_curve(spans, timeline.length, timeline.rate, placement.start, _UNDER_SPEECH)
        rings.curves[placement.start, placement.text] = curve = shape.times(asset.gain)
        _ring(rings, timeline, placement.start, asset, curve, spans)
    return rings


def _ring(rings: Rings, timeline: Timeline, strike: int, asset: Asset, curve: Curve, spans: Spans) -> None:
    """Adds one sound's powers and peaks, segment by segment."""
    segment = fine_segment(timeline.rate)
    starts = np.arange(len(asset.powers), dtype=np.int64) * segment + strike
    lay(rings.powers, timeline, strike, segment, asset.powers * curve.at(starts + segment // 2) ** 2)
    tops = asset.peaks * np.maximum(curve.at(starts), curve.at(starts + segment))
    _mark(rings.peaks, timeline, starts, tops)
    before = np.searchsorted(spans[:, 0], starts + segment) - 1
    spoken = (before >= 0) & (np.append(spans[:, 1], 0)[before] > starts)
    _mark(rings.under, timeline, starts[spoken], tops[spoken])


def _mark(peaks: NDArray[np.float64], timeline: Timeline, starts: NDArray[np.int64], tops: Powers) -> None:
    """Adds a sound's highest values to the bins that its segments begin in, and to the next, which they may reach."""
    places = starts // bins(timeline)[0]
    inside = places < len(peaks)
    if inside.any():
        first = int(places[0])
        highest = np.zeros(int(places[inside][-1]) - first + 2)
        np.maximum.at(highest, places[inside] - first, tops[inside])
        highest[1:] = np.maximum(highest[1:], highest[:-1])
        peaks[first : first + len(highest)] += highest[: len(peaks) - first]


def _asset(sound: Samples, rate: int, speech: float) -> Asset:
    powers = clip_powers(sound, rate)
    window = min(len(powers), FINE_WINDOW)
    loudest = lufs(float(sliding_window_view(powers, window).mean(axis=1).max()))
    gain = decibels(speech + _STRIKE - loudest) if loudest > SILENCE else 0.0
    tops = np.maximum.reduceat(np.abs(sound).max(axis=1), np.arange(0, len(sound), fine_segment(rate)))
    return Asset(gain, powers, tops)
