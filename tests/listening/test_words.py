"""What is taken for a command, and what is not."""

from __future__ import annotations

import pytest

from voiceguide.listening.words import WORDS, called, changes, command_in
from voiceguide.model.live import Command


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("text", ["Guide, {}.", "guide {}!", " Guided {}", "Guy. {}."])
def test_the_attention_word_and_a_command_are_a_command(text: str, word: str) -> None:
    assert command_in([(text.format(word), -0.2)]) == word


@pytest.mark.parametrize(
    "text", ["pause", "what's next", "guide me", "the guide pauses", "guide pause it", "", "guide"]
)
def test_anything_else_is_none(text: str) -> None:
    assert command_in([(text, -0.1)]) == ""


@pytest.mark.parametrize("word", WORDS)
def test_a_word_alone_is_a_command_once_it_was_called(word: str) -> None:
    assert called([("Guide.", -0.6)])
    assert command_in([(f"{word.capitalize()}.", -0.3)], called=True) == word
    assert command_in([(word, -0.3)]) == ""


def test_what_is_unlikely_was_not_said() -> None:
    noise = [("Guide.", -3.3), ("Guide, louder.", -4.2)]
    assert command_in(noise, called=True) == ""
    assert not called(noise)


def test_a_less_likely_hypothesis_counts_where_the_likeliest_is_no_command() -> None:
    assert command_in([("Guide, stop it.", -0.9), ("Guide, stop.", -1.2)]) == "stop"


def test_pause_and_continue_say_what_is_to_be_and_not_what_is_to_change() -> None:
    assert changes("pause") == (Command.HOLD,)
    assert changes("continue") == (Command.GO_ON,)


def test_more_time_is_a_key() -> None:
    assert changes("more time") == (Command.MORE,)


def test_louder_and_softer_are_worth_two_presses() -> None:
    assert changes("louder") == (Command.LOUDER, Command.LOUDER)
    assert changes("softer") == (Command.QUIETER, Command.QUIETER)
