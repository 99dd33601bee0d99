"""Levels of one row, and the ruler of time below them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from voiceguide.drawing.curves import Curves, Points, straightened
from voiceguide.drawing.rows import ROW, WIDTH, Row
from voiceguide.drawing.svg import Attributes, element, number
from voiceguide.model.units import Frames, format_clock, to_millis

LOUDEST, SOFTEST = -10.0, -60.0
"""LUFS at the upper and the lower edge."""
_LINES = (-20, -30, -40, -50)
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds
_APART = 64  # paper between two marks of the ruler


def levels(row: Row, curves: Curves) -> Iterator[str]:
    """The bed as an area, and lines for where it is led and for the loudness of the whole."""
    for level in _LINES:
        ends = {"x1": ROW.left, "x2": row.x(row.end), "y1": _y(row, level), "y2": _y(row, level)}
        yield element("line", {"class": "grid", **ends})
        yield element("text", {"class": "level", "x": ROW.left - 6, "y": _y(row, level) + 3.5}, f"{level}")
    yield element("text", {"class": "level", "x": ROW.left - 6, "y": _y(row, LOUDEST) + 8}, "LUFS")
    if places := _places(row, curves.bed):
        foot = number(row.foot)
        yield f'<path class="bed" d="M{number(places[0][0])} {foot}L{_path(places)}L{number(places[-1][0])} {foot}z"/>'
    for kind, points in (("duck", curves.duck), ("loud", curves.loudness)):
        if places := _places(row, points):
            yield f'<path class="{kind}" d="M{_path(places)}"/>'


def ruler(row: Row) -> Iterator[str]:
    """Clock times, as many as there is room for."""
    step = next((one for one in _STEPS if one * row.rate * row.scale >= _APART), _STEPS[-1]) * row.rate
    for frame in range(-(-row.start // step) * step, row.end + 1, step):
        x = row.x(frame)
        yield element("line", {"class": "grid", "x1": x, "x2": x, "y1": row.foot, "y2": row.foot + 4})
        place: Attributes = {"class": "tick", "x": min(x, WIDTH - ROW.right - 12), "y": row.foot + ROW.ruler - 1}
        yield element("text", place, format_clock(to_millis(Frames(frame), row.rate)))


def _places(row: Row, points: Points) -> list[tuple[float, float]]:
    """On paper: what lies in the row, and one point beyond each end, at its edge."""
    first = max(0, bisect_right(points, row.start, key=lambda point: point[0]) - 1)
    last = bisect_left(points, row.end, key=lambda point: point[0]) + 1
    return straightened((row.x(frame), _y(row, level)) for frame, level in points[first:last])


def _y(row: Row, level: float) -> float:
    share = (LOUDEST - min(max(level, SOFTEST), LOUDEST)) / (LOUDEST - SOFTEST)
    return row.top + ROW.plot + share * ROW.plotted


def _path(places: list[tuple[float, float]]) -> str:
    return "L".join(f"{number(x)} {number(y)}" for x, y in places)
