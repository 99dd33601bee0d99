"""A session as a picture: chapters, voice, rests and bells on a ruler of time, and the levels under them.

The text of an SVG is a pure function of a timeline and of some curves. Long sessions go on in the next row, as music
does, and what would be too small to see is drawn as one, so a picture never grows beyond 2 MB.
"""

from __future__ import annotations

from voiceguide.drawing.curves import Curves
from voiceguide.drawing.lanes import bells, chapters, rests, voice
from voiceguide.drawing.plot import levels, ruler
from voiceguide.drawing.rows import ROW, TOP, WIDTH, Row, rows
from voiceguide.drawing.svg import STYLE, element, escaped, number
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, format_clock, to_millis

__all__ = ["Curves", "draw"]

_LISTED = 100
"""Chapters that the description names."""
_LEGEND = (
    ("say", "voice"),
    ("rest", "rest"),
    ("sound", "bell"),
    ("bed", "bed"),
    ("duck", "where the bed is led"),
    ("loud", "loudness over 3 s"),
)


def draw(timeline: Timeline, curves: Curves = Curves()) -> str:  # noqa: B008  (frozen)
    """The whole SVG. What `curves` lacks is left out, down to the plot itself when there are none."""
    plotted = bool(curves.loudness or curves.bed or curves.duck)
    lines = rows(timeline, plotted=plotted)
    height = TOP + len(lines) * lines[0].height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {number(height)}" role="img" '
        'aria-labelledby="title description">',
        element("title", {"id": "title"}, escaped(timeline.title)),
        element("desc", {"id": "description"}, escaped(_described(timeline))),
        STYLE,
        element("rect", {"class": "paper", "width": WIDTH, "height": height}),
        *_header(timeline, curves),
        *(part for row in lines for part in _row(row, timeline, curves, plotted=plotted)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(row: Row, timeline: Timeline, curves: Curves, *, plotted: bool) -> list[str]:
    drawn = [*chapters(row, timeline), *rests(row, timeline), *voice(row, timeline), *bells(row, timeline)]
    return [*drawn, *(levels(row, curves) if plotted else ()), *ruler(row)]


def _header(timeline: Timeline, curves: Curves) -> list[str]:
    there = {placement.kind for placement in timeline.placements}
    named = {"bed": curves.bed, "duck": curves.duck, "loud": curves.loudness}
    legend, at = [], float(ROW.left)
    for name, text in _LEGEND:
        if name in there or named.get(name):
            legend.append(element("rect", {"class": name, "x": at, "y": 62, "width": 18, "height": 8, "rx": 2}))
            legend.append(element("text", {"class": "small", "x": at + 24, "y": 70}, text))
            at += 48 + 5.9 * len(text)
    return [
        element("text", {"class": "name", "x": ROW.left, "y": 30}, escaped(timeline.title[:90])),
        element("text", {"class": "small", "x": ROW.left, "y": 50}, escaped(_summary(timeline))),
        *legend,
    ]


def _summary(timeline: Timeline) -> str:
    said = [placement for placement in timeline.placements if placement.kind == "say"]
    share = sum(placement.length for placement in said) / max(1, timeline.length)
    known = "" if timeline.exact else ", estimated"
    taken = "under 1%" if 0 < share < 0.01 else f"{share:.0%}"
    counted = f"{_count(len(timeline.chapters), 'chapter')}, {_count(len(said), 'sentence')}"
    return f"{_clock(timeline, timeline.length)}{known}; {counted}; the voice takes {taken}"


def _described(timeline: Timeline) -> str:
    named = [f"{_clock(timeline, chapter.start)} {chapter.title}" for chapter in timeline.chapters[:_LISTED]]
    return "\n".join([f"{_summary(timeline)}.", *named])


def _clock(timeline: Timeline, place: int) -> str:
    return format_clock(to_millis(Frames(place), timeline.rate))


def _count(number_of: int, name: str) -> str:
    return f"{number_of} {name}{'' if number_of == 1 else 's'}"
