"""Time is read, written and rounded in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.model.units import (
    Frames,
    Millis,
    format_clock,
    format_duration,
    parse_duration,
    rescale,
    to_frames,
    to_millis,
)


@pytest.mark.parametrize(
    ("written", "millis"),
    [
        ("90", 90_000),
        ("90s", 90_000),
        ("2.5s", 2_500),
        ("1m30s", 90_000),
        ("15m", 900_000),
        ("1h", 3_600_000),
        ("1:30", 90_000),
        ("0:30", 30_000),
        ("1:02:03", 3_723_000),
        ("7:30.25", 450_250),
        ("10 seconds", 10_000),
        ("2 minutes 5 secs", 125_000),
        ("500ms", 500),
        ("1h 1m 1s", 3_661_000),
        ("0.0005s", 1),
    ],
)
def test_every_spelling_of_a_length_is_read(written: str, millis: int) -> None:
    assert parse_duration(written) == millis


@pytest.mark.parametrize(
    "written",
    ["", " ", "-5", "nan", "inf", "1e9", "5 bananas", "1:75", "1:99:00", "s", "1s30m", "٣", "1,5s", "--", "1:2"],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_duration(written)


@given(st.integers(0, 10**9).map(Millis))
def test_what_is_printed_reads_back(length: Millis) -> None:
    assert parse_duration(format_duration(length)) == length
    assert parse_duration(format_clock(length, millis=True)) == length


@given(st.integers(0, 10**8).map(Millis), st.sampled_from([8_000, 22_050, 44_100, 48_000]))
def test_a_length_in_frames_is_off_by_half_a_frame_at_most(length: Millis, rate: int) -> None:
    assert abs(to_frames(length, rate) * 1000 - length * rate) * 2 <= 1000


@given(st.integers(0, 10**8).map(Frames))
def test_a_clip_at_twice_the_rate_has_twice_the_frames(frames: Frames) -> None:
    assert rescale(frames, 22_050, 44_100) == 2 * frames
    assert rescale(frames, 44_100, 44_100) == frames


def test_whole_seconds_stay_whole() -> None:
    assert to_millis(to_frames(Millis(16_000), 44_100), 44_100) == 16_000
