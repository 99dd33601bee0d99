"""What is written → what is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.spoken import spoken_form


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Breathe *slowly* and **deeply**.", "Breathe slowly and deeply."),
        ("Say “ah” – and rest.", "Say ah, and rest."),
        ("Don’t hurry…", "Don't hurry."),
        ("Rest… and wait.", "Rest, and wait."),
        ("snake_case stays", "snake_case stays"),
        ("a well-known place", "a well-known place"),
        ("two   spaces\tand\nlines", "two spaces and lines"),
    ],
)
def test_english(written: str, said: str) -> None:
    assert spoken_form(written, "en-gb") == said


def test_other_languages_keep_their_punctuation() -> None:
    assert spoken_form("Atme – *langsam*.", "de") == "Atme – langsam."


@given(st.text(max_size=200), st.sampled_from(["en", "de"]))
def test_no_letter_or_digit_is_ever_lost(text: str, language: str) -> None:
    said = spoken_form(text, language)
    assert [c for c in said if c.isalnum()] == [c for c in text if c.isalnum()]
    assert spoken_form(said, language) == said
