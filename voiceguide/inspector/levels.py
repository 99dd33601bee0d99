"""Meters that take a stream: loudness over time, peaks, RMS, direct current, noise floor, silences, clipping."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.kweighting import StreamPowers, has_blocks
from voiceguide.audio.levels import SILENCE, Powers, SegmentPowers, gated
from voiceguide.audio.measure import MOMENTARY, SHORT_TERM, decibels, loudest, loudness_range, sliding
from voiceguide.audio.true_peak import TruePeak
from voiceguide.inspector.runs import Groups, Runs, Span, merged

SILENT = 10 ** (-50 / 20)
"""RMS of 10 ms below which nobody speaks: the room of a studio is at -60 dBFS, a soft word ends at -50."""
NOTHING = 10 ** (-90 / 20)
"""RMS below which there is digital silence, with dither or without."""
LEAST_SILENCE = 0.1
"""Seconds. What is shorter belongs to a word."""
_FLOOR_WINDOW = 5  # segments of 100 ms: half a second, as ACX's checker takes it
_FLOOR_SHARE = 0.01
_CLIPPED_RUN = 3  # samples at full scale: one or two may be a peak that just fits
_CLIPPED_GAP = 0.05  # seconds
_HIGHEST_LEVELS = {"ULAW": 0.98, "ALAW": 0.984}  # 32,124 and 32,256 of 32,768: ITU-T G.711, tables 1a and 2a
_LFE, _SURROUND = 3, 1.41  # BS.1770-4, table 3: the low-frequency channel does not count, those behind count more


@dataclass(frozen=True, slots=True)
class Sound:
    """How loud a file is. Minus infinity for silence."""

    integrated_lufs: float
    short_term_lufs: float
    """The loudest 3 s."""
    momentary_lufs: float
    """The loudest 400 ms."""
    range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    rms_dbfs: float
    """Over all samples of all channels: a full sine reads -3.01."""
    dc: float
    """The mean of the channel that is furthest from 0, relative to full scale."""
    noise_floor_dbfs: float
    """RMS of the quietest half second between the first and the last sound; minus infinity for digital silence."""


class Meters:
    """All that is measured by level. Keeps 16 bytes for each tenth of a second: 5 MB for eight hours."""

    def __init__(self, rate: int, channels: int) -> None:
        self._loudness = meter(rate, channels)
        self._true_peak = TruePeak(channels)
        self._segments = Groups(max(1, round(rate / 10)), channels)
        self._plain = array("d")
        self._sums = np.zeros(channels)
        self._square = 0.0
        self._peak = 0.0
        self._frames = 0

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames, channels)."""
        self._loudness.add(weighted(block))
        self._true_peak.add(block)
        self._sums += np.ones(len(block), np.float32) @ block  # ten times as fast as a sum along the longer axis
        self._square += float(np.vdot(block, block))
        self._peak = max(self._peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
        self._frames += len(block)
        self._plain.extend(_powers(self._segments.add(block)))

    def powers(self) -> Powers:
        """K-weighted powers of 100 ms each."""
        return self._loudness.values()

    def finish(self) -> Sound:
        powers = self.powers()
        count = max(1, self._frames)
        means = self._sums / count
        return Sound(
            gated(powers),
            loudest(powers, SHORT_TERM),
            loudest(powers, MOMENTARY),
            loudness_range(powers),
            max(self._true_peak.dbtp, decibels(self._peak)),
            decibels(self._peak),
            decibels((self._square / count / len(self._sums)) ** 0.5),
            float(means[np.abs(means).argmax()]),
            noise_floor(np.array(self._plain)),
        )


def meter(rate: int, channels: int) -> StreamPowers | SegmentPowers:
    """A meter of K-weighted powers of 100 ms, for what `weighted` gives of some channels. `rate` may be any."""
    segment = round(rate / 10)
    kind = StreamPowers if has_blocks(segment) else SegmentPowers
    return kind(rate, min(channels, 5), segment)


def weighted(block: Samples) -> Samples:
    """The channels as BS.1770 adds them: of 5.1 all but the low-frequency one, those behind by 1.41."""
    if block.shape[1] < 5:
        return block
    front = block[:, :3]
    behind = block[:, _LFE + 1 : _LFE + 3] if block.shape[1] > 5 else block[:, 3:5]
    return np.concatenate((front, behind * np.float32(_SURROUND**0.5)), axis=1)


def noise_floor(powers: Powers) -> float:
    """In dBFS, from plain powers of 100 ms: the quietest half second between the first and the last sound.

    Where a hundredth of it or more is digital silence, the pauses are that, and the floor is minus infinity. Less is
    a hole, and does not hide the noise beside it.
    """
    heard = np.flatnonzero(powers > NOTHING**2)
    if not heard.size:
        return SILENCE
    inner = powers[heard[0] : heard[-1] + 1]
    means = sliding(inner, min(_FLOOR_WINDOW, len(inner)))
    if np.mean(means <= NOTHING**2) >= _FLOOR_SHARE:
        return SILENCE
    whole = sliding((inner > NOTHING**2).astype(np.float64), min(_FLOOR_WINDOW, len(inner))) > 1 - 1e-6
    return decibels(float((means[whole] if whole.any() else means).min()) ** 0.5)


class Silences:
    """Stretches in which 10 ms after 10 ms are below `SILENT` in every channel. Keeps those of 0.1 s and more."""

    def __init__(self, rate: int, channels: int) -> None:
        self._size = max(1, round(rate / 100))
        self._groups = Groups(self._size, channels)
        self._runs = Runs(round(LEAST_SILENCE * rate / self._size))
        self._found: list[Span] = []
        self._frames = 0

    def add(self, block: Samples) -> None:
        self._frames += len(block)
        self._found += self._runs.add(_quiet(self._groups.add(block)))

    def finish(self) -> tuple[Span, ...]:
        """In frames, to 10 ms."""
        self._found += self._runs.add(_quiet(self._groups.finish())) + self._runs.finish()
        size, end = self._size, self._frames
        return tuple(Span(span.start * size, min(span.end * size, end)) for span in self._found)


class Clipping:
    """Stretches with three samples or more in a row at `full` scale, in any channel.

    Where samples may lie above full scale, as in `floating` point, only equal ones in a row were cut off.
    """

    def __init__(self, rate: int, channels: int, full: float, *, floating: bool = False) -> None:
        self._full = full
        self._gap = max(1, round(_CLIPPED_GAP * rate))
        self._before = int(floating)  # a sample that equals the one ahead of it is the second of its run
        self._runs = [Runs(_CLIPPED_RUN - self._before) for _ in range(channels)]
        self._last: Samples = np.zeros((1, channels), np.float32)
        self._found: list[Span] = []

    def add(self, block: Samples) -> None:
        full = np.abs(block) >= self._full
        if self._before and len(block):
            full &= block == np.concatenate((self._last, block[:-1]))
            self._last = block[-1:].copy()
        self._keep([span for runs, lane in zip(self._runs, full.T, strict=True) for span in runs.add(lane)])

    def finish(self) -> tuple[Span, ...]:
        """In frames; runs less than 50 ms apart are one stretch."""
        self._keep([span for runs in self._runs for span in runs.finish()])
        return merged(self._found, self._gap)

    def _keep(self, found: list[Span]) -> None:
        self._found += merged((Span(span.start - self._before, span.end) for span in found), self._gap)


def full_scale(subtype: str) -> float:
    """The least value that is full scale in samples of libsndfile's `subtype`: the last step but a half."""
    if subtype in _HIGHEST_LEVELS:
        return _HIGHEST_LEVELS[subtype]
    bits = 8 if subtype in ("PCM_S8", "PCM_U8") else 16
    return 1 - 1.5 / float(2 ** (bits - 1))


def _powers(groups: Samples) -> Powers:
    """Mean power of each group over its samples and channels, without direct current, which nobody hears."""
    if not groups.size:
        return np.zeros(0)
    moving = groups - groups.mean(axis=1, keepdims=True)
    powers: Powers = np.einsum("nsc,nsc->n", moving, moving).astype(np.float64) / (groups.shape[1] * groups.shape[2])
    return powers


def _quiet(groups: Samples) -> NDArray[np.bool_]:
    if not groups.size:
        return np.zeros(0, np.bool_)
    moving = groups - groups.mean(axis=1, keepdims=True)
    lanes = np.einsum("nsc,nsc->nc", moving, moving) / np.float32(groups.shape[1])
    return np.asarray(lanes.max(axis=1) < SILENT**2)
