"""What is seen of a session that plays: whole screens of any size, and plain lines."""

from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from voiceguide.cli.screen import Notices, _show, told
from voiceguide.cli.screen.displays import Lines, Notice
from voiceguide.cli.screen.keys import BINDINGS
from voiceguide.cli.screen.lines import key_lines, news
from voiceguide.cli.screen.view import Options, key_pages, view, waiting_view
from voiceguide.model.live import Status
from voiceguide.model.units import Frames

SCREENS = Path(__file__).parent / "screens"
RATE = 44_100
SIZES = [(100, 24), (80, 18), (60, 12), (40, 8), (24, 4)]


def frames(seconds: float) -> Frames:
    return Frames(round(seconds * RATE))


MOMENT = Status(
    state="playing",
    title="Foot massage",
    rate=RATE,
    position=frames(245.3),
    length=frames(900),
    section="Arch rubs, left foot",
    number=3,
    sections=9,
    start=frames(200),
    end=frames(320),
    sentence="Hold the top of your left foot with one hand, and let the thumb of the other lie along the arch.",
    following="Press slowly from the heel to the ball of the foot.",
    volume=0.0,
    bed=-3.0,
    muted=False,
    words=115,
    message="technique a minute longer, 16:00 in all",
)


def text(rows: list[Text]) -> str:
    return "".join(row.plain.rstrip() + "\n" for row in rows)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_screen(size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    rows = view(MOMENT, Options(notice=MOMENT.message), *size)
    expected = SCREENS / f"{size[0]}x{size[1]}.txt"
    if request.config.getoption("--update-snapshots"):
        expected.write_text(text(rows), encoding="utf-8")
    assert text(rows) == expected.read_text(encoding="utf-8")


def whole(rows: list[Text], width: int, height: int) -> bool:
    return len(rows) == height and all(row.cell_len == width and "\n" not in row.plain for row in rows)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 130),
    st.integers(1, 50),
    st.text(max_size=40),
    st.text(max_size=300),
    st.integers(-60, 2000),
    st.booleans(),
)
def test_every_screen_is_full_and_clean(
    width: int, height: int, title: str, sentence: str, seconds: int, ascii_only: bool
) -> None:
    status = replace(
        MOMENT, title=title, section=title, sentence=sentence, following=sentence, position=frames(seconds)
    )
    rows = view(status, Options(ascii_only=ascii_only, notice=sentence), width, height)
    assert whole(rows, width, height)
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for row in rows for sign in row.plain)
    assert whole(waiting_view(title, title, "1:00", width, height), width, height)
    assert all(row.cell_len == width for page in key_pages(width, height) for row in page)


def test_every_key_is_on_some_page() -> None:
    for size in ((100, 24), (50, 24), (40, 8), (40, 3)):
        pages = key_pages(*size)
        shown = "".join(text(page) for page in pages)
        assert all(binding.does in shown and binding.label in shown for binding in BINDINGS)
        assert all(len(page) <= size[1] for page in pages)
    assert len(key_pages(100, 24)) == 1


def test_titles_cannot_steer_the_terminal() -> None:
    hostile = "Feet\x1b[2J\x1b]0;owned\x07 \u202egnihton\u2066 [/bold]\n\x9b31m"
    status = replace(MOMENT, title=hostile, section=hostile, sentence=hostile, message=hostile)
    shown = text(view(status, Options(notice=hostile), 80, 24))
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2066"} & set(shown)
    assert "[/bold]" in shown
    lines = "".join(news(None, status, hostile, captions=True, times=True))
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\n"} & set(lines)


def test_nothing_moves_while_a_session_does() -> None:
    """Only what is told changes: the rows and the ends of the bars stay where they are."""
    one = view(MOMENT, Options(), 80, 20)
    other = view(
        replace(MOMENT, sentence="Breathe.", following="", position=frames(290), message=""), Options(), 80, 20
    )
    for first, second in zip(text(one).splitlines(), text(other).splitlines(), strict=True):
        if first.startswith(("  section", "  whole")):
            assert len(first) == len(second)
        assert bool(first.startswith("  Arch rubs")) == bool(second.startswith("  Arch rubs"))


def test_words_can_be_hidden_and_bars_be_plain() -> None:
    shown = text(view(MOMENT, Options(captions=False, ascii_only=True), 80, 24))
    assert "Hold the top" not in shown
    assert "then:" not in shown
    assert shown.isascii()
    assert "=---" in shown


def test_wide_signs_are_cut_where_they_end() -> None:
    status = replace(MOMENT, title="足のマッサージ" * 9, sentence="左足の甲を片手で持ちます。" * 20)
    rows = view(status, Options(), 40, 10)
    assert whole(rows, 40, 10)
    assert all(cell_len(row.plain) == 40 for row in rows)


def test_times_add_up() -> None:
    assert told.passed(MOMENT) == "4:05 of 15:00, 10:55 left"
    assert told.where(MOMENT) == "Arch rubs, left foot, technique 3 of 9: 4:05 of 15:00, 10:55 left"


def test_plain_lines_tell_what_is_new_and_nothing_twice() -> None:
    begun = replace(MOMENT, position=frames(1), number=1, section="Welcome", sentence="", message="")
    said = replace(begun, position=frames(2), sentence="Let go.")
    later = replace(MOMENT, position=frames(200), sentence="Let go.")
    moments: list[tuple[Status, str]] = [
        (begun, ""),
        (replace(begun, position=frames(1.5)), ""),
        (said, ""),
        (replace(said, position=frames(3)), "volume +1.5 dB"),
        (replace(said, position=frames(3), state="paused"), ""),
        (replace(said, position=frames(3)), "volume +1.5 dB"),
        (later, ""),
        (replace(later, position=frames(900), state="ended"), ""),
    ]
    told_lines = []
    for (before, _), (now, message) in zip([(None, ""), *moments], moments, strict=False):
        told_lines += news(before, now, message, captions=True, times=True)
    assert told_lines == [
        "Foot massage, 15:00",
        " 0:01  Welcome, technique 1 of 9",
        " 0:02  Let go.",
        " 0:03  volume +1.5 dB",
        " 0:03  paused",
        " 0:03  playing",
        " 0:03  volume +1.5 dB",
        " 3:20  Arch rubs, left foot, technique 3 of 9",
        " 3:20  Let go.",
        "15:00  finished",
    ]
    assert list(news(begun, said, "", captions=False, times=False)) == []
    assert list(news(None, replace(begun, sections=1), "", captions=False, times=False)) == [
        "Foot massage, 15:00",
        "Welcome",
    ]
    assert len(key_lines()) == len(BINDINGS)


def test_a_message_is_news_for_a_while_and_again_when_its_key_is_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("voiceguide.cli.screen.time.monotonic", lambda: now)
    notices, calm = Notices(), replace(MOMENT, message="")
    assert notices.now(calm).text == ""
    first = notices.now(replace(calm, message="the last technique"))
    assert first.text == "the last technique"
    now += 10
    assert notices.now(replace(calm, message="the last technique")).text == ""
    notices.tell_soon(lambda status: status.message)
    assert notices.now(replace(calm, message="the last technique")).text == ""
    now += 0.2
    again = notices.now(replace(calm, message="the last technique"))
    assert again.text == first.text
    assert again.number > first.number
    now += 60
    assert notices.now(replace(calm, state="lost")).text == told.LOST
    now += 60
    assert notices.now(replace(calm, state="lost", message="space tries again")).text == "space tries again"


class Still:
    """A player of which nothing changes, and a display that notes what it is told."""

    def __init__(self, *, drawn: bool) -> None:
        self.drawn = drawn
        self.seen: list[str] = []

    def status(self) -> Status:
        return replace(MOMENT, message="")

    def show(self, _status: Status, notice: Notice) -> None:
        self.seen.append(notice.text)


@pytest.mark.parametrize(("drawn", "stands"), [(True, 15), (False, 1)])
def test_each_message_is_seen_before_the_next(drawn: bool, stands: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("voiceguide.cli.screen.time.monotonic", lambda: now)
    here, notices, messages = Still(drawn=drawn), Notices(), deque(["first", "second", "third"])
    for _ in range(65):
        _show(here, here, notices, messages)  # type: ignore[arg-type]
        now += 0.2
    assert [here.seen.count(text) for text in ("first", "second")] == [stands, stands]
    assert here.seen.count("third") == 30  # and then it is no news any more
    assert here.seen[-1] == ""
    messages.extend(["fourth", "fifth"])
    for _ in range(2):  # at the end nobody waits
        _show(here, here, notices, messages, last=True)  # type: ignore[arg-type]
    assert here.seen[-2:] == ["fourth", "fifth"]


def test_nothing_at_all_where_nothing_is_to_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    for silent in (True, False):
        display = Lines(captions=True, times=True, takes_keys=False, silent=silent)
        display.wait("Rest", "begins at 22:30", "5:00")
        display.show(MOMENT, Notice("volume +1.5 dB", 1))
        display.help()
        display.tell("kept at 4:05")
        assert bool(capsys.readouterr().out) != silent
