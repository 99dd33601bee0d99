"""English as a whole sentence: what is written → what is said."""

import pytest

from voiceguide.spoken import spoken_form


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Breathe *slowly* and **deeply**.", "Breathe slowly and deeply."),
        ("Say “ah” – and rest.", "Say ah, and rest."),
        ("Don’t hurry…", "Don't hurry."),
        ("Rest… and wait.", "Rest, and wait."),
        ("a well-known place", "a well-known place"),
        ("two   spaces\tand\nlines", "two spaces and lines"),
        (
            "Hold for 2-3 min (about 10 breaths), then rest 30s.",
            "Hold for two to three minutes, about ten breaths, then rest thirty seconds.",
        ),
        (
            "Mix ½ tsp of oil & 1 tbsp of salt @ 37 °C.",
            "Mix half a teaspoon of oil and one tablespoon of salt at thirty-seven degrees Celsius.",
        ),
        (
            "Dr. Smith's advice (Part IV): don't press the DVT.",
            "Doctor Smith's advice, Part four: don't press the D-V-T.",
        ),
    ],
)
def test_english(written: str, said: str) -> None:
    assert spoken_form(written, "en-gb") == said


@pytest.mark.parametrize("written", ["😌", "…", "**", "(!)", "'", "- –"])
def test_a_line_with_nothing_to_say_says_nothing(written: str) -> None:
    assert not any(character.isalnum() for character in spoken_form(written, "en"))
