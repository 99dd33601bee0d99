"""Chapters, the voice, rests and bells of one row."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import east_asian_width

from voiceguide.drawing.rows import ROW, Row, Span, spans
from voiceguide.drawing.svg import Attributes, element, escaped, told
from voiceguide.model.timeline import Kind, Timeline
from voiceguide.model.units import Frames, format_clock, format_duration, to_millis

_LETTER = 6.2  # width of one at 11 px, on average
_TOLD = 160  # letters that a pointer is shown
_LEAST = 0.8  # what is drawn narrower cannot be seen


def chapters(row: Row, timeline: Timeline) -> Iterator[str]:
    """A strip for each, with its title as far as there is room."""
    things = [(chapter.start, chapter.end, f"{n} {chapter.title}") for n, chapter in enumerate(timeline.chapters)]
    for span in spans(row, things):
        number, _, title = span.text.partition(" ")
        said = title if span.count == 1 else f"{span.count} chapters"
        shade = "odd" if int(number) % 2 else "even"
        yield _box(span, shade, row.top + ROW.chapters, f"{_time(row, span)} {said}", round_by=0)
        if label := _fitted(said, span.width - 8):
            place: Attributes = {"class": "label", "x": span.x + 5, "y": row.top + ROW.chapters + 15}
            yield element("text", {**place, "pointer-events": "none"}, escaped(label))


def voice(row: Row, timeline: Timeline) -> Iterator[str]:
    """A box for each sentence, with its words for the pointer."""
    for span in spans(row, _placed(timeline, "say")):
        said = span.text if span.count == 1 else f"{span.count} sentences, the first: {span.text}"
        yield _box(span, "say", row.top + ROW.voice, f"{_time(row, span)} {said}")


def rests(row: Row, timeline: Timeline) -> Iterator[str]:
    """A faint box for each, with its length where there is room."""
    for span in spans(row, _placed(timeline, "rest")):
        length = format_duration(to_millis(Frames(span.end - span.start), row.rate))
        said = f"rest, {length}" if span.count == 1 else f"{span.count} rests"
        yield _box(span, "rest", row.top + ROW.voice, f"{_time(row, span)} {said}", round_by=0)
        whole = format_duration(to_millis(Frames(_whole(span.end - span.start, row.rate)), row.rate))
        if span.count == 1 and _fitted(whole, span.width - 12) == whole:
            place: Attributes = {"class": "long", "x": span.x + span.width / 2, "y": row.top + ROW.voice + 15}
            yield element("text", {**place, "pointer-events": "none"}, whole)


def bells(row: Row, timeline: Timeline) -> Iterator[str]:
    """A mark where each is struck."""
    for span in spans(row, _placed(timeline, "sound")):
        said = span.text if span.count == 1 else f"{span.count} sounds"
        place: Attributes = {"class": "sound", "cx": span.x + 3, "cy": row.top + ROW.voice + ROW.lane / 2, "r": 4}
        yield element("circle", place, told(f"{_time(row, span)} {said}"))


def _placed(timeline: Timeline, kind: Kind) -> Iterator[tuple[int, int, str]]:
    return ((p.start, p.end, p.text) for p in timeline.placements if p.kind == kind)


def _box(span: Span, kind: str, top: float, said: str, round_by: float = 2) -> str:
    shown = said if len(said) <= _TOLD else said[: _TOLD - 1].rstrip() + "…"
    size = {"width": max(_LEAST, span.width), "height": ROW.lane}
    corner = {"rx": round_by} if round_by and span.width > 2 * round_by else {}
    return element("rect", {"class": kind, "x": span.x, "y": top, **size, **corner}, told(shown))


def _time(row: Row, span: Span) -> str:
    return format_clock(to_millis(Frames(span.start), row.rate))


def _whole(length: int, rate: int) -> int:
    """Frames in the nearest whole number of seconds."""
    return round(length / rate) * rate


def _fitted(text: str, width: float) -> str:
    """As much of a text as takes `width`, with dots where something is missing; empty where too little is left."""
    room = width / _LETTER
    taken = 0
    for at, letter in enumerate(text):
        taken += 2 if east_asian_width(letter) in "WF" else 1
        if taken > room:
            return text[: at - 1].rstrip() + "…" if at > 3 else ""
    return text
