"""Where a session goes, and what its file says of itself."""

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
from voiceguide.near import suggest
from voiceguide.pipeline.settle import RATE
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from voiceguide.mixer import MixLevels


OUTPUT = Path("output")
"""Where sessions go when no file is named."""


def default_target(script: Script, frames: Frames, settings: Settings, section: str | None) -> Path:
    """`output/<routine>-<length>.<format>` under the current folder."""
    part = "-" + "-".join("".join(c if c.isalnum() else " " for c in section.lower()).split()) if section else ""
    name = f"{script.name}-{format_duration(to_millis(frames, RATE))}{part}.{settings.format}"
    return OUTPUT / name


def check_output(path: Path, settings: Settings, bed: str, *, clobber: bool) -> None:
    """Whether the file can be made, before a minute is spent on it. Makes nothing yet.

    Raises UsageError for unknown names, CannotCreate for a place that takes no file.
    """
    from voiceguide import exporter

    encoders.check_name(settings.format)
    beds.check_name(bed)
    levels(settings)
    default = path.parent == OUTPUT and not OUTPUT.exists()
    # The default folder is made at the end; until then the current one must be able to take it.
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


def levels(settings: Settings) -> MixLevels:
    """What the profile and the user ask of the mix. Raises UsageError for an unknown profile."""
    from voiceguide.mixer import PROFILES

    if settings.profile not in PROFILES:
        raise UsageError(f"there is no profile called '{settings.profile}'", suggest(settings.profile, PROFILES))
    return replace(PROFILES[settings.profile], bed=settings.bed_level or 0.0)


def tags(timeline: Timeline, part: Chapter | None) -> Tags:
    """Title, artist and chapters of the whole, or of one part of it."""
    chapters = (part,) if part else timeline.chapters
    start = part.start if part else 0
    marks = tuple(Mark(c.title, _millis(c.start - start), _millis(c.end - start)) for c in chapters)
    title = f"{timeline.title}: {part.title}" if part else timeline.title
    names = "\n".join(dict.fromkeys(chapter.title for chapter in chapters))
    artist = timeline.author or "voiceguide"
    return Tags(title, artist, timeline.title, timeline.language, names, marks)


def _millis(frames: int) -> Millis:
    return to_millis(Frames(frames), RATE)
