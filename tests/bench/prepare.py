"""Lays out one session for the others: where every clip goes, the clips as WAV files, and the whole mix as raw samples.

    python tests/bench/prepare.py ROUTINE MINUTES CACHE FOLDER

Every line has to be in the clip cache CACHE already. FOLDER gets `session.json`, `clip-*.wav`, `bed.wav` (half a minute
that loops) and `mix.raw` (16-bit stereo). The levels in `session.json` are those of our own mix: the root mean square
of the voice while somebody speaks, and of the bed over the whole session.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voiceguide import beds, engines, pipeline, soundbank
from voiceguide.audio.clip import Clip
from voiceguide.audio.dither import to_int16
from voiceguide.audio.resample import resampled
from voiceguide.audio.stitch import to_steps
from voiceguide.cache import ClipCache
from voiceguide.encoders.mp3 import BITRATE
from voiceguide.library import Library, shelves
from voiceguide.mixer import Mix
from voiceguide.model.routine import Wishes
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Millis, to_millis
from voiceguide.narrator import Narrator
from voiceguide.settings import Settings

VOICE_RATE = 22_050
"""Hz, of the default engine's clips."""
LOOP = 1_128_960
"""Frames in which the drone's tones close on themselves: 25.6 s."""
QUIETER = 6.0
"""Decibels of a bell below speech."""


def cues(timeline: Timeline, narrator: Narrator, speech: float, folder: Path) -> list[dict[str, Any]]:
    """Start, level and clip of every utterance and bell, with each clip written once."""
    files: dict[str, str] = {}
    found = []
    for placement in timeline.placements:
        if placement.kind == "rest":
            continue
        if placement.text not in files:
            clip = spoken(placement, narrator) or rung(placement, timeline.rate)
            files[placement.text] = str(folder / f"clip-{len(files):04}.wav")
            soundfile.write(files[placement.text], to_steps(clip.samples), clip.rate, subtype="PCM_16")
        start = to_millis(placement.start, timeline.rate)
        dbfs = speech if placement.kind == "say" else speech - QUIETER
        found.append({"start_ms": start, "dbfs": dbfs, "clip": files[placement.text]})
    return found


def spoken(placement: Placement, narrator: Narrator) -> Clip | None:
    return narrator.clip(placement.utterance) if placement.utterance else None


def rung(placement: Placement, rate: int) -> Clip:
    """A bell as one more clip: mono, at the voice's rate, cut where the next cue begins."""
    mono = soundbank.sound(placement.text, rate)[: placement.length].mean(axis=1)
    return Clip(resampled(Clip(mono, rate), VOICE_RATE), VOICE_RATE)


def level(mix: Mix, part: str, frames: int) -> float:
    """Root mean square of one part of the mix in dBFS, as if all of it sounded within `frames`."""
    blocks = mix.blocks(parts=frozenset({part}))
    energy = sum(float(np.square(block, dtype=np.float64).mean(axis=1).sum()) for block in blocks)
    return round(10 * float(np.log10(energy / frames)), 2)


def write_bed(bed: beds.Bed, path: Path, rate: int, dbfs: float) -> None:
    """A stretch of the bed by itself at a root mean square."""
    samples = bed.at(0, LOOP)
    gain = 10 ** (dbfs / 20) / np.sqrt(np.mean(np.square(samples)))
    soundfile.write(path, samples * gain, rate, subtype="PCM_16")


def write_raw(mix: Mix, path: Path) -> None:
    """The samples as the MP3 encoder gets them."""
    with path.open("wb") as file:
        done = 0
        for block in mix.blocks():
            file.write(to_int16(block, done, dither=False).tobytes())
            done += len(block)


def main() -> None:
    routine, minutes, cache, out = sys.argv[1:]
    folder, settings = Path(out), Settings(bed="drone", cache=Path(cache))
    length = Millis(round(float(minutes) * 60_000))
    timeline = pipeline.plan(Library(shelves()), routine, length, Wishes(), settings).timeline
    if not timeline.exact:
        sys.exit("there are lines that are not in the cache")
    narrator = Narrator(engines.make(settings.engine), ClipCache(settings.cache_folder))
    bed = beds.make(settings.bed, timeline.rate)
    mix = Mix(timeline, narrator.clip, lambda name: soundbank.sound(name, timeline.rate), lambda _: bed)
    voice = level(mix, "voice", sum(placement.length for placement in timeline.placements if placement.kind == "say"))
    session = {
        "title": timeline.title,
        "length_ms": length,
        "bitrate": f"{BITRATE}k",
        "bed_dbfs": level(mix, "bed", timeline.length),
        "cues": cues(timeline, narrator, voice, folder),
    }
    (folder / "session.json").write_text(json.dumps(session, indent=1), "utf-8")
    write_bed(bed, folder / "bed.wav", timeline.rate, session["bed_dbfs"])
    write_raw(mix, folder / "mix.raw")


if __name__ == "__main__":
    main()
