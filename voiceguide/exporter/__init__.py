"""Blocks to a file that is complete and verified, or not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from voiceguide import encoders
from voiceguide.audio.clip import Samples
from voiceguide.audio.fingerprint import Fingerprint, Print
from voiceguide.encoders import Encoder, Repeat, Repeating, Tags
from voiceguide.errors import EncoderError, StorageError, VoiceguideError
from voiceguide.exporter import faults, place, verify
from voiceguide.exporter.place import check
from voiceguide.exporter.plain import plain
from voiceguide.exporter.pump import Pump
from voiceguide.exporter.source import Source, source_of
from voiceguide.model.units import Frames, format_clock, to_millis
from voiceguide.progress import Listener, Progress, ignore

__all__ = ["Ready", "Report", "Source", "check", "export", "prepared"]

_REPORT = "this is a fault in the program: please report it"


@dataclass(frozen=True, slots=True)
class Report:
    """A finished file, as measured on its decoded samples."""

    path: Path
    format: str
    rate: int
    frames: int
    loudness_lufs: float
    """Integrated; minus infinity for silence and for less than 400 ms. A file of one channel counts once."""
    true_peak_dbtp: float
    """Minus infinity for silence."""
    chapters: int
    """How many the file holds."""


def export(
    blocks: Iterable[Samples] | Source,
    target: Path,
    format: str,  # noqa: A002
    rate: int,
    frames: int,
    tags: Tags,
    *,
    quality: str = "",
    clobber: bool = True,
    jobs: int = 1,
    listener: Listener = ignore,
) -> Report:
    """Writes `blocks`, float32 of shape (any, 2) and `frames` frames in all, to `target`, and decodes it to be sure.

    Whatever happens, `target` is the finished file or what it was before, and nothing else is left.
    Events are of the stages `mix` and `verify`, in frames. What `blocks` raises passes through.

    Raises UsageError for an unknown format or quality; EngineMissing when the format needs what is not installed;
    CannotCreate when `target` may not be made (see `check`); StorageError when the disk is full or fails; EncoderError
    when the encoder fails, when `blocks` are not what was promised, or when the file does not sound like them or has
    other chapters.
    """
    with prepared(
        blocks, target, format, rate, frames, tags, quality=quality, clobber=clobber, jobs=jobs, listener=listener
    ) as ready:
        ready.keep()
        return ready.report


@dataclass(frozen=True, slots=True)
class Ready:
    """A finished and verified file that does not have its name yet."""

    report: Report
    keep: Callable[[], None]
    """Gives it its name. Raises CannotCreate or StorageError."""


@contextmanager
def prepared(
    blocks: Iterable[Samples] | Source,
    target: Path,
    format: str,  # noqa: A002
    rate: int,
    frames: int,
    tags: Tags,
    *,
    quality: str = "",
    clobber: bool = True,
    jobs: int = 1,
    listener: Listener = ignore,
) -> Iterator[Ready]:
    """As `export`, up to the last step: without `keep` nothing is left when the with-block ends."""
    real, tags = check(target, clobber=clobber), plain(tags)
    with place.claim(real) as part:
        encoder = _opened(target, format, part.path, rate, frames, tags, jobs, quality)
        try:
            parts = _checked(source_of(blocks), encoder, rate, frames, listener)
            given = _written(parts, encoder, rate, target)
            heard = verify.listen(encoder, rate, frames, listener)
            verify.check_sound(given, frames, heard)
            heard = verify.in_one_ear(heard) if encoders.traits(format, quality).mono else heard
            chapters = _chapters(encoder, tags, target)
        finally:
            encoder.abort()
        part.sync()
        report = Report(target, format, rate, frames, heard.loudness_lufs, heard.true_peak_dbtp, chapters)
        yield Ready(report, partial(part.keep, clobber=clobber))


def _opened(
    target: Path, name: str, path: Path, rate: int, frames: int, tags: Tags, jobs: int, quality: str
) -> Encoder:
    """A new encoder, where there is room for its file."""
    with _encoding(target):
        encoder = encoders.make(name, path, rate, frames, tags, jobs, quality)
        needed, free = encoder.least_bytes(), shutil.disk_usage(path.parent).free
    if needed > free:
        encoder.abort()
        message = f"cannot write '{target}': it needs {needed / 1e6:.1f} MB and there are {free / 1e6:.1f} MB"
        raise StorageError(message, "make room, or choose another folder or format")
    return encoder


def _written(parts: Iterator[Samples | Repeat], encoder: Encoder, rate: int, target: Path) -> Print:
    """Encodes on a second thread while blocks are made on this one."""
    prints = Fingerprint(rate)

    def take(part: Samples | Repeat) -> None:
        with _encoding(target):
            if not isinstance(part, Repeat):
                prints.add(part)
                encoder.write(part)
            elif isinstance(encoder, Repeating):
                prints.repeat(part.frames, part.distance)
                encoder.repeat(part)

    def finish() -> None:
        with _encoding(target):
            encoder.close()

    with Pump(take, finish) as pump:
        for part in parts:
            pump.put(part)
    return prints.finish()


def _chapters(encoder: Encoder, tags: Tags, target: Path) -> int:
    with _encoding(target):
        return verify.check_marks(tags.marks, encoder.marks())


@contextmanager
def _encoding(target: Path) -> Iterator[None]:
    try:
        yield
    except VoiceguideError:
        raise
    except Exception as error:
        raise faults.of_encoder(error, target) from error


def _checked(
    source: Source, encoder: Encoder, rate: int, frames: int, listener: Listener
) -> Iterator[Samples | Repeat]:
    """Copies of blocks, since their maker may use its memory again. Raises EncoderError for what is no mix."""
    done, blocks = 0, iter(source.blocks(0))
    while True:
        known = encoder.repeats(done, source.same_as) if isinstance(encoder, Repeating) else None
        if known is not None:
            done, blocks = done + known.frames, iter(source.blocks(done + known.frames))
            yield known
        else:
            block = next(blocks, None)
            if block is None:
                break
            _check_block(block, done, rate)
            done += len(block)
            if done > frames:
                break
            yield np.array(block, np.float32)
        listener(Progress("mix", done, frames))
    if done != frames:
        given = f"{done} frames and more" if done > frames else f"{done} frames"
        raise EncoderError(f"the mix gave {given} in place of {frames}", _REPORT)


def _check_block(block: Samples, done: int, rate: int) -> None:
    clock = format_clock(to_millis(Frames(done), rate), millis=True)
    if block.ndim != 2 or block.shape[1] != 2:
        raise EncoderError(f"the mix is not stereo at {clock}: shape {block.shape}", _REPORT)
    if not np.isfinite(block).all():
        raise EncoderError(f"the mix holds something that is not a number near {clock}", _REPORT)
