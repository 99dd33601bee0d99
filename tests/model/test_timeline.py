"""What a timeline tells of itself."""

from voiceguide.model.timeline import Chapter, Timeline
from voiceguide.model.units import Frames


def timeline(*beds: tuple[int, str]) -> Timeline:
    """Chapters of so many frames with beds of their own."""
    chapters, at = [], 0
    for length, bed in beds:
        chapters.append(Chapter("one", "one", Frames(at), Frames(length), bed))
        at += length
    return Timeline("session", 100, Frames(at), tuple(chapters), (), bed="drone")


def test_a_session_without_changes_has_one_bed() -> None:
    assert timeline().beds == ((0, "drone"),)
    assert timeline((5, ""), (5, "drone"), (5, "")).beds == ((0, "drone"),)


def test_beds_change_where_chapters_do() -> None:
    changes = timeline((5, "rain"), (5, "rain"), (5, ""), (5, "none"), (5, "rain"))
    assert changes.beds == ((0, "rain"), (10, "drone"), (15, "none"), (20, "rain"))


def test_a_chapter_of_no_length_is_never_heard() -> None:
    assert timeline((5, ""), (0, "rain"), (5, "ocean")).beds == ((0, "drone"), (5, "ocean"))
    assert timeline((5, ""), (0, "rain"), (5, "")).beds == ((0, "drone"),)
