"""File formats. An encoder takes blocks of samples and leaves a complete file of exactly that many frames.

To add one:
1. write `encoders/<name>.py` with a class that keeps the Protocol below;
2. name it in `BUILTIN`, or in your own package under the entry-point group `voiceguide.encoders`;
3. run `pytest tests/contracts`: the suite takes every name in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from voiceguide import plugins
from voiceguide.model.units import Millis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from voiceguide.audio.heard import Heard

GROUP = "voiceguide.encoders"
BUILTIN = {
    "mp3": "voiceguide.encoders.mp3:Mp3Encoder",
    "m4a": "voiceguide.encoders.m4a:M4aEncoder",
    "m4b": "voiceguide.encoders.m4a:M4bEncoder",
    "opus": "voiceguide.encoders.ogg:OpusEncoder",
    "ogg": "voiceguide.encoders.ogg:VorbisEncoder",
    "flac": "voiceguide.encoders.flac:FlacEncoder",
    "wav": "voiceguide.encoders.wav:WavEncoder",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A chapter for players: title, start and end in whole milliseconds."""

    title: str
    start: Millis
    end: Millis


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself."""

    title: str
    artist: str = ""
    album: str = ""
    language: str = "en"
    comment: str = ""
    """The names of the techniques, one a line."""
    marks: tuple[Mark, ...] = ()
    """In the order of their starts."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a format does to sound at one quality."""

    overshoot: float
    """Decibels by which the true peak of what is decoded may lie above that of what was given, as measured on speech
    over soft beds and on noise."""
    rates: tuple[int, ...] = (44_100, 48_000)
    """Sample rates in Hz that it holds, the usual one first."""
    bitrate: int = 0
    """kbit/s, where it is constant."""
    mono: bool = False
    """True when the file has one channel, and both channels of what it is given must be equal."""


class Encoder(Protocol):
    """Writes one file. Made with (path, rate, frames, tags, jobs, quality).

    `path` is a temporary name in the target's folder and may exist already, empty; `frames` is the whole length,
    `rate` one of `Traits.rates`, and `quality` what `traits` takes. At most `jobs` processors are used. The same
    samples make the same file for any `jobs`. An OSError means the disk, an EncoderError that the format cannot hold
    this sound.
    """

    @staticmethod
    def traits(quality: str) -> Traits:
        """What this format does at `quality`, written as the format understands it; empty for its own choice.

        Raises UsageError when it knows no such quality, EngineMissing when something that it needs is not installed.
        """

    def least_bytes(self) -> int:
        """What the finished file takes at the very least, in bytes."""

    def write(self, block: NDArray[np.float32]) -> None:
        """Takes float32 samples, shape (frames, 2), finite and within ±1; keeps no reference to them."""

    def close(self) -> None:
        """Finishes the file, tags and all. Raises EncoderError or OSError when it could not."""

    def abort(self) -> None:
        """Lets go of the file without finishing it. Safe after close, and twice."""

    def marks(self) -> tuple[Mark, ...] | None:
        """The chapters as a reader finds them in the closed file; None for a format that holds none.

        A format that keeps no ends gives the next start instead.
        """

    def heard(self) -> Iterator[NDArray[np.float32]]:
        """The closed file decoded, by another library than wrote it where there is one: blocks of shape (any, 2).

        Raises EncoderError for a file that cannot be read to its end, or is not what was promised.
        """


SameAs = Callable[[int, int, int], int | None]
"""Of (start, frames, unit): an earlier frame, a multiple of `unit` before `start`, from which on there are the same
samples; None where nobody knows of one."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Frames that need not be made again."""

    frames: int
    distance: int
    """How many frames earlier the same ones were."""


@runtime_checkable
class Repeating(Protocol):
    """An encoder that writes what repeats without being given it."""

    def repeats(self, at: int, same_as: SameAs) -> Repeat | None:
        """What it needs not be given from frame `at` on. Asked ahead of time, by another thread than writes.

        `same_as` holds over all of it, and over a tenth of a second before and after it.
        """

    def repeat(self, known: Repeat) -> None:
        """Takes these frames as given."""


@runtime_checkable
class SelfHearing(Protocol):
    """An encoder that decodes what it writes while it writes it."""

    def heard_already(self) -> Heard | None:
        """What a decoder finds in all of the closed file, its bytes compared with those that were decoded.

        None when that has to be found out by `heard`. Raises EncoderError as `heard` does.
        """


def names() -> tuple[str, ...]:
    """Every format there is."""
    return plugins.names(GROUP, BUILTIN)


def check_name(name: str) -> None:
    """Raises UsageError when there is none of that name."""
    plugins.check(GROUP, BUILTIN, name)


def traits(name: str, quality: str = "") -> Traits:
    """What a format does to sound at `quality`.

    Raises UsageError when there is none of that name or quality, EngineMissing when it needs what is not installed.
    """
    return cast(Traits, plugins.load(GROUP, BUILTIN, name).traits(quality))


def make(name: str, path: Path, rate: int, frames: int, tags: Tags, jobs: int = 1, quality: str = "") -> Encoder:
    """An encoder by format name for `frames` frames, writing to `path`.

    Raises UsageError when there is none of that name or quality, EngineMissing when it needs what is not installed,
    EncoderError when the format cannot hold this sound, and OSError when `path` cannot be written.
    """
    return cast(Encoder, plugins.load(GROUP, BUILTIN, name)(path, rate, frames, tags, jobs, quality))
