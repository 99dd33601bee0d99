"""A guided session as one writes it the first time: everything is laid on one sound that is as long as the session.

    python tests/bench/overlaid.py SESSION.json OUT.mp3

For each sentence the bed is made softer where it will be, by cutting the whole in three and joining that again, and
then it is overlaid. pydub copies the whole each time, so it takes as long as the session times its sentences.
`prepare.py` makes SESSION.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from naive import AudioSegment, background

DUCK = 10
"""Decibels that the bed steps back."""


def ducked(mix: Any, start: int, end: int) -> Any:
    """The session, softer from `start` to `end` in milliseconds."""
    return mix[:start] + (mix[start:end] - DUCK) + mix[end:]


def main() -> None:
    session = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    mix = background(session)
    for cue in session["cues"]:
        clip = AudioSegment.from_wav(cue["clip"])
        clip = clip.apply_gain(cue["dbfs"] - clip.dBFS)
        mix = ducked(mix, cue["start_ms"], cue["start_ms"] + len(clip))
        mix = mix.overlay(clip, position=cue["start_ms"])
    mix.export(sys.argv[2], format="mp3", bitrate=session["bitrate"], tags={"title": session["title"]}).close()


if __name__ == "__main__":
    main()
