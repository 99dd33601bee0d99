"""Speech as it should not arrive: a sound WAV in, bytes out that lie, lack something, or are another format."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def wav(samples: Samples, rate: int, format_: str = "WAV", subtype: str | None = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=format_, subtype=subtype)
    return file.getvalue()


def read(data: bytes) -> tuple[Samples, int]:
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    return samples, rate


def sizes(data: bytes, riff: int, sound: int) -> bytes:
    """`data` with other sizes in its header of 44 bytes."""
    return data[:4] + riff.to_bytes(4, "little") + data[8:40] + sound.to_bytes(4, "little") + data[44:]


def changed(change: Callable[[Samples], Samples], format_: str = "WAV", subtype: str = "PCM_16") -> Damage:
    def spoil(data: bytes) -> bytes:
        samples, rate = read(data)
        return wav(change(samples), rate, format_, subtype)

    return spoil


def third(samples: Samples) -> Samples:
    """Its first third and silence: a buffer that was let go too early."""
    return np.pad(samples[: len(samples) // 3], (0, 4000))


def holed(samples: Samples) -> Samples:
    return np.where(np.arange(len(samples)) % 100 == 7, np.nan, samples).astype(np.float32)


def as_it_was(samples: Samples) -> Samples:
    return samples


Damage = Callable[[bytes], bytes]

REFUSED: dict[str, Damage] = {
    "empty": lambda _: b"",
    "header only": lambda data: sizes(data[:44], 36, 0),
    "too short": changed(third),
    "too long": changed(lambda samples: np.tile(samples, 4)),
    "silent": changed(np.zeros_like),
    "NaN": changed(holed, subtype="FLOAT"),
    "clipped": changed(lambda samples: np.clip(samples * 1000, -1, 1)),
    "twice the rate": lambda data: data[:24] + (2 * read(data)[1]).to_bytes(4, "little") + data[28:],
    "truncated": lambda data: data[: len(data) // 2],
    "HTML": lambda _: b"<!DOCTYPE html><html><body>Not today.</body></html>",
    "JSON error": lambda _: b'{"error": {"message": "The model is overloaded."}}',
    "raw samples": lambda data: data[44:],
}
"""What can never be right speech."""

CONVERTED: dict[str, Damage] = {
    "stereo": changed(lambda samples: np.stack([samples, samples], axis=1)),
    "8 bit": changed(lambda samples: np.rint(samples * 128) / 128, subtype="PCM_U8"),
    "24 bit": changed(as_it_was, subtype="PCM_24"),
    "32 bit": changed(as_it_was, subtype="PCM_32"),
    "float": changed(as_it_was, subtype="FLOAT"),
    "float in steps": changed(lambda samples: samples * 32768, subtype="FLOAT"),
    "MP3": changed(as_it_was, "MP3", "MPEG_LAYER_III"),
    "FLAC": changed(as_it_was, "FLAC"),
    "Ogg": changed(as_it_was, "OGG", "VORBIS"),
    "sizes 0": lambda data: sizes(data, 0, 0),
    "sizes 0xFFFFFFFF": lambda data: sizes(data, 0xFFFFFFFF, 0xFFFFFFFF),
    "a chunk after the sound": lambda data: data + b"LIST\x04\x00\x00\x00INFO",
}
"""What is speech all the same, in another form than was asked for."""

BROKEN = ("hang", "drip", "crash", "garbage")
"""What goes wrong without any sound."""
