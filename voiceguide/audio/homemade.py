"""Speech that people recorded themselves: found over the noise of their room, cut out, and brought to full level.

A fixed threshold does not do here: at 40 dB below the voice a quiet room is still louder than the softest sounds. So
each band of frequencies has a floor of its own, which is what it falls to in the quietest moments of the file (after
R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001, without
following it through time: a line is short). Speech is where the bands together stand above their floors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voiceguide.audio import speech, verify
from voiceguide.audio.clip import Clip, Samples

NOISY = -40.0
"""Decibels of background relative to speech. What is louder is heard in the pauses, once the line has been levelled."""
PEAK = 0.9
"""Full level: what is cached in 16 bits then loses nothing, however softly it was recorded."""

_HOP = 0.01  # seconds from one look to the next; each sees twice as much
_BANDS, _LOWEST, _HIGHEST = 24, 80.0, 8000.0  # Hz: where speech is
_QUIETEST = 3.0  # percent of all moments, each the mean of five, that are taken for the floor
_BIAS = 10**0.2  # the quietest moments of noise are about 2 dB below its mean
_ABOVE = 10**0.6  # times its floor: noise does not reach it, the softest onsets of speech do
_LEAST_FLOOR, _MOST_FLOOR = 10**-5.0, 10**-2.0  # relative to speech: digital silence, and a file that is all speech
_LOUDEST = 30  # moments: speech is at least as loud in so many, a knock on the table is not
_WEAK, _FAINT = 2.0, 1.6  # times its floor before and after speech, for the mean of five moments: an "f" that fades
_FADING = 30  # moments that such a sound may take
_HOLES = 3  # moments in it
_JOINED = 30  # moments of rest inside a word, as before the last sound of "sit"
_CLICK = 4  # moments: what is shorter and by itself is no word
_AROUND = 0.005  # seconds left before and after, where room and silence fade into each other
_DECAY = 0.02  # seconds that a last sound may take to sink into the noise
_DROWNED = -25.0  # decibels of noise above which the softest sounds are lost in it, so that more is left around
_WIDE = 0.1  # seconds, then
_ROOM = 10  # moments away from speech that tell what the room sounds like
_BLOCK = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One recorded line: cut to its speech, free of direct current, its peak at `PEAK`."""

    clip: Clip
    noise: float | None
    """Decibels of the background relative to speech; None where there is too little of it to say."""


def fault(clip: Clip) -> str:
    """What is wrong with a recording as it was read, in a few words; "" for nothing."""
    samples = _centred(clip.samples)
    level = np.abs(samples)
    flat = level >= verify.CLIPPED * level.max(initial=0.0)
    # What was clipped once and turned down since is no better for it.
    clipped = bool(level.size) and float(flat.mean()) > verify.MOST_CLIPPED
    return verify.fault(Clip(samples, clip.rate), clean=False) or ("it is clipped all over" if clipped else "")


def line(clip: Clip) -> Line:
    """The speech in a recording without a `fault`, with whatever is between its words. An empty clip for none."""
    samples = _centred(clip.samples)
    bands = _bands(samples, clip.rate)
    active = _spoken(bands)
    if not active.any():
        return Line(Clip(samples[:0], clip.rate), None)
    noise = _noise(bands.sum(axis=1), active)
    cut = _cut(samples, clip.rate, active, _AROUND if noise is None or noise < _DROWNED else _WIDE)
    raised = cut * np.float32(PEAK / float(np.abs(cut).max()))
    return Line(speech.trim(Clip(raised, clip.rate)), noise)


def _centred(samples: Samples) -> Samples:
    """Without direct current."""
    return samples - np.float32(samples.mean(dtype=np.float64)) if len(samples) else samples


def _bands(samples: Samples, rate: int) -> NDArray[np.float64]:
    """Power in each band, shape (moments, bands)."""
    hop = max(1, round(_HOP * rate))
    padded = np.pad(samples, (0, 2 * hop))
    windows = sliding_window_view(padded, 2 * hop)[::hop]
    edges = np.geomspace(_LOWEST, min(_HIGHEST, rate / 2), _BANDS + 1)
    places = np.searchsorted(np.fft.rfftfreq(2 * hop, 1 / rate), edges)
    # Low bands are narrower than what so short a look can tell apart: each has one line of the spectrum at least.
    starts = np.maximum.accumulate(np.maximum(places, np.arange(1, len(places) + 1)))
    taper = np.hanning(2 * hop).astype(np.float32)
    rows = []
    for at in range(0, len(windows), _BLOCK):
        spectrum = np.square(np.abs(np.fft.rfft(windows[at : at + _BLOCK] * taper, axis=1)))
        sums = np.cumsum(np.pad(spectrum, ((0, 0), (1, 0))), axis=1)
        limits = np.minimum(starts, sums.shape[1] - 1)
        rows.append(np.diff(sums[:, limits], axis=1))
    return np.concatenate(rows).astype(np.float64)


def _spoken(bands: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which moments belong to speech: those that stand out, and the short rests between them."""
    whole = bands.sum(axis=1)
    loudest = min(_LOUDEST, 1 + len(whole) // 4)
    level = float(np.partition(whole, -loudest)[-loudest])
    share = level / bands.shape[1]
    quietest = _quietest(bands) * _BIAS
    if level < _ABOVE * quietest.sum():
        return np.zeros(len(bands), np.bool_)
    floor = np.clip(quietest, share * _LEAST_FLOOR, share * _MOST_FLOOR)
    above = (bands / floor).mean(axis=1)
    return _grown(_joined(above > _ABOVE), np.convolve(above, np.full(5, 0.2), "same"))


def _quietest(bands: NDArray[np.float64]) -> NDArray[np.float64]:
    size = min(5, len(bands))
    smooth = sliding_window_view(bands, size, axis=0).mean(axis=2)
    quietest: NDArray[np.float64] = np.percentile(smooth, _QUIETEST, axis=0)
    return quietest


def _joined(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rests of up to `_JOINED` moments belong to what is around them; clicks by themselves belong to nothing."""
    kept = np.zeros_like(active)
    starts, ends = _runs(active)
    if not len(starts):
        return kept
    breaks = np.flatnonzero(starts[1:] - ends[:-1] > _JOINED)
    for first, last in zip(np.append(0, breaks + 1), np.append(breaks, len(starts) - 1), strict=True):
        if active[starts[first] : ends[last]].sum() >= _CLICK:
            kept[starts[first] : ends[last]] = True
    return kept


def _grown(spoken: NDArray[np.bool_], mean: NDArray[np.float64]) -> NDArray[np.bool_]:
    """With the weak sounds right before the first and right after the last moment of speech.

    A line's place is where it begins, so less is taken there for a sound: two moments are but the mean's own reach.
    """
    moments = np.flatnonzero(spoken)
    if not len(moments):
        return spoken
    first, last = int(moments[0]), int(moments[-1])
    grown = spoken.copy()
    grown[first - max(0, _reach(mean[:first][::-1] > _WEAK, holes=0) - 2) : first] = True
    grown[last + 1 : last + 1 + _reach(mean[last + 1 :] > _FAINT, holes=_HOLES)] = True
    return grown


def _reach(weak: NDArray[np.bool_], holes: int) -> int:
    """How many moments from here on belong to a sound that fades."""
    reach = 0
    for place in np.flatnonzero(weak[:_FADING]):
        if place - reach > holes:
            break
        reach = int(place) + 1
    return reach


def _runs(active: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first moment of each row of True, and the one after its last."""
    steps = np.diff(np.pad(active.astype(np.int8), 1))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def _cut(samples: Samples, rate: int, active: NDArray[np.bool_], seconds: float) -> Samples:
    """From the first moment of speech to the last, with soft edges outside of them."""
    hop = max(1, round(_HOP * rate))
    moments = np.flatnonzero(active)
    around = round(seconds * rate)
    first = max(0, int(moments[0]) * hop - around)
    end = min(len(samples), (int(moments[-1]) + 2) * hop + round(_DECAY * rate) + around)
    cut = samples[first:end].copy()
    edge = min(around, len(cut) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / max(1, edge))).astype(np.float32)
    # At the very edge of the file there is nothing around the speech that might fade.
    if first:
        cut[:edge] *= ramp
    if end < len(samples):
        cut[len(cut) - edge :] *= ramp[::-1]
    return cut


def _noise(whole: NDArray[np.float64], active: NDArray[np.bool_]) -> float | None:
    away = ~np.convolve(active, np.ones(11), "same").astype(bool)
    if away.sum() < _ROOM:
        return None
    # Without the loudest tenth: knocks and coughs are away from speech, too.
    room = np.sort(whole[away])[: int(0.9 * away.sum())]
    return 10 * float(np.log10(max(float(room.mean()), 1e-30) / float(whole[active].mean())))
