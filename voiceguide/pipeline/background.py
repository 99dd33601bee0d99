"""The background of a session: whose word holds, and how near it comes to speech. Known before anything is heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voiceguide import beds
from voiceguide.model.levels import FLOOR, LEAST_DISTANCE
from voiceguide.model.script import Script
from voiceguide.pipeline.profiles import profile
from voiceguide.settings import Settings

BED = "drone"
"""The background when neither the user nor the routine names one."""
_SWELLING = 2.0
"""Decibels by which a bed may come nearer under a single sentence: 1.6 is the most that was measured of what ships."""


def with_beds(script: Script, settings: Settings) -> Script:
    """The script with the beds that will be heard.

    The user's bed, or else the profile's, takes the place of the routine's and of all that its sections name. Raises
    UsageError and InputMissing, as `beds.check_name` does.
    """
    asked = settings.bed or profile(settings.profile).bed
    bed = asked or script.bed or BED
    beds.check_name(bed)
    own = (replace(section, bed="" if asked or section.bed == bed else section.bed) for section in script.sections)
    return replace(script, bed=bed, sections=tuple(own))


def named(script: Script) -> tuple[str, ...]:
    """Every bed that may be heard, each once."""
    return tuple(dict.fromkeys(section.bed or script.bed for section in script.sections))


def distance(names: Iterable[str], settings: Settings) -> float | None:
    """Decibels that the nearest of some beds lies below speech while somebody speaks; None where there is none."""
    softer = [found for name in names if (found := _softer(name)) is not None]
    return -FLOOR - (settings.bed_level or 0.0) + min(softer) if softer else None


def raised(names: Iterable[str], settings: Settings) -> bool:
    """Whether somebody wants one of some beds louder than beds are."""
    pieces = [piece for name in names for piece in beds.parse(name) if piece.name != beds.NONE]
    return any(piece.level + (settings.bed_level or 0.0) > 0 for piece in pieces)


def too_near(below: float | None) -> str:
    """What to say of a background that lies `below` dB under speech; "" where all is well."""
    if below is None or below - _SWELLING >= LEAST_DISTANCE:
        return ""
    lies = f"the background will lie only about {below:g} dB below speech, and nearer where it swells"
    return f"{lies}; {LEAST_DISTANCE:g} dB keep every word clear (WCAG 2, 1.4.7)"


def _softer(name: str) -> float | None:
    """Decibels by which a bed is written softer than beds are; louder ones are held under speech all the same."""
    levels = [piece.level for piece in beds.parse(name) if piece.name != beds.NONE]
    return max(0.0, -max(levels)) if levels else None
