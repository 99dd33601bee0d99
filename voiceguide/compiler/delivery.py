"""Who speaks a line, how quickly and how high: the routine's own way, a section's, a mark's, and the user's wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from voiceguide.errors import UsageError
from voiceguide.model.cues import Manner
from voiceguide.model.routine import HIGHEST, LOWEST, Delivery, Routine, Wishes, asked_voices
from voiceguide.near import suggest

RATE = 115
"""Words a minute when nobody asks for another: the middle of 100-130, the pace of guided sessions."""
SLOWEST, FASTEST = 60, 400

UNSAID = Delivery()
Manners = Mapping[str, str | int]
"""What marks say: aspect → value. What they leave open is not in it."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one line is spoken."""

    voice: str
    """A voice of the engine; empty for its default."""
    rate: int
    pitch: int


class Cast:
    """Everybody who speaks in a routine, on one engine, as the user wishes.

    What is nearest to a line wins: a mark, then its section, then the routine. A role brings its own rate and pitch,
    unless these stand as near to the line as its name, or nearer. The user's voice takes the place of the routine's
    own, and `role=voice` that of a role. The user's rate takes the place of the routine's and all others keep their
    proportion to it; the user's pitch takes the place of the routine's and all others keep their distance.
    """

    def __init__(self, routine: Routine, wishes: Wishes) -> None:
        self._engine = wishes.engine
        self._roles = {name.casefold(): role for name, role in routine.voices.items()}
        voice, roles = asked_voices(wishes.voice)
        own = routine.delivery
        role = self._roles.get(self._picked(own.voice or {}).casefold(), Delivery())
        self._written = _first(own.rate, role.rate, RATE), _first(own.pitch, role.pitch, 0)
        self._asked = _first(wishes.rate, self._written[0]), _first(wishes.pitch, self._written[1])
        self._own = Delivery({"": voice} if voice else own.voice or {}, *self._written)
        for name, replacement in roles.items():
            if name.casefold() not in self._roles:
                hint = suggest(name, routine.voices) or "name the voice alone: --voice en-gb"
                raise UsageError(f"this routine has no role '{name}' to give a voice to", hint)
            self._roles[name.casefold()] = replace(self._roles[name.casefold()], voice={"": replacement})

    def way(self, section: Delivery = UNSAID, manners: Manners | None = None) -> Way:
        """How a line of `section` is spoken, under the marks that hold for it."""
        layers = (self._own, section, _marked(manners or {}))
        near, voices = 0, list[str]()
        for place, layer in enumerate(layers):
            if layer.voice is not None:
                near, voices = place, [self._picked(layer.voice), *voices]
        role = self._roles.get(voices[0].casefold(), Delivery())
        rate = _nearest([layer.rate for layer in layers], near, role.rate)
        pitch = _nearest([layer.pitch for layer in layers], near, role.pitch)
        return Way(self._voice(voices), self._scaled(rate), self._shifted(pitch))

    def voices(self) -> dict[str, str]:
        """Role → voice of the engine."""
        return {name: self.way(manners={"voice": name}).voice for name in self._roles}

    def _picked(self, names: Mapping[str, str]) -> str:
        """The name for this engine; an engine that is not named takes its default."""
        return names.get(self._engine, names.get("", ""))

    def _voice(self, names: Sequence[str]) -> str:
        """The voice behind a role or name; a role that has none speaks as whoever stands above."""
        for name in names:
            role = self._roles.get(name.casefold())
            if role is None:
                return name
            if role.voice is not None:
                return self._picked(role.voice)
        return ""

    def _scaled(self, rate: int) -> int:
        (written, _), (asked, _) = self._written, self._asked
        return min(max((2 * rate * asked + written) // (2 * written), SLOWEST), FASTEST)

    def _shifted(self, pitch: int) -> int:
        return min(max(pitch + self._asked[1] - self._written[1], LOWEST), HIGHEST)


def after(manners: Manners, change: Manner) -> Manners:
    """What holds behind a mark; one without a value takes its aspect back."""
    kept = {aspect: value for aspect, value in manners.items() if aspect != change.aspect}
    return kept if change.value == "" else {**kept, change.aspect: change.value}


def _marked(manners: Manners) -> Delivery:
    voice, rate, pitch = (manners.get(aspect) for aspect in ("voice", "rate", "pitch"))
    return Delivery(
        {"": voice} if isinstance(voice, str) else None,
        rate if isinstance(rate, int) else None,
        pitch if isinstance(pitch, int) else None,
    )


def _nearest(values: Sequence[int | None], near: int, role: int | None) -> int:
    """The last value there is; a role's stands where its name does, behind what is written there."""
    written = [(place, value) for place, value in enumerate(values) if value is not None]
    place, value = written[-1]
    return value if role is None or place >= near else role


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)
