"""Screens that have no room, and terminals that know few characters."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.text import Text

from voiceguide.cli.screen.view import Options, key_pages, view, waiting_view
from voiceguide.model.live import State, Status
from voiceguide.model.units import Frames

MOMENT = Status(
    state="playing",
    title="Ruhe für dich, und noch etwas länger, als man denkt",
    rate=1000,
    position=Frames(1500),
    length=Frames(60_000),
    section="Ankommen, die Füße und alles, was dazu gehört",
    number=1,
    sections=2,
    start=Frames(0),
    end=Frames(9000),
    sentence="Hold the top of your left foot, é è à ü ö ä … " * 5,
    following="Grüße, und weiter. " * 9,
    volume=0,
    bed=0,
    muted=False,
    words=115,
)
SIZES = [(20, 3), (20, 2), (12, 1), (34, 9), (80, 24)]


def written(rows: list[Text], encoding: str) -> list[str]:
    """As the terminal gets it: what its encoding lacks is written as an escape."""
    return [row.plain.encode(encoding, "backslashreplace").decode(encoding) for row in rows]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_rows_are_no_wider_than_the_screen_in_any_encoding(size: tuple[int, int], encoding: str) -> None:
    options = Options(ascii_only=True, encoding=encoding, notice="längere Nachricht " * 9)
    screens = [view(MOMENT, options, *size), waiting_view(MOMENT.title, MOMENT.section, "1:00", *size, options)]
    screens += key_pages(*size, options)
    for rows in screens:
        assert {cell_len(row) for row in written(rows, encoding)} == {size[0]}


def test_what_the_terminal_knows_is_written_as_it_is() -> None:
    shown = {
        encoding: "\n".join(
            row.plain for row in view(MOMENT, Options(ascii_only=encoding != "utf-8", encoding=encoding), 44, 24)
        )
        for encoding in ("utf-8", "latin-1", "ascii")
    }
    assert "Ruhe für" in shown["utf-8"]
    assert "…" in shown["utf-8"]
    assert "Ruhe für" in shown["latin-1"]
    assert "Ruhe f?r" in shown["ascii"]
    assert "..." in shown["ascii"]


@pytest.mark.parametrize("size", [(20, 3), (20, 2), (20, 1), (20, 4), (24, 6)], ids=str)
@pytest.mark.parametrize("captions", [True, False])
@pytest.mark.parametrize(("state", "told"), [("paused", "paused"), ("lost", "no sound device")])
def test_the_state_is_seen_on_the_lowest_screen(size: tuple[int, int], captions: bool, state: State, told: str) -> None:
    rows = [row.plain for row in view(replace(MOMENT, state=state), Options(captions=captions), *size)]
    assert len(rows) == size[1]
    assert any(told in row for row in rows)
    if size[1] <= 3:
        assert rows[0].startswith(told)
    playing = view(MOMENT, Options(captions=captions), *size)
    assert size[1] > 3 or not any("playing" in row.plain for row in playing)
