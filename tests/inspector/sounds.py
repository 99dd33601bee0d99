"""Sounds to judge, and another meter to judge the judge."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

from voiceguide.audio.clip import Samples

RATE = 44_100


def pink(seconds: float, level: float = 0.05, rate: int = RATE, seed: int = 1) -> Samples:
    """Noise with 3 dB less for every octave, shape (frames, 2)."""
    count = round(seconds * rate)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((count, 2)), axis=0)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))[:, None]
    spectrum[: round(30 * seconds)] = 0  # nobody hears it, and it would be a wandering offset
    noise = np.fft.irfft(spectrum, count, axis=0)
    return (level * noise / noise.std()).astype(np.float32)


def white(seconds: float, level: float = 0.02) -> Samples:
    return (level * np.random.default_rng(2).standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def sweep(seconds: float, low: float = 30.0, high: float = 18_000.0, level: float = 0.5) -> Samples:
    """A sine that rises evenly by octaves, shape (frames, 2)."""
    time = np.arange(round(seconds * RATE)) / RATE
    growth = np.log(high / low) / seconds
    tone = np.sin(2 * np.pi * low * np.expm1(growth * time) / growth)
    edge = np.clip(np.minimum(time, time[-1] - time) / 0.02, 0, 1)
    return np.repeat((level * edge * tone)[:, None], 2, axis=1).astype(np.float32)


def strikes(seconds: float, every: float = 0.7, attack: float = 0.0005) -> Samples:
    """Something hit again and again: partials that begin within half a millisecond and die away, shape (frames, 2)."""
    time = np.arange(round(every * RATE)) / RATE
    bodies = ((180, 6), (437, 9), (1_210, 14), (2_930, 25), (5_870, 60))
    hit = sum(np.sin(2 * np.pi * pitch * time) * np.exp(-decay * time) for pitch, decay in bodies)
    noise = np.random.default_rng(3).standard_normal(len(time)) * np.exp(-90 * time)
    one = np.clip(time / attack, 0, 1) * (hit + 0.5 * noise) * 0.12
    one *= np.clip((time[-1] - time) / 0.02, 0, 1)
    return np.repeat(np.tile(one, round(seconds / every))[:, None], 2, axis=1).astype(np.float32)


def judged(path: Path) -> tuple[float, float, float]:
    """Integrated loudness, loudness range and true peak of a file by ffmpeg's ebur128."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    marks = (r"I:\s+(\S+) LUFS", r"LRA:\s+(\S+) LU", r"Peak:\s+(\S+) dBFS")
    loudness, spread, peak = (float(re.findall(mark, said)[-1]) for mark in marks)
    return loudness, spread, peak


def write(path: Path, samples: Samples, subtype: str = "PCM_16", rate: int = RATE) -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def converted(source: Path, target: Path, *words: str) -> Path:
    """`source` as ffmpeg writes it to `target`, asked for by `words`."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-y", "-i", source, *words, target], check=True)
    return target
