"""The words that are understood, and when a recognised text holds them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voiceguide.model.live import Command

ATTENTION = "guide"
"""Said before every command, so that people who talk to each other command nothing."""
WORDS = {
    "pause": Command.HOLD,
    "continue": Command.GO_ON,
    "repeat": Command.REPEAT,
    "next": Command.NEXT,
    "more time": Command.MORE,
    "louder": Command.LOUDER,
    "softer": Command.QUIETER,
    "stop": Command.KEEP,
}
"""What each does. "stop" keeps the place: a word that was misheard then loses nothing."""
STEPS = {"louder": 2, "softer": 2}
"""How many presses of a key a word is worth: whoever has to ask aloud wants to hear that it helped."""
PROMPT = " ".join(f"{ATTENTION.capitalize()}, {word}." for word in WORDS)
"""What a recogniser is told to expect."""
LEAST, LEAST_CALLED = -2.0, -3.0
"""The lowest logarithms of a probability at which words are taken for said: at any time, and after the attention word.

What is left of a session was once heard as a command at -2.8, and "softer" after the attention word at -2.5.
"""
_HEARD_AS = "guide|guides|guided|guy|guyed"  # also where its last sound runs into the next word
_CALL = re.compile(rf"({_HEARD_AS})( ({_HEARD_AS}))*")
_COMMAND = re.compile(rf"(?:({_HEARD_AS}) )?(?P<word>{'|'.join(WORDS)})")

Hypotheses = Sequence[tuple[str, float]]
"""Texts with the logarithms of their probabilities, the likeliest first."""


def called(hypotheses: Hypotheses) -> bool:
    """Whether the attention word was said, and nothing else: people pause after it."""
    return any(score >= LEAST and _CALL.fullmatch(_letters(text)) for text, score in hypotheses[:1])


def command_in(hypotheses: Hypotheses, *, called: bool = False) -> str:
    """The word that was said: of the likeliest hypothesis that is a command and nothing else. Empty for none.

    A command begins with the attention word, unless that was `called` a moment ago.
    """
    least = LEAST_CALLED if called else LEAST
    for text, score in hypotheses:
        found = _COMMAND.fullmatch(_letters(text))
        if found and score >= least and (called or found[1]):
            return found["word"]
    return ""


def _letters(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+", text.lower()))


def changes(word: str) -> tuple[Command, ...]:
    """What `word` asks for, whatever goes on: "pause" of a session that is paused changes nothing there."""
    return (WORDS[word],) * STEPS.get(word, 1)
