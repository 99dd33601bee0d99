"""A time of day is the next time the clock shows it."""

from datetime import datetime, time

import click
import pytest

from voiceguide.cli.waiting import TimeOfDay, begins, next_time

EVENING = datetime(2026, 3, 28, 22, 15, 30)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("22:30", time(22, 30)), ("7:05", time(7, 5)), ("22.30", time(22, 30)), (" 0:00:09 ", time(0, 0, 9))],
)
def test_times_of_day_are_read(written: str, expected: time) -> None:
    assert TimeOfDay().convert(written, None, None) == expected


@pytest.mark.parametrize("written", ["24:00", "22:60", "noon", "22", "-1:00", "22:30pm", "", "1:2"])
def test_what_is_no_time_of_day_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time of day"):
        TimeOfDay().convert(written, None, None)


def test_it_begins_today_or_tomorrow() -> None:
    today, tomorrow = next_time(time(22, 30), EVENING), next_time(time(7), EVENING)
    assert today == datetime(2026, 3, 28, 22, 30)
    assert tomorrow == datetime(2026, 3, 29, 7, 0)
    assert begins(today, EVENING) == "begins at 22:30 today"
    assert begins(tomorrow, EVENING) == "begins at 07:00 tomorrow"
    assert next_time(time(22, 15, 30), EVENING).day == 29
    assert begins(next_time(time(22, 15, 31), EVENING), EVENING) == "begins at 22:15:31 today"
