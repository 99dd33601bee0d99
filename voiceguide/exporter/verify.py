"""Reads a finished file again with another decoder and measures what people will hear."""

from __future__ import annotations

from dataclasses import replace

from voiceguide.audio.fingerprint import Print, first_difference
from voiceguide.audio.heard import Ear, Heard
from voiceguide.encoders import Encoder, Mark, SelfHearing
from voiceguide.encoders.reading import HINT
from voiceguide.errors import EncoderError
from voiceguide.exporter.pump import Pump
from voiceguide.model.units import Millis, format_clock
from voiceguide.progress import Listener, Progress


def listen(encoder: Encoder, rate: int, frames: int, listener: Listener) -> Heard:
    """Takes the whole file as its encoder decodes it, and raises what that raises."""
    already = encoder.heard_already() if isinstance(encoder, SelfHearing) else None
    if already is not None:
        listener(Progress("verify", frames, frames))
        return already
    ear, done = Ear(rate), 0
    with Pump(ear.add) as pump:
        for block in encoder.heard():
            pump.put(block)
            done += len(block)
            listener(Progress("verify", min(done, frames), frames))
    return ear.finish()


def in_one_ear(heard: Heard) -> Heard:
    """The same as a meter counts a file of one channel, which is decoded to both."""
    return replace(heard, powers=heard.powers / 2)


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
