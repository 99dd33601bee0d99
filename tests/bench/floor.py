"""The least that an MP3 of these samples can cost: LAME alone, with the settings of our encoder.

    python tests/bench/floor.py MIX.raw OUT.mp3 [QUALITY]

QUALITY is LAME's effort: ours where none is given; 5 is what LAME, ffmpeg and pydub take when nobody says.
"""

from __future__ import annotations

import sys
from pathlib import Path

import lameenc

from voiceguide.encoders.mp3 import BITRATE, QUALITY

BLOCK = 46_080 * 4  # bytes: as long as a block of our mixer


def main() -> None:
    lame = lameenc.Encoder()
    lame.silence()
    lame.set_channels(2)
    lame.set_in_sample_rate(44_100)
    lame.set_bit_rate(BITRATE)
    lame.set_quality(int(sys.argv[3]) if len(sys.argv) > 3 else QUALITY)
    with Path(sys.argv[1]).open("rb") as raw, Path(sys.argv[2]).open("wb") as out:
        while block := raw.read(BLOCK):
            out.write(lame.encode(block))
        out.write(lame.flush())


if __name__ == "__main__":
    main()
