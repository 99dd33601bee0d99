"""One line, spoken whole or not at all: attempts, patience, and a look at what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voiceguide.engines import Engine
from voiceguide.errors import EngineError, EngineMissing, SpeechFailed, UsageError, VoiceguideError
from voiceguide.model.cues import NOWHERE
from voiceguide.model.script import Say, Utterance
from voiceguide.model.units import Millis
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

ATTEMPTS = 3
PATIENCE = 10.0
"""Seconds that any utterance may take, with `PER_SECOND` more for each second it is expected to last."""
PER_SECOND = 3.0


def spoken(engine: Engine, say: Say, stopped: Callable[[], bool] = lambda: False) -> Clip:
    """The trimmed clip of a line, after as many attempts as it takes; none is begun once somebody has `stopped` it.

    Raises SpeechFailed after the last, and whatever else the engine says that another attempt cannot cure.
    """
    reason = ""
    for _ in range(ATTEMPTS):
        if stopped():
            break
        try:
            return _attempt(engine, say.utterance)
        except EngineMissing:
            raise
        except UsageError as error:
            if say.source == NOWHERE:
                raise
            raise UsageError(f"{say.source}: {error.message}", error.hint) from None
        except EngineError as error:
            reason = error.message
        except VoiceguideError:
            raise
        except Exception as error:  # an outsider's engine may raise anything
            reason = f"{type(error).__name__}: {error}"
    raise SpeechFailed(
        f"{say.source}: '{short(say.text)}' could not be spoken, {ATTEMPTS} times over: {reason}",
        "say it in other words, choose another voice with --voice, or run 'voiceguide doctor'",
    )


def short(text: str) -> str:
    """The beginning of a line, for messages."""
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"


def _attempt(engine: Engine, utterance: Utterance) -> Clip:
    expected = pace.estimate(utterance)
    clip = engine.speak(utterance, PATIENCE + PER_SECOND * expected / 1000)
    if not engine.audible:
        return clip
    return _verified(clip, expected, *pace.tolerance(utterance, calibrated=engine.calibrated))


def _verified(clip: Clip, expected: Millis, band: tuple[float, float], slack: Millis) -> Clip:
    """`clip`, trimmed. Raises EngineError when it cannot be the whole of what was to be spoken."""
    from voiceguide.audio import verify
    from voiceguide.audio.speech import trim

    reason = verify.fault(clip)
    if not reason:
        clip = trim(clip)
        reason = verify.fault_of_length(clip, expected, band, slack)
    if reason:
        raise EngineError(f"the engine's answer is wrong: {reason}")
    return clip
