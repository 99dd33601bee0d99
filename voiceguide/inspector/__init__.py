"""Reads a finished file of sound from end to end, ours or anybody's, and reports what people will hear.

Whatever libsndfile decodes can be read, and M4A where there is an ffmpeg. Memory grows by 600 kB an hour, which is
what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voiceguide.encoders import Mark
from voiceguide.inspector import chapters, container, distance, faults, hearing, mp4, profiles, session
from voiceguide.inspector.container import Container
from voiceguide.inspector.distance import Distance
from voiceguide.inspector.faults import Fault
from voiceguide.inspector.hearing import Heard
from voiceguide.inspector.levels import Sound
from voiceguide.inspector.profiles import Verdict
from voiceguide.inspector.runs import Span
from voiceguide.inspector.session import Session
from voiceguide.model.units import Frames, to_millis
from voiceguide.progress import Listener, ignore

__all__ = ["Fault", "Inspection", "Session", "Span", "Stems", "Verdict", "inspect", "profiles", "session"]

_AGAIN = "render it again, or give the plan that it was made from"
_WITH_CHAPTERS = ("MP3", "MP4", "FLAC", "OGG", "OPUS")
_SLACK = 2 * 1152
"""Samples of an MP3 that need not be heard: two frames, which some encoders fill and some decoders leave out."""


@dataclass(frozen=True, slots=True)
class Stems:
    """The same session twice: what is spoken alone, and the bed alone."""

    voice: Path
    bed: Path


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that was found in one file. Places and lengths are in frames."""

    path: Path
    container: Container
    frames: int
    """As decoded."""
    sound: Sound
    leading: int
    """Silence ahead of the first sound: below -50 dBFS, in steps of 10 ms."""
    trailing: int
    longest: Span | None
    """The longest silence between two sounds; None when there is none of 0.1 s."""
    chapters: tuple[Mark, ...]
    faults: tuple[Fault, ...]
    distance: Distance | None
    near_speech_lufs: float | None
    """Integrated, of what lies near the sentences of the plan; None where it names none."""
    against_plan: bool
    against_cues: bool
    """Whether the plan names more than a length."""

    @property
    def seconds(self) -> float:
        return self.frames / self.container.rate


def inspect(
    path: Path, plan: Session | None = None, stems: Stems | None = None, listener: Listener = ignore
) -> Inspection:
    """Decodes the whole file and judges it. Events are of the stage `verify`, in frames.

    Raises InputMissing when it, or a stem, is not there, ContentError when it is no sound, lacks a part or is
    damaged, and EngineMissing for M4A without ffmpeg.
    """
    described, heard = hearing.listen(path, listener)
    length = to_millis(Frames(heard.frames), described.rate)
    is_mp4 = described.format == mp4.Stream.format
    marks = mp4.marks(path) if is_mp4 else chapters.read(container.tags(path), length)
    leading, longest, trailing = _silences(heard)
    found = [*_of_container(described, heard), *heard.faults]
    found += [Fault("chapters", text, "write its chapters again") for text in chapters.faults(marks, length)]
    if plan:
        lost = distance.lost(heard.powers, plan)
        holds = described.format in _WITH_CHAPTERS
        told = session.Found(heard.frames, described.rate, heard.silences, lost, marks, holds)
        texts = session.differences(plan, told, mp4.SLACK if is_mp4 else 1)
        found += [Fault("plan", text, _AGAIN) for text in texts]
    apart = _distance(heard, plan, stems)
    found += faults.of_distance(apart, described.rate) if apart else []
    lengths = leading.length, trailing.length, longest
    against = plan is not None, bool(plan and plan.cues)
    near = distance.near_speech(heard.powers, plan) if plan else None
    return Inspection(path, described, heard.frames, heard.sound, *lengths, marks, tuple(found), apart, near, *against)


def _of_container(described: Container, heard: Heard) -> list[Fault]:
    # An MP3 without a tag promises nothing, and its frames were counted already; an MP4 may leave out any part.
    promised = described.frames if described.frames and described.format not in ("MP3", "MP4") else heard.frames
    found = faults.of_frames(heard.frames, promised, described.rate)
    if described.strange:
        message = f"{described.strange} bytes in it belong to no frame"
        found.append(Fault("damage", message, faults.AGAIN))
    if described.beyond:
        message = f"{described.beyond} frames follow the end that its tag names: most players never reach them"
        found.append(Fault("damage", message, "join MP3 files by encoding them as one"))
    lost = described.samples - heard.frames
    if described.changes:
        found.append(faults.of_change(heard.frames, described.rate))
    elif lost > _SLACK and not described.beyond:
        found.append(faults.of_lost(lost, heard.frames, described.rate))
    return found


def _silences(heard: Heard) -> tuple[Span, Span | None, Span]:
    """At the beginning, the longest between sounds, and at the end. A silent file is all beginning."""
    nothing = Span(0, 0)
    leading = next((span for span in heard.silences if span.start == 0), nothing)
    trailing = next((span for span in heard.silences if span.end == heard.frames and span != leading), nothing)
    inner = [span for span in heard.silences if span not in (leading, trailing)]
    return leading, max(inner, key=lambda span: span.length, default=None), trailing


def _distance(heard: Heard, plan: Session | None, stems: Stems | None) -> Distance | None:
    if stems:
        return distance.from_stems(hearing.powers(stems.voice), hearing.powers(stems.bed), plan)
    return distance.from_rests(heard.powers, plan) if plan else None
