"""The clock is put back and forward, and `--at` begins when it next shows the time."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from voiceguide.cli.waiting import begins, next_time

try:
    BERLIN = ZoneInfo("Europe/Berlin")
except ZoneInfoNotFoundError:  # Windows has none of its own
    pytest.skip("there are no time zones here", allow_module_level=True)


def on(day: int, month: int, hour: int, minute: int, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, fold=fold, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "wanted", "minutes"),
    [
        (on(25, 10, 2, 10), time(2, 30), 20),
        (on(25, 10, 2, 10, fold=1), time(2, 30), 20),
        (on(25, 10, 2, 45), time(2, 30), 45),
        (on(25, 10, 2, 45, fold=1), time(2, 30), 23 * 60 + 45),
        (on(25, 10, 1, 30), time(2, 0), 30),
        (on(25, 10, 1, 30), time(3, 0), 150),
        (on(24, 10, 3, 0), time(2, 30), 23 * 60 + 30),
        (on(29, 3, 1, 30), time(3, 0), 30),
        (on(29, 3, 1, 0), time(2, 30), 90),
        (on(29, 3, 3, 10), time(2, 30), 20),
        (on(29, 3, 3, 40), time(2, 30), 23 * 60 - 10),
    ],
)
def test_it_is_the_next_time_the_clock_shows_it(now: datetime, wanted: time, minutes: int) -> None:
    moment = next_time(wanted, now)
    assert moment.timestamp() - now.timestamp() == 60 * minutes


def test_a_time_that_the_clock_leaves_out_is_told_as_the_clock_shows_it() -> None:
    now = on(29, 3, 1, 0)
    assert begins(next_time(time(2, 30), now), now) == "begins at 03:30 today"


def test_every_moment_of_the_longest_day_is_ahead_and_within_a_day() -> None:
    now = on(24, 10, 22, 0)
    for minutes in range(0, 8 * 60, 7):
        here = datetime.fromtimestamp(now.timestamp() + 60 * minutes, BERLIN)
        for wanted in (time(1, 59), time(2, 0), time(2, 30), time(2, 59), time(3, 0)):
            ahead = timedelta(seconds=next_time(wanted, here).timestamp() - here.timestamp())
            assert timedelta(0) < ahead <= timedelta(hours=25)
            assert next_time(wanted, here).time() == wanted
