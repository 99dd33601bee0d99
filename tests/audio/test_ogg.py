"""Pages of Ogg streams: one alone, several side by side, several in a row."""

import sys
from io import BytesIO
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import streams

from voiceguide.audio import ogg

FIRST, LAST = 2, 4


def page(flags: int, serial: int = 1, size: int = 300) -> bytes:
    """A page with `size` bytes of what looks like pages, but for their version."""
    whole, rest = divmod(size, 255)
    table = bytes([*[255] * whole, rest])
    head = b"OggS\0" + bytes([flags]) + bytes(8) + serial.to_bytes(4, "little") + bytes(8) + bytes([len(table)])
    return head + table + (b"OggS\1\2" * size)[:size]


@pytest.mark.parametrize(
    ("pages", "goes_on"),
    [
        ([page(FIRST), page(0), page(LAST)], False),
        ([page(FIRST, 1), page(FIRST, 2), page(0, 1), page(LAST, 1), page(LAST, 2)], False),
        ([page(FIRST), page(0), page(LAST), page(FIRST, 2), page(LAST, 2)], True),
        ([page(FIRST), page(0), page(FIRST, 2), page(LAST, 2)], True),  # the first one was cut off
        ([], False),
    ],
)
def test_a_stream_that_follows_another(pages: list[bytes], goes_on: bool) -> None:
    assert ogg.goes_on(BytesIO(b"".join(pages))) == goes_on


@pytest.mark.parametrize("before", range((1 << 20) - 40, (1 << 20) + 8, 3))
def test_a_page_that_lies_across_two_readings(before: int) -> None:
    start = page(FIRST) + page(0)
    data = start + bytes(before - len(start)) + page(FIRST, 2)
    assert ogg.goes_on(BytesIO(data))


def test_an_end_is_whole_or_none(tmp_path: Path) -> None:
    data = streams.saved(tmp_path / "a.ogg")
    assert ogg.ends(data[-ogg.TAIL :])
    for missing in (1, 100, 5_000):
        assert not ogg.ends(data[:-missing][-ogg.TAIL :])
    assert not ogg.ends(b"")
