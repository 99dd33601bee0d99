"""A guided session as one filter graph of ffmpeg's: clips delayed to their places, a bed that they duck, one loudness.

    python tests/bench/graph.py SESSION.json OUT.mp3 [plain]

With `plain`, nobody cares for the loudness. `prepare.py` makes SESSION.json, and `bed.wav` beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg

DUCK = "sidechaincompress=threshold=0.01:ratio=6:attack=200:release=2000"
LOUDNESS = "loudnorm=I=-16:TP=-1:LRA=11,"
"""In one pass, which is the cheaper way and the less exact one."""


def filters(session: dict[str, Any], loudness: str) -> str:
    """Inputs are the clips in order, then the bed."""
    cues = session["cues"]
    delayed = [
        f"[{number}]aresample=44100,adelay={cue['start_ms']}:all=1[c{number}]" for number, cue in enumerate(cues)
    ]
    inputs = "".join(f"[c{number}]" for number in range(len(cues)))
    whole = f"apad=whole_dur={session['length_ms']}ms,pan=stereo|c0=c0|c1=c0,asplit[key][voice]"
    voice = f"{inputs}amix=inputs={len(cues)}:normalize=0:duration=longest,{whole}"
    mixed = f"[{len(cues)}][key]{DUCK}[bed];[bed][voice]amix=inputs=2:normalize=0:duration=first"
    return ";".join((*delayed, voice, f"{mixed},{loudness}aresample=44100[out]"))


def main() -> None:
    source = Path(sys.argv[1])
    session = json.loads(source.read_text("utf-8"))
    loudness = "" if sys.argv[3:] == ["plain"] else LOUDNESS
    inputs = [word for cue in session["cues"] for word in ("-i", cue["clip"])]
    seconds = f"{session['length_ms'] / 1000:.3f}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *inputs, "-stream_loop", "-1", "-t", seconds]
    command += ["-i", str(source.with_name("bed.wav")), "-filter_complex", filters(session, loudness)]
    command += ["-map", "[out]", "-t", seconds, "-c:a", "libmp3lame", "-b:a", session["bitrate"], sys.argv[2]]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
