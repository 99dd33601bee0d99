"""How far speech lies above the bed, sentence by sentence (WCAG 2 SC 1.4.7 asks for 20 dB)."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np

from voiceguide.audio.levels import ABSOLUTE_GATE, Powers, gated, lufs, power_of
from voiceguide.audio.measure import sliding
from voiceguide.inspector.runs import Runs, Span
from voiceguide.inspector.session import Cue, Session

_WINDOW = 4  # segments of 100 ms: BS.1770's gating block
_PAUSE = 5  # segments: what is longer ends a sentence
_BELOW_SPEECH = -20.0  # LU below a voice's loudness there is breath and reverberation
_NEAR = 3.0  # seconds of a rest that count as beside a sentence
_LEAST = 4  # segments of a sentence: shorter ones have no gated loudness


@dataclass(frozen=True, slots=True)
class Distance:
    """In dB over all sentences; `basis` says how it was found."""

    least: float
    least_at: float
    """Seconds."""
    median: float
    sentences: int
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
    for cue, span in zip(_said(session), _planned(session), strict=True):
        rests = [power for rest in _rests(session, cue) for power in sliding(_of(mix, rest), _WINDOW)]
        if rests and span.length >= _LEAST and min(rests) > power_of(ABSOLUTE_GATE):
            rows.append((span, gated(_of(mix, span)) - lufs(float(min(rests)))))
    return _distance(rows, "estimate")


def _distance(rows: list[tuple[Span, float]], basis: Literal["stems", "estimate"]) -> Distance | None:
    rows = [(span, value) for span, value in rows if np.isfinite(value)]
    if not rows:
        return None
    span, least = min(rows, key=lambda row: row[1])
    return Distance(least, span.start / 10, median(value for _, value in rows), len(rows), basis)


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


def _rests(session: Session, cue: Cue) -> list[Span]:
    """The parts of the rests right before and after a sentence that are near it."""
    found = []
    for rest in session.cues:
        if rest.kind != "rest":
            continue
        if abs(rest.end - cue.start) < 1e-3:
            found.append(_inside(max(rest.start, rest.end - _NEAR), rest.end))
        if abs(rest.start - cue.end) < 1e-3:
            found.append(_inside(rest.start, min(rest.end, rest.start + _NEAR)))
    return found


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
