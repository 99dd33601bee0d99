"""A finished session: the file as ffmpeg decodes and measures it, and every line that should be in it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from voiceguide import engines, pipeline
from voiceguide.audio.resample import resampled
from voiceguide.cache import ClipCache
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Millis
from voiceguide.narrator import Narrator
from voiceguide.settings import Settings

Sound = NDArray[np.float32]
RATE = 44_100


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence: its words as engines receive them, its place in frames, and the clip that was mixed there."""

    spoken: str
    source: str
    start: int
    end: int
    clip: Sound | None = None
    """Mono, at the session's rate; None where the cache is not at hand."""


@dataclass(frozen=True, slots=True)
class Session:
    """`sound` is mono, full scale at ±1, `RATE` frames a second."""

    sound: Sound
    lines: tuple[Line, ...]

    def part(self, first: int, last: int) -> Session:
        """The lines from `first` up to `last` alone, with a second of sound on both sides."""
        lines = self.lines[first:last]
        start, end = max(0, lines[0].start - RATE), lines[-1].end + RATE
        moved = tuple(replace(line, start=line.start - start, end=line.end - start) for line in lines)
        return Session(self.sound[start:end], moved)


@dataclass(frozen=True, slots=True)
class Made:
    """What the program wrote, and what it said of it."""

    path: Path
    frames: int
    session: Session


def made(routine: str, length: Millis | None, settings: Settings, path: Path) -> Made:
    """Renders a routine that ships, with its bed, and reads the file back."""
    done = pipeline.render(Library(shelves()), routine, length, Wishes(), settings, path)
    session = Session(mono(decoded(path)), tuple(_lines(done.timeline, settings)))
    return Made(path, done.report.frames, session)


def planned(path: Path, plan: dict[str, list[dict[str, str]]]) -> Session:
    """A file that is there already, with the document that `voiceguide plan --json` printed for it."""
    says = (cue for cue in plan["cues"] if cue["kind"] == "say")
    places = ((cue, round(float(cue["start"]) * RATE), round(float(cue["end"]) * RATE)) for cue in says)
    return Session(mono(decoded(path)), tuple(Line(cue["text"], cue["source"], *place) for cue, *place in places))


def decoded(path: Path) -> NDArray[np.int16]:
    """Stereo samples, shape (frames, 2), as ffmpeg decodes them."""
    command = [_ffmpeg(), "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "2", "-ar", str(RATE), "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.int16).reshape(-1, 2)


def mono(sound: NDArray[np.int16]) -> Sound:
    """Both ears in one, full scale at ±1."""
    return (sound.sum(axis=1, dtype=np.int32) / 65536).astype(np.float32)


def loudness(path: Path) -> tuple[float, float]:
    """(LUFS, dBTP) of a file, by ffmpeg's meter (EBU R 128)."""
    command = [_ffmpeg(), "-nostats", "-i", str(path), "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stderr
    summary = text[text.rindex("Summary:") :]
    found = (re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak"))
    integrated, peak = (float(match[1]) for match in found if match)
    return integrated, peak


def _lines(timeline: Timeline, settings: Settings) -> Iterator[Line]:
    """Every sentence with its clip, from the cache that the program filled."""
    engine = engines.make(settings.engine, settings)
    try:
        narrator = Narrator(engine, ClipCache(settings.cache_folder))
        for placement in timeline.placements:
            if placement.kind == "say":
                yield _line(placement, narrator)
    finally:
        engine.close()


def _line(placement: Placement, narrator: Narrator) -> Line:
    assert placement.utterance is not None
    assert narrator.length(placement.utterance), f"'{placement.text}' is not in the cache"
    clip = resampled(narrator.clip(placement.utterance), RATE)
    words = placement.utterance.spoken
    return Line(words, str(placement.source), placement.start, placement.end, clip)


@cache
def _ffmpeg() -> str:
    return imageio_ffmpeg.get_ffmpeg_exe()
