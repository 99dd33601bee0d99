"""Text-to-speech systems behind one small Protocol. Engines only speak: they never cache, trim, fade, retry or play.

To add one:
1. write `engines/<name>.py` with a class that keeps the Protocol below; import the speech library inside
   its methods, so that nothing is loaded before somebody speaks;
2. name it in `BUILTIN`, or in your own package under the entry-point group `voiceguide.engines`;
3. run `pytest tests/contracts`: the suite takes every name in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from voiceguide import plugins
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance
    from voiceguide.model.units import Millis

GROUP = "voiceguide.engines"
BUILTIN = {
    "espeak": "voiceguide.engines.espeak:EspeakEngine",
    "pyttsx3": "voiceguide.engines.pyttsx3:Pyttsx3Engine",
    "kokoro": "voiceguide.engines.kokoro:KokoroEngine",
    "openai": "voiceguide.engines.openai:OpenaiEngine",
    "piper": "voiceguide.engines.piper:PiperEngine",
    "silent": "voiceguide.engines.silent:SilentEngine",
    "tone": "voiceguide.engines.tone:ToneEngine",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of an engine, as the user may name it."""

    name: str
    language: str
    """A language tag: `en-gb`."""
    title: str = ""
    licence: str = ""
    """Of the voice and what it needs, as SPDX names it where it can; empty when nobody says."""
    install: str = ""
    """The command that brings this voice; empty when it is here."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an utterance, or several that are said as one, with the signs around it."""

    text: str
    """As it stands in the spoken text."""
    start: Millis
    """From the clip's first sample."""


class Engine(Protocol):
    """Speaks one utterance at a time. Made with the user's settings; making one loads nothing."""

    name: str
    audible: bool
    """False for an engine whose clips are silent on purpose."""
    calibrated: bool
    """True when its rate is real words per minute, as `spoken.pace` reckons: lengths are judged harder then."""
    pitched: bool
    """True when it can speak higher and lower."""
    copies: int
    """How many of this engine side by side are quicker than one, where there are as many processors."""

    def identity(self, utterance: Utterance) -> str:
        """Everything beside the utterance that changes its sound: versions, model hashes, calibration.

        Cheap: loads neither the speech library nor numpy, because `plan` asks for it. The same for a voice that is not
        there: only `speak` complains.
        """

    def voices(self) -> tuple[Voice, ...]:
        """All voices that are here or that a command brings (`Voice.install`), those of English first."""

    def received(self, utterance: Utterance) -> str:
        """What the speech library is given for `utterance`, for people to read: text, or phonemes where it takes those.

        Raises as `speak` does.
        """

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        """The utterance as the engine gave it, untrimmed.

        Raises UsageError for a voice that there is not, EngineMissing when the engine is not installed, and
        EngineError when it failed, crashed or took more than `deadline` seconds; the next call then starts afresh.
        """

    def close(self) -> None:
        """Stops whatever runs. Safe to call twice."""


def names() -> tuple[str, ...]:
    """Every engine there is."""
    return plugins.names(GROUP, BUILTIN)


def make(name: str, settings: Settings | None = None) -> Engine:
    """A new engine by name, with the user's settings or the plain ones. Raises UsageError when there is none."""
    return cast(Engine, plugins.load(GROUP, BUILTIN, name)(settings or Settings()))
