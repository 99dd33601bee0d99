"""What is wrong with a file, as one list in the order of its places."""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide.inspector.holes import LONGEST_DROPOUT
from voiceguide.inspector.runs import Span
from voiceguide.model.units import Frames, format_clock, to_millis

MOST_DC = 0.01
"""Of full scale. What is above costs headroom and clicks wherever playing starts."""
_ECHO = 0.005  # seconds: an edge of a hole, or of a clipped peak, is no click of its own


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what to do."""

    kind: str
    """`clipping`, `dropout`, `hole`, `click`, `dc`, `damage`, `numbers`, `chapters`, `plan`."""
    message: str
    hint: str
    place: Span | None = None
    """In frames; None when it concerns the whole file."""


def of_sound(clipped: tuple[Span, ...], holes: tuple[Span, ...], clicks: tuple[Span, ...], rate: int) -> list[Fault]:
    """The faults that have a place, in order."""
    found = [_clipping(span, rate) for span in clipped]
    found += [_hole(span, rate) for span in holes]
    found += [_click(span, rate) for span in clicks if not _echoes(span, (*clipped, *holes), round(_ECHO * rate))]
    return sorted(found, key=lambda fault: fault.place or Span(0, 0))


def of_level(dc: float) -> list[Fault]:
    """The fault of a signal whose mean is off zero, relative to full scale."""
    if abs(dc) <= MOST_DC:
        return []
    return [Fault("dc", f"there is a DC offset of {100 * dc:+.1f} %", "take it out with a high-pass filter at 20 Hz")]


def of_frames(done: int, promised: int, rate: int) -> list[Fault]:
    """The fault of a file that decodes to another length than it names."""
    if done == promised:
        return []
    message = f"it holds {done} frames, and says {promised}: {(done - promised) / rate:+.3f} s"
    return [Fault("damage", message, "get the file again from where it came, or render it anew")]


def _clipping(span: Span, rate: int) -> Fault:
    message = f"{_clock(span, rate)}: clipped for {_length(span, rate)}"
    return Fault("clipping", message, "turn it down ahead of the last step, and limit true peaks to -1 dBTP", span)


def _hole(span: Span, rate: int) -> Fault:
    kind = "dropout" if span.length <= LONGEST_DROPOUT * rate else "hole"
    message = f"{_clock(span, rate)}: the sound drops out for {_length(span, rate)}"
    return Fault(kind, message, "render or record this place again; the file lost a part on its way", span)


def _click(span: Span, rate: int) -> Fault:
    return Fault("click", f"{_clock(span, rate)}: a click", "mend it with a short crossfade, or record it again", span)


def _echoes(click: Span, others: tuple[Span, ...], near: int) -> bool:
    """Whether a click is the edge of something larger."""
    edges = (edge for other in others for edge in (other.start, other.end))
    inside = any(other.start <= click.start < other.end for other in others)
    return inside or any(abs(click.start - edge) <= near for edge in edges)


def _clock(span: Span, rate: int) -> str:
    return format_clock(to_millis(Frames(span.start), rate), millis=True)


def _length(span: Span, rate: int) -> str:
    millis = 1000 * span.length / rate
    return f"{millis / 1000:.2f} s" if millis >= 1000 else f"{millis:.0f} ms" if millis >= 10 else f"{millis:.1f} ms"
