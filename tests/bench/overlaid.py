"""A guided session as one writes it the first time: everything is laid on one sound that is as long as the session.

    python tests/bench/overlaid.py SESSION.json OUT.mp3

Each sentence is overlaid on the whole, and the bed is made softer under it by cutting it in three and joining that
again. pydub copies the whole each time, so it takes as long as the session times its sentences. `prepare.py` makes
SESSION.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from naive import RATE, AudioSegment, background

DUCK = 10
"""Decibels that the bed steps back."""


def ducked(bed: Any, start: int, end: int) -> Any:
    """The bed, softer from `start` to `end` in milliseconds."""
    return bed[:start] + (bed[start:end] - DUCK) + bed[end:]


def main() -> None:
    session = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    bed = background(session)
    voice = AudioSegment.silent(duration=session["length_ms"], frame_rate=RATE)
    for cue in session["cues"]:
        clip = AudioSegment.from_wav(cue["clip"])
        clip = clip.apply_gain(cue["dbfs"] - clip.dBFS)
        voice = voice.overlay(clip, position=cue["start_ms"])
        bed = ducked(bed, cue["start_ms"], cue["start_ms"] + len(clip))
    mix = bed.overlay(voice)
    mix.export(sys.argv[2], format="mp3", bitrate=session["bitrate"], tags={"title": session["title"]}).close()


if __name__ == "__main__":
    main()
