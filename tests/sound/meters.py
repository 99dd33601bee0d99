"""What an independent meter says of a finished file, and how stems stand to each other.

Loudness and true peak are ffmpeg's (libavfilter's `ebur128`), so that nobody judges his own work.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.model.timeline import Timeline

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_STEREO = "pan=stereo|c0=c0|c1=c{}"
_METER = "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=mode=print:file=-"


@dataclass(frozen=True, slots=True)
class Heard:
    """One decoded file."""

    loudness: float
    """Integrated, in LUFS; minus infinity for what no gate lets through."""
    peak: float
    """True peak in dBTP."""


def heard(path: Path, channels: int = 2) -> Heard:
    """As ffmpeg decodes and measures it. A file of one channel is heard in both ears."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-af", f"{_STEREO.format(channels - 1)},{_METER}"]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    values = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("lavfi."))
    peak = float(values["lavfi.r128.true_peak"])
    return Heard(float(values["lavfi.r128.I"]), 20 * float(np.log10(max(peak, 1e-12))))


def decoded(path: Path) -> Samples:
    """Floats of shape (frames, 2) as ffmpeg decodes them; it stops at the first fault and says nothing without one."""
    command = [FFMPEG, "-v", "error", "-xerror", "-err_detect", "explode", "-i", str(path), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2)


def rms(samples: Samples) -> float:
    """dBFS of the mean power of all channels, a full square wave being 0."""
    return 10 * float(np.log10(np.mean(np.square(samples, dtype=np.float64))))


def loudness(samples: Samples, rate: int) -> float:
    """LUFS, gated, of a span by itself."""
    return clip_loudness(clip_powers(samples, rate))


def distances(timeline: Timeline, voice: Samples, bed: Samples) -> list[float]:
    """LU from bed to voice over each utterance's own span; infinity where the bed is silent."""
    spans = [slice(p.start, p.end) for p in timeline.placements if p.kind == "say"]
    return [loudness(voice[span], timeline.rate) - loudness(bed[span], timeline.rate) for span in spans]


def apart(parts: Iterable[Samples], whole: Samples) -> float:
    """dBFS of the highest difference between the sum of `parts` and `whole`."""
    total: NDArray[np.float64] = sum((part.astype(np.float64) for part in parts), np.zeros(1))
    return 20 * float(np.log10(np.abs(total - whole).max() + 1e-12))
