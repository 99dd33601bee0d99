"""SVG as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

# What XML 1.0 (section 2.2) has no place for, and half characters that no file can hold.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# An override would turn what follows around, tags and all, for whoever reads the source.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")

STYLE = """<style>
text { font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #2d3336 }
.name { font-size: 20px }
.small, .tick { font-size: 11px; fill: #5d666a }
.tick { text-anchor: middle }
.level { text-anchor: end; font-size: 10px; fill: #5d666a }
.label { font-size: 11px }
.long { text-anchor: middle; font-size: 10px; fill: #5d666a }
.paper { fill: #fbfaf7 }
.even { fill: #d5e1d8 } .odd { fill: #e4ece5 }
.say { fill: #2f6f8f } .sound { fill: #b9811f } .rest { fill: #ecebe5 }
.bed { fill: #b9cfc0 }
.grid { stroke: #dcdcd4; stroke-width: 1 }
path.duck, path.loud { fill: none; stroke-width: 1.3; stroke-linejoin: round }
path.duck { stroke: #3f7355; stroke-dasharray: 4 2 } rect.duck { fill: #3f7355 }
path.loud { stroke: #a3472f } rect.loud { fill: #a3472f }
@media (prefers-color-scheme: dark) {
text { fill: #e6e6e1 }
.small, .tick, .level, .long { fill: #a5adb0 }
.paper { fill: #16191b }
.even { fill: #2c3a31 } .odd { fill: #232e27 }
.say { fill: #6fb1d2 } .sound { fill: #e0b155 } .rest { fill: #23272a }
.bed { fill: #37523f }
.grid { stroke: #2e3437 }
path.duck { stroke: #8cc3a0 } rect.duck { fill: #8cc3a0 }
path.loud { stroke: #e08a70 } rect.loud { fill: #e08a70 }
}
</style>"""

Attributes = Mapping[str, str | float]


def escaped(text: str) -> str:
    """Text that any SVG can hold: nothing in it is markup."""
    return escape(_TURNING.sub("", _FORBIDDEN.sub("\ufffd", text)))


def number(value: float) -> str:
    """To a tenth, without what says nothing."""
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, attributes: Attributes, inside: str = "") -> str:
    """One element; `inside` must be escaped already."""
    said = "".join(
        f' {key}="{value if isinstance(value, str) else number(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{said}>{inside}</{name}>" if inside else f"<{name}{said}/>"


def told(text: str) -> str:
    """What a pointer that rests on an element shows."""
    return element("title", {}, escaped(text))
