"""A recorded line: read, judged, and cut to its speech. No engine has a part in it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import ContentError, EngineError, Problem
from voiceguide.model.script import Recording, Say
from voiceguide.model.units import Frames, Millis, to_millis
from voiceguide.progress import Listener, Warn
from voiceguide.spoken import pace

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.audio.homemade import Line

SCHEMA = 2
"""Part of every key: raise it whenever reading, cutting or storing changes the samples."""
LONGEST = 300.0
"""Seconds of one line. Whatever a header promises, no more is read."""
BAND = (0.3, 6.0)
"""How long a line is, relative to what a voice at ordinary pace takes: teachers are slow. Outside it, it is doubted."""

_AGAIN = "record this line again"
_READABLE = "save it as WAV, FLAC, OGG or MP3"
_CURES = {
    "silent": f"{_AGAIN}, louder: nearer to the microphone",
    "clipped": f"{_AGAIN}, softer: further from the microphone, or with less gain",
    "noise": f"{_AGAIN}, where it is quiet",
    "holds": _AGAIN,
    "truncated": "copy the file again, it is not whole",
    "lost sync": "copy the file again, it is not whole",
    "joined": "open it in a program for sound, look whether all of it is there, and save it as one WAV or FLAC",
    "too long": "cut the file into one for each line",
    "changed": "try again when nobody writes to it",
}


def key(recording: Recording) -> str:
    """The name of its clip in the cache: of its bytes alone, whoever would speak the other lines."""
    return hashlib.sha256(json.dumps(["recording", SCHEMA, recording.sha256]).encode()).hexdigest()


def played(say: Say, listener: Listener) -> Clip:
    """The clip of a recorded line: mono, trimmed to the speech. What is doubtful about it is told to `listener`.

    Raises ContentError, naming line and file, for what cannot be played.
    """
    recording = say.utterance.recording
    if recording is None:
        raise ValueError(f"'{say.text}' is not a recording")
    try:
        line = _read(recording)
    except EngineError as error:
        raise ContentError((_problem(say, recording, error.message),)) from None
    for doubt in _doubts(say, line):
        listener(Warn(f"{say.source}: {Path(recording.path).name}: {doubt}"))
    return line.clip


def _read(recording: Recording) -> Line:
    from voiceguide.audio import homemade
    from voiceguide.audio.decode import decode_bytes

    path = Path(recording.path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EngineError(f"it cannot be read: {error.strerror or error}") from None
    if hashlib.sha256(data).hexdigest() != recording.sha256:
        raise EngineError("it was changed while it was read")
    clip = decode_bytes(data, "it", LONGEST)
    if fault := homemade.fault(clip):
        raise EngineError(fault)
    line = homemade.line(clip)
    if not len(line.clip.samples):
        raise EngineError("there is no speech in it above its noise")
    return line


def _doubts(say: Say, line: Line) -> list[str]:
    from voiceguide.audio import homemade

    length = to_millis(Frames(len(line.clip.samples)), line.clip.rate)
    expected = pace.estimate(say.utterance)
    doubts = []
    if not BAND[0] * expected <= length <= BAND[1] * expected:
        told = f"it takes {_seconds(length)}, and '{say.text}' about {_seconds(expected)}"
        doubts.append(f"{told}: is it the right file?")
    if line.noise is not None and line.noise > homemade.NOISY:
        doubts.append(f"its background is only {-line.noise:.0f} dB below the voice, and will be heard")
    return doubts


def _seconds(length: Millis) -> str:
    return f"{length / 1000:.1f} s"


def _problem(say: Say, recording: Recording, fault: str) -> Problem:
    cure = next((cure for word, cure in _CURES.items() if word in fault), _READABLE)
    name = recording.written or Path(recording.path).name
    at = say.source
    return Problem(at.file, at.line, at.column, f"the recording {name} of '{say.text}' cannot be played: {fault}", cure)
