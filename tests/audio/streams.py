"""Files as they are when nobody could go back to their beginning, and files that were put one behind the other."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import lameenc
import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 44_100
PITCHES = (220, 330, 440, 550)
"""Hz, one for each quarter of a tune."""


def tune(seconds: float, first: float = 0.3, last: float = 0.3, rate: int = RATE) -> NDArray[np.float32]:
    """A pitch for each quarter, with noise, going from one level to another: a variable bit rate follows. Mono."""
    time = np.arange(round(seconds * rate)) / rate
    pitch = np.repeat(PITCHES, -(-len(time) // len(PITCHES)))[: len(time)]
    noise = np.random.default_rng(1).standard_normal(len(time))
    level = np.where(time < seconds / 2, first, last)
    return (level * (np.sin(2 * np.pi * pitch * time) + 0.3 * noise) / 1.5).astype(np.float32)


def pitches(samples: NDArray[np.float32], rate: int) -> tuple[int, ...]:
    """The pitch of each quarter of mono samples."""
    quarters = np.array_split(samples, len(PITCHES))
    middles = [quarter[len(quarter) // 4 : -len(quarter) // 4] for quarter in quarters]
    tops = [np.abs(np.fft.rfft(middle)).argmax() * rate / len(middle) for middle in middles]
    return tuple(min(PITCHES, key=lambda pitch: abs(pitch - top)) for top in tops)


def lame(samples: NDArray[np.float32], variable: bool = False, rate: int = RATE) -> bytes:
    """An MP3 as LAME leaves it, without an Info tag."""
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    if variable:
        encoder.set_vbr(4)
        encoder.set_vbr_quality(2)
    else:
        encoder.set_bit_rate(96)
    encoder.set_quality(7)
    return bytes(encoder.encode((samples * 32767).astype("<i2").tobytes()) + encoder.flush())


def streamed(samples: NDArray[np.float32], form: str, *words: str, rate: int = RATE) -> bytes:
    """What ffmpeg writes to a pipe: with an open length, or with none."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "-"]
    command += [*words, "-f", form, "-"]
    done = subprocess.run(command, input=samples.tobytes(), capture_output=True, check=True)
    return done.stdout


def saved(path: Path, subtype: str = "", rate: int = RATE) -> bytes:
    """Four seconds of a tune as libsndfile writes them: it knows their length."""
    soundfile.write(path, tune(4, rate=rate), rate, subtype or None)
    return path.read_bytes()


APE = b"APETAGEX" + (2000).to_bytes(4, "little") + (3000).to_bytes(4, "little") + bytes(3016)
UNTAGGED = {
    "plain": lambda: lame(tune(8)),
    "ID3v1": lambda: lame(tune(8)) + b"TAG" + bytes(125),
    "APE": lambda: lame(tune(8)) + APE,
    "loud first": lambda: lame(tune(8, 0.5, 0.0005), variable=True),
    "soft first": lambda: lame(tune(8, 0.0005, 0.5), variable=True),
    "16 kHz": lambda: lame(tune(8, rate=16_000), rate=16_000),
    "constant through a pipe": lambda: streamed(tune(8), "mp3", "-b:a", "128k"),
    "variable through a pipe": lambda: streamed(tune(8, 0.5, 0.0005), "mp3", "-q:a", "2"),
    "two of them": lambda: lame(tune(8)[: 4 * RATE]) + lame(tune(8)[4 * RATE :]),
}
"""MP3s of eight seconds that say nowhere how long they are."""
