"""How much has to be spoken before a session begins, so that it never waits for its voice. Pure."""

from __future__ import annotations

from collections.abc import Iterable

CAUTION = 1.25
"""Other work may slow the voice down: it is taken to be so much slower than it was measured."""
UNHEARD = 3.0
"""What a voice that nobody has heard yet may take for one second: so slow is hardly any."""
STARTS = 10.0
"""Seconds in which such a voice has started."""


def may_be_short(lines: Iterable[tuple[float, float]]) -> bool:
    """Whether a voice of unknown pace may have to speak beforehand: not where little is missing, and far ahead.

    `lines` are as for `short_by`.
    """
    return short_by(((until - STARTS, length) for until, length in lines), UNHEARD) > 0


def short_by(lines: Iterable[tuple[float, float]], pace: float) -> float:
    """Seconds of speaking that must be done beforehand; 0 when the voice keeps ahead of the listener from now on.

    `lines` are those that are not spoken yet, in the order in which they are heard: seconds from now until one is
    heard, and seconds that it lasts. `pace` is how many seconds it takes to speak one second.
    """
    work = short = 0.0
    for until, length in lines:
        work += length * pace * CAUTION
        short = max(short, work - until)
    return short
