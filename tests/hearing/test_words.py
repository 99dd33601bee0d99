"""What counts as heard, and what does not."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("jiwer")
sys.path.insert(0, str(Path(__file__).parent))
from alignment import align
from words import SAME_SOUND, SAME_WORD, bare, joined


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("Don’t hurry — let go.", "don't hurry, let go"),
        ("Knead your sole, from the heel.", "Need your soul from the he'll"),
        ("Move toward the toes.", "move towards the tows"),
        ("A café, half-open.", "a cafe half open"),
    ],
)
def test_what_sounds_the_same_is_the_same(written: str, understood: str) -> None:
    assert bare(written) == bare(understood)


@pytest.mark.parametrize(
    ("written", "understood"),
    [("the sole", "the sold"), ("your left foot", "your right foot"), ("them", "him"), ("the heel", "a heel")],
)
def test_other_words_stay_other_words(written: str, understood: str) -> None:
    assert bare(written) != bare(understood)


def test_a_word_has_one_sound() -> None:
    words = [word for group in (*SAME_SOUND, *SAME_WORD) for word in group.split()]
    assert len(words) == len(set(words))


def test_compounds_are_one_word_on_both_sides() -> None:
    known = {"finger", "tip", "fingertip", "to", "be"}
    assert joined(["finger", "tip", "to", "be"], known) == ["fingertip", "to", "be"]


def test_every_kind_of_error_counts_once_and_has_its_place() -> None:
    text = ["hold", "the", "top", "of", "your", "left", "foot"]
    assert align(text, text).rate == 0
    changed, missing, added = (
        align(text, other.split())
        for other in (
            "hold the top on your left foot",
            "hold the top of left foot",
            "hold on the top of your left foot",
        )
    )
    assert [found.rate for found in (changed, missing, added)] == pytest.approx([1 / 7] * 3)
    assert [found.missed(0, 7) for found in (changed, missing, added)] == [[3], [4], []]


def test_silence_has_lost_everything() -> None:
    assert align(["let", "go"], []).missed(0, 2) == [0, 1]
    assert align(["let", "go"], []).rate == 1
    assert align([], []).rate == 0
