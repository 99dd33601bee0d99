"""A timeline in bins of 100 ms, as a loudness meter cuts it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.levels import Powers
from voiceguide.mixer.curves import Spans, held
from voiceguide.model.levels import NEAR_SPEECH
from voiceguide.model.timeline import Timeline


def speech_spans(timeline: Timeline) -> Spans:
    """Where somebody speaks."""
    spans = [(p.start, p.end) for p in timeline.placements if p.kind == "say"]
    return np.array(spans, np.int64).reshape(-1, 2)


def bins(timeline: Timeline) -> tuple[int, int]:
    """Frames in a bin, and how many whole bins there are: as `Loudness` cuts the session."""
    size = max(1, round(timeline.rate / 10))
    return size, timeline.length // size


def centres(timeline: Timeline) -> NDArray[np.float64]:
    """The frame in the middle of each bin."""
    size, count = bins(timeline)
    return (np.arange(count, dtype=np.float64) + 0.5) * size


def under_speech(timeline: Timeline) -> NDArray[np.bool_]:
    """Which bins a bed is held down in because somebody speaks, or is about to go on."""
    spans, (_, count) = held_bins(timeline), bins(timeline)
    changes = np.zeros(count + 1, np.int64)
    np.add.at(changes, spans[:, 0], 1)
    np.add.at(changes, spans[:, 1], -1)
    return np.asarray(np.cumsum(changes)[:count] > 0)


def near_speech(timeline: Timeline) -> NDArray[np.bool_]:
    """Which bins are no further than `NEAR_SPEECH` from speech; all of them where nobody speaks."""
    spans, places = speech_spans(timeline), centres(timeline)
    if not len(spans):
        return np.ones(len(places), np.bool_)
    reach = NEAR_SPEECH * timeline.rate
    after = np.searchsorted(spans[:, 0], places + reach, "right") - 1
    return np.asarray((after >= 0) & (spans[np.maximum(after, 0), 1] >= places - reach))


def held_bins(timeline: Timeline) -> Spans:
    """The spans in which a bed is held down, in bins."""
    size, count = bins(timeline)
    spans = held(speech_spans(timeline), timeline.rate)
    return np.minimum(np.stack((spans[:, 0] // size, -(-spans[:, 1] // size)), axis=1), count)


def lay(sums: Powers, timeline: Timeline, start: int, segment: float, powers: Powers) -> None:
    """Adds segments of `segment` session frames each, from frame `start`, to the bins they fall into."""
    size, count = bins(timeline)
    nodes = start + segment * np.arange(len(powers) + 1)
    energy = np.concatenate(([0.0], np.cumsum(powers))) * segment
    first = min(start // size, count)
    last = min(int(nodes[-1]) // size + 1, count)
    sums[first:last] += np.diff(np.interp(np.arange(first, last + 1) * size, nodes, energy)) / size
