"""`--engine auto`: the best voice that is installed for a language, and why it was taken."""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide import engines
from voiceguide.model.routine import asked_voices
from voiceguide.settings import Settings

AUTO = "auto"
NATURAL = ("kokoro", "piper")
"""Engines with natural voices that work offline, the best first. Predicted opinion scores: 4.2, 4.1; espeak 3.7."""
FALLBACK = "pyttsx3"


@dataclass(frozen=True, slots=True)
class Pick:
    """An engine that was chosen."""

    engine: str
    why: str


def best(language: str, settings: Settings) -> Pick:
    """The best installed engine that speaks `language`, or has the voice that the user named. Loads nothing."""
    asked, _ = asked_voices(settings.voice)
    for name in NATURAL:
        here = [voice for voice in engines.make(name, settings).voices() if not voice.install]
        named = [voice for voice in here if voice.name == asked]
        fitting = named if asked else [voice for voice in here if _speaks(voice, language)]
        if fitting:
            return Pick(name, f"speaking with {name}: the most natural voice that is installed for '{language}'")
    if asked:
        return Pick(FALLBACK, f"speaking with {FALLBACK}: no natural voice called '{asked}' is installed")
    more = "; more natural: pip install 'voiceguide[piper]'" if language.lower().startswith("en") else ""
    return Pick(FALLBACK, f"speaking with {FALLBACK}: no natural voice is installed for '{language}'{more}")


def _speaks(voice: engines.Voice, language: str) -> bool:
    return voice.language.partition("-")[0] == language.lower().replace("_", "-").partition("-")[0]
