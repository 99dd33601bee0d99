"""How far speech lies above the bed, sentence by sentence (WCAG 2 SC 1.4.7 asks for 20 dB)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, median_high
from typing import Literal

import numpy as np

from voiceguide.audio.levels import ABSOLUTE_GATE, Powers, gated, lufs, power_of
from voiceguide.audio.measure import sliding
from voiceguide.inspector.runs import Runs, Span
from voiceguide.inspector.session import Cue, Session
from voiceguide.model.levels import LEAST_DISTANCE, NEAR_SPEECH

_WINDOW = 4  # segments of 100 ms: BS.1770's gating block
_PAUSE = 5  # segments: what is longer ends a sentence
_BELOW_SPEECH = -20.0  # LU below a voice's loudness there is breath and reverberation
_NEAR = 3.0  # seconds of a rest that count as beside a sentence
_LEAST = 4  # segments of a sentence: shorter ones have no gated loudness
_HEARD = 2.0  # dB above the rests around
_ROUNDING = 0.05  # dB: what is shown as 20.0 is 20
_APART = 6.0  # dB below the middle of all sentences: what is lost stands out


@dataclass(frozen=True, slots=True)
class Distance:
    """In dB over all sentences; `basis` says how it was found."""

    least: float
    least_at: float
    """Seconds."""
    median: float
    sentences: int
    near: int
    """Sentences that are less than `LEAST_DISTANCE` above the bed."""
    basis: Literal["stems", "estimate"]


def from_stems(voice: Powers, bed: Powers, session: Session | None) -> Distance | None:
    """Of K-weighted powers of 100 ms; None when nobody speaks, or there is no bed at all under them."""
    spans = _planned(session) if session and session.cues else _spoken(voice)
    # A stem holds nothing beside its own, so that a sentence is gated as a programme is.
    whole = [span for span in spans if span.length >= _LEAST and span.end <= min(len(voice), len(bed))]
    rows = [(span, gated(_of(voice, span)) - lufs(float(_of(bed, span).mean()))) for span in whole]
    return _distance(rows, "stems")


def from_rests(mix: Powers, session: Session) -> Distance | None:
    """The same of a finished mix: each sentence against the softest of the rests beside it. An estimate.

    A bed that gives way to the voice is louder in rests than it is under words, so the truth is mostly better.
    """
    rows = []
    for _, span, rests in _beside(mix, session):
        softest = float(rests.min())
        if span.length >= _LEAST and softest > power_of(ABSOLUTE_GATE):
            rows.append((span, gated(_of(mix, span)) - lufs(softest)))
    return _distance(rows, "estimate")


def lost(mix: Powers, session: Session) -> tuple[Cue, ...]:
    """Sentences over a bed of which nothing is heard: no louder than the rests beside them, where the bed plays alone.

    A voice merely as loud as the bed would add 3 dB. By their mean, because a bed swells, and fades in.
    """
    rows = []
    for cue, span, rests in _beside(mix, session):
        around, inside = float(rests.mean()), _of(mix, span)
        if span.length >= _LEAST and len(inside) == span.length and around > power_of(ABSOLUTE_GATE):
            rows.append((cue, lufs(float(inside.mean())) - lufs(around)))
    middle = median_high(value for _, value in rows) if rows else 0.0
    # A very loud bed that gives way to the voice leaves little between them, and leaves it everywhere.
    limit = _HEARD if middle < _HEARD else min(_HEARD, middle - _APART)
    return tuple(cue for cue, value in rows if value < limit)


def near_speech(mix: Powers, session: Session) -> float | None:
    """Integrated loudness in LUFS of what lies near the sentences of a session; None where none are known."""
    spans = [_inside(cue.start - NEAR_SPEECH, cue.end + NEAR_SPEECH) for cue in _said(session)]
    near = np.zeros(len(mix), np.bool_)
    for span in spans:
        near[max(0, span.start) : span.end] = True
    return gated(mix[near]) if spans else None


def _distance(rows: list[tuple[Span, float]], basis: Literal["stems", "estimate"]) -> Distance | None:
    rows = [(span, value) for span, value in rows if np.isfinite(value)]
    if not rows:
        return None
    span, least = min(rows, key=lambda row: row[1])
    near = sum(value < LEAST_DISTANCE - _ROUNDING for _, value in rows)
    return Distance(least, span.start / 10, median(value for _, value in rows), len(rows), near, basis)


def _of(powers: Powers, span: Span) -> Powers:
    return powers[max(0, span.start) : span.end]


def _said(session: Session) -> list[Cue]:
    return [cue for cue in session.cues if cue.kind == "say"]


def _planned(session: Session) -> list[Span]:
    """Sentences in whole segments that lie within them."""
    return [_inside(cue.start, cue.end) for cue in _said(session)]


def _inside(start: float, end: float) -> Span:
    first = int(np.ceil(start * 10 - 1e-6))
    return Span(first, max(first, int(np.floor(end * 10 + 1e-6))))


def _beside(mix: Powers, session: Session) -> Iterator[tuple[Cue, Span, Powers]]:
    """(sentence, its span, powers of 400 ms in the rests right before and after it), where such rests are."""
    rests = [cue for cue in session.cues if cue.kind == "rest"]
    before, after = {_key(rest.end): rest for rest in rests}, {_key(rest.start): rest for rest in rests}
    for cue, span in zip(_said(session), _planned(session), strict=True):
        spans = []
        if (rest := before.get(_key(cue.start))) is not None:
            spans.append(_inside(max(rest.start, rest.end - _NEAR), rest.end))
        if (rest := after.get(_key(cue.end))) is not None:
            spans.append(_inside(rest.start, min(rest.end, rest.start + _NEAR)))
        powers = [sliding(_of(mix, one), _WINDOW) for one in spans]
        if joined := [part for part in powers if len(part)]:
            yield cue, span, np.concatenate(joined)


def _key(seconds: float) -> int:
    # Cues of one plan meet to the microsecond.
    return round(seconds * 1000)


def _spoken(voice: Powers) -> list[Span]:
    """Where there is a voice, in segments: from first to last sound, without pauses of half a second and more."""
    level = gated(voice)
    if not np.isfinite(level):
        return []
    heard = voice > power_of(level + _BELOW_SPEECH)
    pauses = Runs(_PAUSE)
    silent = [*pauses.add(~heard), *pauses.finish()]
    starts = [0, *(span.end for span in silent)]
    ends = [*(span.start for span in silent), len(voice)]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
