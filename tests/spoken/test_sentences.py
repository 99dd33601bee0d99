"""Paragraphs are spoken sentence by sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.spoken.sentences import split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Breathe in", ["Breathe in"]),
        ("Hold the foot. Then let go!", ["Hold the foot.", "Then let go!"]),
        ("Is it warm? Good.", ["Is it warm?", "Good."]),
        ("Ask Dr. Smith first. Then begin.", ["Ask Dr. Smith first.", "Then begin."]),
        ("It is 3.5 long. Yes.", ["It is 3.5 long.", "Yes."]),
        ("And so on... Then rest.", ["And so on...", "Then rest."]),
        ('"Rest." She rests.', ['"Rest."', "She rests."]),
        ("你好。再见。", ["你好。", "再见。"]),
        ("Ein Satz. Über dich.", ["Ein Satz.", "Über dich."]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [sentence for _, sentence in split(text)] == sentences


@given(st.text(max_size=300))
def test_no_character_is_lost_and_every_offset_is_true(text: str) -> None:
    pieces = list(split(text))
    assert "".join("".join(p.split()) for _, p in pieces) == "".join(text.split())
    assert all(text[offset:].startswith(piece) for offset, piece in pieces)
