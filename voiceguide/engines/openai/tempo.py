"""How fast a voice behind a server speaks, which nobody says: two short samples tell, once for each process and voice.

The interface has a speed, a factor of a tempo that differs from voice to voice, and some models ignore it. One sentence
at two speeds gives the tempo at speed 1 and how it grows with speed; the rate is then real words a minute, as with the
engines whose tempo was measured beforehand (`spoken.pace`).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voiceguide.errors import EngineError
from voiceguide.model.script import Utterance
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip

VERSION = 1
"""Part of the engine's identity: raise it whenever speeds come out differently."""
SAMPLE = Utterance(
    "Rest your left hand on the top of your foot and let the other thumb move slowly along the arch "
    "while your breath comes and goes as it likes."
)
SPEEDS = (1.0, 0.7)
"""What the sample is asked for at: the voice's own tempo, and about that of a calm session."""
SLOWEST, QUICKEST = 0.25, 4.0
"""The bounds that the interface sets to its speed."""
_PLAUSIBLE = (50.0, 500.0)
"""Words a minute. Beyond, what was measured was no speech."""
_OBEYED = 0.5
"""The least power of speed by which tempo grows; below, the model does not heed it."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """tempo = `natural` × speed ^ `power`, in words a minute."""

    natural: float
    power: float

    @property
    def obeyed(self) -> bool:
        """False for a model that speaks at its own tempo whatever it is told."""
        return self.power >= _OBEYED

    def speed(self, tempo: float) -> float | None:
        """What to ask for, to the thousandth; None when it would change nothing."""
        if not self.obeyed:
            return None
        wanted = math.pow(tempo / self.natural, 1 / self.power)
        return round(min(max(wanted, SLOWEST), QUICKEST), 3)


@dataclass(slots=True)
class _Samples:
    """What is known of one voice, by speed; engines side by side measure it once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    tempos: dict[float, float] = field(default_factory=dict)


_KNOWN: dict[tuple[str, ...], _Samples] = {}


def learned(voice: tuple[str, ...], speak: Callable[[float], Clip | None]) -> Tempo:
    """The tempo of `voice` (server, model, name), from what `speak` answers to `SAMPLE` at a speed.

    `speak` may give None for a speed that the server does not take. What was measured stays measured when it raises.
    """
    samples = _KNOWN.setdefault(voice, _Samples())
    with samples.lock:
        for speed in SPEEDS:
            if speed not in samples.tempos:
                clip = speak(speed)
                samples.tempos[speed] = samples.tempos[SPEEDS[0]] if clip is None else measured(clip)
        return fitted(samples.tempos)


def fitted(tempos: dict[float, float]) -> Tempo:
    """The curve through the tempos at both of `SPEEDS`."""
    natural, calm = (tempos[speed] for speed in SPEEDS)
    return Tempo(natural, math.log(natural / calm) / math.log(SPEEDS[0] / SPEEDS[1]))


def measured(clip: Clip) -> float:
    """The tempo at which `SAMPLE` was spoken. Raises EngineError when that is no speech."""
    from voiceguide.audio import verify
    from voiceguide.audio.speech import trim

    if reason := verify.fault(clip):
        raise EngineError(f"the engine's answer is wrong: {reason}")
    seconds = len(trim(clip).samples) / clip.rate
    tempo = pace.estimate(SAMPLE) / 1000 * pace.tempo(SAMPLE) / seconds
    if not _PLAUSIBLE[0] < tempo < _PLAUSIBLE[1]:
        raise EngineError(f"the engine's answer is wrong: it would be {tempo:.0f} words a minute")
    return tempo
