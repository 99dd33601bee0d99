"""What is seen of a session while it plays: rows that fit the screen, the most important first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from voiceguide.cli.screen import told
from voiceguide.cli.screen.keys import BINDINGS
from voiceguide.model.live import Status

_SLOTS = (
    ("blank", 14),
    ("title", 6),
    ("blank", 12),
    ("section", 2),
    ("blank", 11),
    ("now", 0),
    ("now", 4),
    ("now", 9),
    ("next", 8),
    ("next", 13),
    ("blank", 10),
    ("part", 7),
    ("whole", 1),
    ("blank", 11),
    ("state", 5),
    ("message", 3),
    ("message", 9),
    ("keys", 5),
)
"""The rows from top to bottom, each with its rank: on a low screen the highest ranks go first.

Words have as many rows as they may need, used or not, so that nothing moves while the session does.
"""
_KEYS = (
    "space pause   left/right 5 s   up/down 1 min   p/n technique   +/- time   ? all keys   q quit   Q keep the place",
    "space pause   left/right 5 s   up/down 1 min   p/n technique   ? all keys   q quit",
    "space pause   left/right 5 s   p/n technique   ? all keys   q quit",
    "space pause   ? all keys   q quit",
    "? keys  q quit",
    "? keys",
)
_LABEL, _COLUMN, _GAP = 9, 36, 4
"""Columns of a key's name, of a row of the page of keys, and between two such rows."""
_WIDE, _LABELLED, _NARROW = 60, 50, 30
"""Columns from which there is room for a wide margin, for the names of the bars, and for any margin."""


@dataclass(frozen=True, slots=True)
class Options:
    """How it is shown."""

    captions: bool = True
    """Whether the words are."""
    ascii_only: bool = False
    """Whether the terminal knows no other characters."""
    notice: str = ""
    """What happened last; empty when that is long ago."""
    encoding: str = "ascii"
    """What the terminal knows where that is not all of Unicode."""

    def typed(self, text: str) -> str:
        """`text` as the terminal can write it: what it cannot would be written as an escape, and wider than it is."""
        return text.encode(self.encoding, "replace").decode(self.encoding) if self.ascii_only else text


_USUAL = Options()
_DOTS = "..."
"""An ellipsis for a terminal that has none."""


def view(status: Status, options: Options, width: int, height: int) -> list[Text]:
    """Rows for a screen of `width` columns and `height` rows, each as wide as it; the last one tells the keys."""
    margin = _margin(width)
    names = _kept(height)
    rows = _rows(_typed(status, options), options, width - 2 * margin, names)
    spare = height - len(names)
    if status.state != "playing" and not {"state", "message"} & {*names}:
        # There is no room for a row of its own, and nothing is as important.
        first = rows[names[0]]
        first[:1] = [Text.assemble(told.state(status), "  ", *first[:1])]
    # With room to spare the keys stay at the bottom, and the rest stands a little above the middle.
    shown = [rows[name].pop(0) if rows.get(name) else Text() for name in names]
    shown = [Text()] * (spare // 3) + shown[:-1] + [Text()] * (spare - spare // 3) + shown[-1:]
    return [_row(text, margin, width, options) for text in shown]


def key_pages(width: int, height: int, options: Options = _USUAL) -> list[list[Text]]:
    """Every key and what it does, on as many screens as that takes."""
    margin = _margin(width)
    columns = max(1, min(2, (width - 2 * margin + _GAP) // (_COLUMN + _GAP)))
    told_keys = [f"{binding.label:<{_LABEL}} {binding.does}" for binding in BINDINGS]
    deep = min(max(1, height - 2), -(-len(told_keys) // columns))
    pages = [told_keys[at : at + deep * columns] for at in range(0, len(told_keys), deep * columns)]
    foot = [Text(), Text(_longest_that_fits(("? more, or back to the session", "? on"), width), "dim")]
    return [
        [_row(text, margin, width, options) for text in (*_side_by_side(page, deep), *foot[-max(0, height - deep) :])][
            :height
        ]
        for page in pages
    ]


def waiting_view(title: str, begins: str, left: str, width: int, height: int, options: Options = _USUAL) -> list[Text]:
    """The screen while a session waits for its time."""
    title, begins = options.typed(told.cleaned(title)), options.typed(told.cleaned(begins))
    rows = [Text(title, "dim"), Text(), Text(begins, "bold"), Text(left)]
    room = max(1, height - 1)
    rows = rows[-room:] if len(rows) > room else [Text()] * ((room - len(rows)) // 3) + rows
    rows += [Text()] * (room - len(rows)) + [Text("q quit", "dim")] * (height > 1)
    return [_row(text, _margin(width), width, options) for text in rows]


def _typed(status: Status, options: Options) -> Status:
    """With words that the terminal can write."""
    return replace(
        status,
        title=options.typed(status.title),
        section=options.typed(status.section),
        sentence=options.typed(status.sentence),
        following=options.typed(status.following),
    )


def _side_by_side(lines: list[str], deep: int) -> list[Text]:
    first, second = lines[:deep], lines[deep:] + [""] * deep
    return [Text(f"{one:<{_COLUMN + _GAP}}{other}".rstrip()) for one, other in zip(first, second, strict=False)]


def _kept(height: int) -> list[str]:
    """The names of as many slots as the screen has rows, in their order."""
    best = sorted(range(len(_SLOTS)), key=lambda index: _SLOTS[index][1])[: max(1, height)]
    return [_SLOTS[index][0] for index in sorted(best)]


def _rows(status: Status, options: Options, width: int, names: list[str]) -> dict[str, list[Text]]:
    """The rows of each name, from the first."""
    now = told.cleaned(status.sentence) if options.captions else ""
    following = f"then: {told.cleaned(status.following)}" if options.captions and status.following else ""
    message = told.cleaned(options.typed(options.notice)) or ("" if "state" in names else told.state(status))
    return {
        "title": [_title(status, width, options)],
        "section": [Text(told.section(status), "bold")],
        "now": _wrapped(now, width, names.count("now"), ""),
        "next": _wrapped(following, width, names.count("next"), "dim"),
        "part": [_bar("section", status, status.start, status.end, width, options)],
        "whole": [_bar("whole", status, 0, status.length, width, options)],
        "state": [Text(_state(status, width), "dim")],
        "message": _wrapped(message, width, names.count("message"), "italic"),
        "keys": [Text(_longest_that_fits(_KEYS, width), "dim")],
    }


def _title(status: Status, width: int, options: Options) -> Text:
    """The title, and how far we are at the right."""
    count = told.counted(status)
    count = count if width >= _WIDE // 2 + cell_len(count) else count.removeprefix("technique ")
    title = Text(told.cleaned(status.title), "dim")
    room = max(0, width - cell_len(count) - 2)
    title = _cut(title, room, options)
    title.pad_right(max(0, room - title.cell_len))
    return Text.assemble(title, (f"  {count}", "dim")) if room else title


def _bar(name: str, status: Status, start: int, end: int, width: int, options: Options) -> Text:
    """A row such as `section ━━━━━━────── 0:40   1:20 left`."""
    rate, length = status.rate, max(1, end - start)
    passed = min(max(status.position - start, 0), length)
    # As wide as these times may become, so that the bar stays as it is.
    wide = cell_len(told.clock(status.length, rate))
    times = f" {told.clock(passed, rate):>{wide}}  {told.left(passed, length, rate):>{wide}} left"
    label = f"{name:<8}" if width >= _LABELLED else ""
    room = max(0, width - len(label) - len(times))
    filled = room * passed // length
    full, rest = ("=", "-") if options.ascii_only else ("━", "─")
    return Text.assemble((label, "dim"), (full * filled, "cyan"), (rest * (room - filled), "dim"), times)


def _state(status: Status, width: int) -> str:
    said, (volume, bed, words) = told.state(status), told.levels(status)
    return _longest_that_fits(
        ("   ".join((said, volume, bed, words)), "  ".join((said, volume, bed)), f"{said}  {bed}", said), width
    )


def _longest_that_fits(texts: Iterable[str], width: int) -> str:
    """The first of `texts` that fits; the last where none does."""
    last = ""
    for last in texts:
        if cell_len(last) <= width:
            break
    return last


def _wrapped(text: str, width: int, most: int, style: str) -> list[Text]:
    """`text` on `most` lines at most, cut with an ellipsis where it is longer."""
    lines = _lines(text, max(1, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])] if most else []
    return [Text(line, style) for line in lines]


def _lines(text: str, width: int) -> list[str]:
    """`text` parted between words; a word that is too wide has a line of its own, to be cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _margin(width: int) -> int:
    return 2 if width >= _WIDE else 1 if width >= _NARROW else 0


def _cut(text: Text, width: int, options: Options) -> Text:
    """`text` no wider than `width`, with an ellipsis where it was."""
    cut = text.copy()
    if not options.ascii_only or text.cell_len <= width:
        cut.truncate(width, overflow="ellipsis")
        return cut
    cut.truncate(max(0, width - len(_DOTS)), overflow="crop")
    cut.append(_DOTS[:width])
    return cut


def _row(text: Text, margin: int, width: int, options: Options) -> Text:
    """`text` within its margins, as wide as the screen."""
    text = _cut(text, max(1, width - 2 * margin), options)
    return Text.assemble(" " * margin, text, set_cell_size("", max(0, width - margin - text.cell_len)))
