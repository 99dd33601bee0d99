"""Where a session goes, what its file is made as, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide import beds, encoders
from voiceguide.encoders import Mark, Tags
from voiceguide.errors import CannotCreate, UsageError
from voiceguide.model.script import Script
from voiceguide.model.timeline import Chapter, Timeline
from voiceguide.model.units import Frames, Millis, format_duration, to_millis
from voiceguide.pipeline.profiles import profile
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voiceguide.audio.clip import Samples
    from voiceguide.mixer import MixLevels


OUTPUT = Path("output")
"""Where sessions go when no file is named."""
_STEMS = {
    "voice": frozenset({"voice"}),
    "sounds": frozenset({"sounds"}),
    "bed": frozenset({"bed"}),
    "mix": frozenset({"voice", "sounds", "bed"}),
}


def default_target(script: Script, frames: Frames, rate: int, settings: Settings, section: str | None) -> Path:
    """`output/<routine>-<length>.<format>` under the current folder."""
    part = "-" + "-".join("".join(c if c.isalnum() else " " for c in section.lower()).split()) if section else ""
    name = f"{script.name}-{format_duration(to_millis(frames, rate))}{part}.{settings.format}"
    return OUTPUT / name


def check_output(path: Path, settings: Settings, bed: str, *, clobber: bool) -> None:
    """Whether the file can be made, before a minute is spent on it. Makes nothing yet.

    Raises UsageError for unknown names, EngineMissing for a format that needs what is not installed, CannotCreate for a
    place that takes no file.
    """
    session_rate(settings)
    beds.check_name(bed)
    levels(settings)
    for one in (*(stems(path).values() if settings.stems else ()), path):
        check_place(one, clobber=clobber)


def check_place(path: Path, *, clobber: bool) -> None:
    """Whether a file can be made there. Raises CannotCreate."""
    from voiceguide import exporter

    # The default folder is made at the end; until then the current one must be able to take it.
    default = path.parent == OUTPUT and not OUTPUT.exists()
    exporter.check(Path(path.name) if default else path, clobber=clobber or default)


def make_folder(path: Path) -> None:
    """Makes the default folder for `path`. Raises CannotCreate."""
    if path.parent != OUTPUT:
        return
    try:
        OUTPUT.mkdir(exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder '{OUTPUT}': {error.strerror}"
        raise CannotCreate(message, "name a file elsewhere with -o") from None


def levels(settings: Settings, *, thorough: bool = False) -> MixLevels:
    """What the profile and the user ask of the mix, which has time where it is `thorough`.

    Raises UsageError for unknown names.
    """
    from voiceguide.audio import shaping

    traits = encoders.traits(settings.format, quality(settings))
    shaping.check_name(settings.shaping)
    asked = profile(settings.profile).levels(traits.overshoot, settings.bed_level or 0.0, mono=traits.mono)
    return replace(asked, shaping=settings.shaping, thorough=thorough)


def quality(settings: Settings) -> str:
    """How the format is written: as the user says, else as the profile does, else empty."""
    return settings.bitrate or profile(settings.profile).quality(settings.format)


def session_rate(settings: Settings) -> int:
    """Frames per second: as the user says, else as the format likes best. Raises UsageError where it cannot be."""
    rates = encoders.traits(settings.format, quality(settings)).rates
    rate = settings.sample_rate or rates[0]
    if rate not in rates:
        known = " or ".join(map(str, rates))
        raise UsageError(f"{settings.format} is not written at {rate} Hz", f"leave --sample-rate out, or use {known}")
    return rate


def channels(blocks: Iterable[Samples], settings: Settings) -> Iterator[Samples]:
    """The blocks as the format holds them: the mean of both channels in each where it holds one."""
    mono = encoders.traits(settings.format, quality(settings)).mono
    for block in blocks:
        yield block.mean(axis=1, keepdims=True).repeat(2, axis=1) if mono else block


def stems(path: Path) -> dict[frozenset[str], Path]:
    """Which parts of the mix go into which files beside `path`. The first three add up to the last."""
    return {_STEMS[name]: stem for name, stem in named_stems(path)}


def named_stems(path: Path) -> tuple[tuple[str, Path], ...]:
    """Every stem beside `path` with its name."""
    return tuple((name, path.with_name(f"{path.stem}.{name}.wav")) for name in _STEMS)


def tags(timeline: Timeline, part: Chapter | None) -> Tags:
    """Title, artist and chapters of the whole, or of one part of it."""
    chapters = (part,) if part else timeline.chapters
    start = part.start if part else 0

    def millis(place: int) -> Millis:
        return to_millis(Frames(place - start), timeline.rate)

    marks = tuple(Mark(c.title, millis(c.start), millis(c.end)) for c in chapters)
    title = f"{timeline.title}: {part.title}" if part else timeline.title
    names = "\n".join(dict.fromkeys(chapter.title for chapter in chapters))
    artist = timeline.author or "voiceguide"
    return Tags(title, artist, timeline.title, timeline.language, names, marks)
