"""Finished files as an independent listener finds them: ffmpeg's decoder, and where each sentence really begins."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

RATE = 44_100
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def voiceguide(*words: str, clips: Path, cwd: Path) -> dict[str, Any]:
    """The JSON document that a command prints."""
    command = [sys.executable, "-m", "voiceguide", *words, "--cache", str(clips), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def decoded(path: Path) -> NDArray[np.int16]:
    """Stereo samples, shape (frames, 2), as ffmpeg decodes them."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "2", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, np.int16).reshape(-1, 2)


def mono(sound: NDArray[np.int16]) -> NDArray[np.float32]:
    """Both ears in one, full scale at ±1."""
    return (sound.sum(axis=1, dtype=np.int32) / 65536).astype(np.float32)


def chapters(path: Path) -> list[tuple[str, float, float]]:
    """(title, start, end) in seconds, in the order in which ffmpeg meets them in the file."""
    command = [FFMPEG, "-v", "error", "-copyts", "-i", str(path), "-f", "ffmetadata", "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    found = []
    for block in text.split("[CHAPTER]")[1:]:
        entries = dict(line.split("=", 1) for line in block.strip().splitlines() if "=" in line)
        unit = 1 / int(entries["TIMEBASE"].partition("/")[2])
        title = re.sub(r"\\(.)", r"\1", entries["title"])
        found.append((title, int(entries["START"]) * unit, int(entries["END"]) * unit))
    return found


def lag(mix: NDArray[np.float32], clip: NDArray[np.float32], start: int, reach: int) -> int:
    """By how many frames `clip` is found off `start` in `mix`, looking `reach` frames to either side."""
    clip = clip[:RATE]
    window = mix[max(0, start - reach) : start + reach + len(clip)]
    size = 1 << (len(window) + len(clip)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(window, size) * np.conj(np.fft.rfft(clip, size)), size)
    energy = np.concatenate(([0.0], np.cumsum(np.square(window, dtype=np.float64))))
    places = len(window) - len(clip) + 1
    level = np.sqrt(np.maximum(energy[len(clip) :] - energy[:places], 1e-12))
    return int(np.argmax(cross[:places] / level)) - min(start, reach)


def onset(mono: NDArray[np.float32], start: int, reach: int) -> int:
    """By how many frames the first sound near `start` is off it: 40 dB below the loudest of the next second."""
    near = np.abs(mono[max(0, start - reach) : start + RATE])
    return int(np.argmax(near > float(near.max()) * 0.01)) - min(start, reach)
