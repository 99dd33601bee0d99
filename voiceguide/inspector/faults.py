"""What is wrong with a file, as one list in the order of its places."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from voiceguide.inspector.distance import Distance
from voiceguide.inspector.holes import LONGEST_DROPOUT
from voiceguide.inspector.runs import Span, merged
from voiceguide.model.levels import LEAST_DISTANCE
from voiceguide.model.units import Frames, format_clock, to_millis

AGAIN = "get the file again from where it came, or render it anew"
"""What to do with a file that was damaged on its way."""
MOST_DC = 0.01
"""Of full scale. What is above costs headroom and clicks wherever playing starts."""
_ABOVE = 0.05  # dB: less is shown as 0.0
_MOST = 2_000  # faults of one kind: the rest are counted
_ECHO = 0.005  # seconds: an edge of a hole, or of a clipped peak, is no click of its own


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what to do."""

    kind: str
    """`clipping`, `peak`, `dropout`, `hole`, `click`, `dc`, `damage`, `numbers`, `chapters`, `plan`, `distance`."""
    message: str
    hint: str
    place: Span | None = None
    """In frames; None when it concerns the whole file."""


def of_sound(clipped: tuple[Span, ...], holes: tuple[Span, ...], clicks: tuple[Span, ...], rate: int) -> list[Fault]:
    """The faults that have a place, in order. Of what is found thousands of times, the first ones and how many more."""
    found = _each(clipped, _clipping, rate) + _each(holes, _hole, rate)
    larger = (*clipped, *holes)
    edges, inside = sorted(edge for span in larger for edge in (span.start, span.end)), merged(larger, 0)
    near = round(_ECHO * rate)
    found += _each([span for span in clicks if not _echoes(span, edges, inside, near)], _click, rate)
    return sorted(found, key=lambda fault: fault.place or Span(0, 0))


def _each(spans: Sequence[Span], fault: Callable[[Span, int], Fault], rate: int) -> list[Fault]:
    found = [fault(span, rate) for span in spans[:_MOST]]
    if len(spans) > _MOST:
        last = found.pop()
        found.append(replace(last, message=f"{last.message}, and {len(spans) - _MOST} times more after it"))
    return found


def of_level(dc: float) -> list[Fault]:
    """The fault of a signal whose mean is off zero, relative to full scale."""
    if abs(dc) <= MOST_DC:
        return []
    return [Fault("dc", f"there is a DC offset of {100 * dc:+.1f} %", "take it out with a high-pass filter at 20 Hz")]


def of_peak(peak_dbfs: float) -> list[Fault]:
    """The fault of floating-point samples beyond full scale: nothing is lost yet, and players will clip them."""
    if peak_dbfs < _ABOVE:
        return []
    hint = f"turn it down by {peak_dbfs + 1:.1f} dB before it is made into whole numbers"
    return [Fault("peak", f"it goes above full scale by {peak_dbfs:.1f} dB", hint)]


def of_distance(apart: Distance, rate: int) -> list[Fault]:
    """The fault of a bed that comes nearer to speech than WCAG allows. What is an estimate is no fault."""
    if not apart.near or apart.basis != "stems":
        return []
    start = round(apart.least_at * rate)
    lies = f"{_clock(Span(start, start), rate)}: speech lies only {apart.least:.1f} dB above the bed here"
    less = f"less than {LEAST_DISTANCE:g} dB under {apart.near} of {apart.sentences} sentences (WCAG 2, 1.4.7)"
    hint = f"make the bed {LEAST_DISTANCE - apart.least:.1f} dB softer under speech, as with a lower --bed-level"
    return [Fault("distance", f"{lies}, and {less}", hint, Span(start, 0))]


def of_frames(done: int, promised: int, rate: int) -> list[Fault]:
    """The fault of a file that decodes to another length than it names."""
    if done == promised:
        return []
    message = f"it holds {done} frames, and says {promised}: {(done - promised) / rate:+.3f} s"
    return [Fault("damage", message, AGAIN)]


def of_change(done: int, rate: int) -> Fault:
    """The fault of a file in which something else begins after `done` frames."""
    message = f"{_clock(Span(done, done), rate)}: another stream begins here, and players may stop"
    return Fault("damage", message, "join files by decoding them and encoding them as one")


def of_lost(lost: int, done: int, rate: int) -> Fault:
    """The fault of a file whose frames hold `lost` more samples than can be decoded."""
    message = f"only {done / rate:.2f} s of {(done + lost) / rate:.2f} s in it can be decoded"
    return Fault("damage", message, AGAIN)


def _clipping(span: Span, rate: int) -> Fault:
    message = f"{_clock(span, rate)}: clipped for {_length(span, rate)}"
    return Fault("clipping", message, "turn it down ahead of the last step, and limit true peaks to -1 dBTP", span)


def _hole(span: Span, rate: int) -> Fault:
    kind = "dropout" if span.length <= LONGEST_DROPOUT * rate else "hole"
    message = f"{_clock(span, rate)}: the sound drops out for {_length(span, rate)}"
    return Fault(kind, message, "render or record this place again; the file lost a part on its way", span)


def _click(span: Span, rate: int) -> Fault:
    return Fault("click", f"{_clock(span, rate)}: a click", "mend it with a short crossfade, or record it again", span)


def _echoes(click: Span, edges: list[int], larger: tuple[Span, ...], near: int) -> bool:
    """Whether a click is the edge of something larger, or lies in it. All are in order, and no two of these overlap."""
    at = bisect_left(edges, click.start - near)
    if at < len(edges) and edges[at] <= click.start + near:
        return True
    place = bisect_right(larger, click.start, key=lambda span: span.start) - 1
    return place >= 0 and click.start < larger[place].end


def _clock(span: Span, rate: int) -> str:
    return format_clock(to_millis(Frames(span.start), rate), millis=True)


def _length(span: Span, rate: int) -> str:
    millis = 1000 * span.length / rate
    return f"{millis / 1000:.2f} s" if millis >= 1000 else f"{millis:.0f} ms" if millis >= 10 else f"{millis:.1f} ms"
