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

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance

GROUP = "voiceguide.engines"
BUILTIN = {
    "pyttsx3": "voiceguide.engines.pyttsx3:Pyttsx3Engine",
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


class Engine(Protocol):
    """Speaks one utterance at a time."""

    name: str
    audible: bool
    """False for an engine whose clips are silent on purpose."""
    calibrated: bool
    """True when its rate is real words per minute, as `spoken.pace` reckons: lengths are judged harder then."""

    def identity(self) -> str:
        """Everything beside the utterance that changes the sound: versions, model hashes, calibration.

        Cheap: loads neither the speech library nor numpy, because `plan` asks for it.
        """

    def voices(self) -> tuple[Voice, ...]:
        """All voices, best first for nobody in particular."""

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


def make(name: str) -> Engine:
    """A new engine by name. Raises UsageError when there is none of that name."""
    return cast(Engine, plugins.load(GROUP, BUILTIN, name)())
