"""Hears a few spoken commands while a session plays, on this machine alone.

    microphone ──> echo: what is being played is taken out ──> speech: short stretches of somebody speaking
                                                                   └──> recogniser ──> words: "guide, pause"

The program's own voice must not command it. What is played is known to the sample, so an adaptive filter learns how
the room passes it on and subtracts it; nothing is recognised before the filter has learnt, or has found that there is
nothing to learn (headphones); a stretch in which the session itself is found again is nobody's; and a command begins
with the word "guide", which no narration says just before one of the eight words.
"""

from __future__ import annotations

from voiceguide.listening.ears import Ears
from voiceguide.listening.listener import Listener
from voiceguide.listening.microphone import READY, Microphone
from voiceguide.listening.pairs import Played
from voiceguide.listening.recogniser import Recogniser
from voiceguide.listening.words import WORDS, command_in

__all__ = ["READY", "WORDS", "Ears", "Listener", "Microphone", "Played", "Recogniser", "command_in"]
