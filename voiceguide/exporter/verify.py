"""Reads a finished file again with another decoder and measures what people will hear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import Loudness, TruePeak
from voiceguide.encoders import Mark
from voiceguide.encoders.reading import HINT
from voiceguide.errors import EncoderError
from voiceguide.exporter.fingerprint import Fingerprint, Print, first_difference
from voiceguide.exporter.pump import Pump
from voiceguide.model.units import Millis, format_clock
from voiceguide.progress import Listener, Progress


@dataclass(frozen=True, slots=True)
class Heard:
    """What a decoded file holds."""

    frames: int
    loudness_lufs: float
    true_peak_dbtp: float
    fingerprint: Print


def listen(decoded: Iterator[Samples], rate: int, frames: int, listener: Listener) -> Heard:
    """Takes the whole file as its encoder decodes it, and raises what that raises."""
    prints, loudness, peak = Fingerprint(rate), Loudness(rate, 2), TruePeak(2)

    def measure(block: Samples) -> None:
        prints.add(block)
        loudness.add(block)
        peak.add(block)

    done = 0
    with Pump(measure) as pump:
        for block in decoded:
            pump.put(block)
            done += len(block)
            listener(Progress("verify", min(done, frames), frames))
    return Heard(done, loudness.integrated(), peak.dbtp, prints.finish())


def check_sound(given: Print, frames: int, heard: Heard) -> None:
    """Raises EncoderError when the file is not `frames` frames of what was given."""
    if heard.frames != frames:
        raise EncoderError(f"the file holds {heard.frames} frames in place of {frames}", HINT)
    place = first_difference(given, heard.fingerprint)
    if place is not None:
        clock = format_clock(Millis(round(place * 1000)), millis=True)
        raise EncoderError(f"the file sounds different from what was mixed, from {clock} on", HINT)


def check_marks(given: tuple[Mark, ...], found: tuple[Mark, ...] | None) -> int:
    """The number of chapters in the file. Raises EncoderError when it holds chapters, and not those given.

    Ends are not compared: some formats keep none.
    """
    if found is None:
        return 0
    if [(mark.title, mark.start) for mark in given] != [(mark.title, mark.start) for mark in found]:
        raise EncoderError(f"the file's {len(found)} chapters are not the {len(given)} it was given", HINT)
    return len(found)
