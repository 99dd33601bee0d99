"""Sound that libsndfile does not know and ffmpeg does: M4A and its like, AAC as it is streamed, and WMA."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import BinaryIO

from voiceguide.audio import ffmpeg, mpeg
from voiceguide.errors import EngineMissing

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
"""What WMA begins with: Advanced Systems Format, section 10.1."""
_ADTS_HEAD = 7
_LONGEST = 1 << 13  # bytes: an ADTS frame tells its length in 13 bits


def form(file: BinaryIO) -> str:
    """What ffmpeg calls the container of an open file, if it is one of these; "" for any other."""
    file.seek(0)
    head = file.read(len(_ASF))
    if head[4:8] == b"ftyp":
        return "mov"
    if head == _ASF:
        return "asf"
    file.seek(mpeg.after_id3(file))
    return "aac" if _is_adts(file.read(_LONGEST + _ADTS_HEAD)) else ""


def to_flac(path: Path, container: str, copy: Path) -> None:
    """The first sound of the file at `copy`, which is not there yet, as FLAC of 24 bits.

    Raises EngineMissing where there is no ffmpeg, EncoderError for what it cannot read to its end, and OSError where
    the disk fails.
    """
    try:
        ffmpeg.program()
    except EngineMissing as error:
        raise EngineMissing(f"{path} needs ffmpeg, which is not installed", error.hint) from None
    strict = "-xerror", "-err_detect", "explode", "-format_whitelist", container, *ffmpeg.ONLY_FILES
    flac = "-map", "0:a:0", "-c:a", "flac", "-sample_fmt", "s32", "-f", "flac"
    run = ffmpeg.Run(*strict, "-i", f"file:{path}", *flac, f"file:{copy}")
    atexit.register(run.process.kill)  # who waits for it may be a thread that just goes
    try:
        run.finish()
    except KeyboardInterrupt:
        run.stop()
        raise
    finally:
        atexit.unregister(run.process.kill)


def _is_adts(data: bytes) -> bool:
    """Whether a frame of ISO 13818-7, section 6.2, begins here, and the next one where it ends."""
    length = _adts_frame(data)
    return bool(length) and (len(data) == length or bool(_adts_frame(data[length:])))


def _adts_frame(data: bytes) -> int:
    """The bytes of the ADTS frame with this header; 0 for none."""
    if len(data) < _ADTS_HEAD or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
        return 0
    length = int.from_bytes(data[3:6], "big") >> 5 & (_LONGEST - 1)
    return length if length > _ADTS_HEAD else 0
