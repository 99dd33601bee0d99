"""What is said of a session that will not be what its profile or its listener wants, and is made all the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from voiceguide import beds, encoders
from voiceguide.model.levels import REST
from voiceguide.model.publishers import Kind
from voiceguide.model.units import Millis, format_duration
from voiceguide.pipeline.background import distance, raised, too_near
from voiceguide.pipeline.output import levels, quality, session_rate
from voiceguide.pipeline.profiles import profile
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from voiceguide.encoders import Traits
    from voiceguide.exporter import Report
    from voiceguide.mixer import Mix

_LEFT_AND_RIGHT = "binaural"
_HARDLY_HEARD = -24.0  # decibels from speech to the resting background
_WHOLE = ("flac", "wav")
"""Formats that lose nothing."""


def doubts(names: Iterable[str], length: Millis | None, settings: Settings) -> Iterator[str]:
    """Of a session over some beds, before anything is spoken. Raises UsageError and EngineMissing for its format."""
    names = tuple(names)
    traits = encoders.traits(settings.format, quality(settings))
    if near := too_near(distance(names, settings)):
        yield near
    if traits.mono and any(piece.name == _LEFT_AND_RIGHT for name in names for piece in beds.parse(name)):
        yield "binaural tones are one for each ear, and a file of one channel plays both to both: their beat is lost"
    if kind := profile(settings.profile).takes:
        yield from (f"{settings.profile} will refuse it: {why}" for why in _refused(kind, length, settings))


def too_soft(foretold: float, names: Iterable[str], settings: Settings) -> str:
    """What to say of a session of `foretold` LUFS over these beds that misses its profile; "" where it does not."""
    asked = levels(settings).loudness
    if asked is None or not math.isfinite(foretold):
        return ""
    cause = "too little is said in it for its length"
    if raised(names, settings):
        cause = "the background is so loud that the voice cannot be raised to it; --bed-level makes it softer"
    missed = profile(settings.profile).missed(foretold - asked)
    return f"the session will have {missed}: {cause}" if missed else ""


def too_faint(mix: Mix, settings: Settings) -> str:
    """What to say of a session whose background is hardly heard; "" where it is, or nobody wants to hear it."""
    # What was wanted softer, as in ocean:-12, is softer by itself.
    rests = [one.rest - min(0.0, one.loudness - beds.LOUDNESS) for one in mix.held.beds.values() if one.scale]
    if settings.bed_level is not None or not rests or (rest := max(rests)) >= _HARDLY_HEARD:
        return ""
    cures = f"--bed-level {REST - rest:.0f} makes it louder"
    if not profile(settings.profile).anchored:
        cures += ", and --profile sleep lets hours without a word be as loud as others"
    return f"so little is said that the background rests {-rest:.0f} dB below the voice and is hardly heard: {cures}"


def missed(report: Report, mix: Mix, names: Iterable[str], settings: Settings) -> str:
    """What to say of a whole session whose file, as measured, misses its profile; "" where it does not.

    What its mix was foretold to be counts as `too_soft` counts it, and what is off in the file is added to that. Where
    a profile goes by RMS, nothing is said: of a file its loudness is measured.
    """
    asked = levels(settings)
    off = report.loudness_lufs + _louder(settings) - mix.predicted_lufs
    if asked.loudness is None or not asked.gated or not math.isfinite(off):
        return ""
    missed = profile(settings.profile).missed(mix.aimed_lufs + off - asked.loudness)
    return f"the file has {missed}: {_cause(names, settings)}" if missed else ""


def _cause(names: Iterable[str], settings: Settings) -> str:
    """Why a file is not as loud as its mix was foretold to be."""
    if any(piece.name == beds.MUSIC for name in names for piece in beds.parse(name)):
        return "the music is softer or louder in places that were not heard beforehand"
    if settings.format in _WHOLE:
        return "it was not foretold so; please report it"
    return f"{settings.format} keeps less than was mixed; with a higher --bitrate it keeps more"


def _louder(settings: Settings) -> float:
    """Decibels by which the mix of a file of one channel is louder than a meter finds that file."""
    from voiceguide.mixer import BOTH_EARS

    return BOTH_EARS if encoders.traits(settings.format, quality(settings)).mono else 0.0


def _refused(kind: Kind, length: Millis | None, settings: Settings) -> Iterator[str]:
    """Why a publisher who takes one kind of file will not take this one."""
    traits, rate = encoders.traits(settings.format, quality(settings)), session_rate(settings)
    if (settings.format, rate) != (kind.format, kind.rate) or traits.bitrate < kind.bitrate:
        yield f"it takes {kind}, and this is {_described(settings.format, traits)} at {rate} Hz"
    if length is not None and length > kind.longest:
        yield f"it takes {format_duration(kind.longest)} at most, and this lasts {format_duration(length)}"


def _described(format_: str, traits: Traits) -> str:
    name = format_.upper()
    if format_ != "mp3":
        return name
    return f"{name} of {traits.bitrate} kbit/s" if traits.bitrate else f"{name} of a bit rate that varies"
