"""A guided session the plain pydub way, as a careful newcomer would write it.

    python tests/bench/naive.py SESSION.json OUT.mp3

The voice grows clip by clip with the silence between; a bed from pydub's generators goes under all of it; ffmpeg
writes the MP3. `prepare.py` makes SESSION.json.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import imageio_ffmpeg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for ffmpeg on the PATH before it can be told where one is
    from pydub import AudioSegment
    from pydub.generators import Sine, WhiteNoise

AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()

RATE = 44_100
LOOP_MS = 10_000  # whole periods of every tone, so the loop closes on itself
TONES = ((55, -9), (110, 0), (165, -6), (220, -7), (330, -15))
"""(Hz, dB): the strongest of the drone's partials."""


def narration(session: dict[str, Any]) -> Any:
    """Every sentence and bell at its planned place, to the millisecond: mono, at the clips' own rate."""
    voice = AudioSegment.empty()
    for cue in session["cues"]:
        clip = AudioSegment.from_wav(cue["clip"])
        clip = clip.apply_gain(cue["dbfs"] - clip.dBFS)
        silence = AudioSegment.silent(duration=cue["start_ms"] - len(voice), frame_rate=clip.frame_rate)
        voice = voice.append(silence, crossfade=0).append(clip, crossfade=0)
    return voice


def background(session: dict[str, Any]) -> Any:
    """A drone with soft noise, in stereo, as long as the session."""
    loop = WhiteNoise(sample_rate=RATE).to_audio_segment(duration=LOOP_MS, volume=-30).low_pass_filter(550)
    for hertz, level in TONES:
        loop = loop.overlay(Sine(hertz, sample_rate=RATE).to_audio_segment(duration=LOOP_MS, volume=level - 20))
    loop = loop.set_channels(2)
    loop = loop.apply_gain(session["bed_dbfs"] - loop.dBFS)
    bed = AudioSegment.silent(duration=session["length_ms"], frame_rate=RATE).set_channels(2).overlay(loop, loop=True)
    return bed.fade_in(3000).fade_out(6000)


def main() -> None:
    session = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    mix = background(session).overlay(narration(session))
    mix.export(sys.argv[2], format="mp3", bitrate=session["bitrate"], tags={"title": session["title"]}).close()


if __name__ == "__main__":
    main()
