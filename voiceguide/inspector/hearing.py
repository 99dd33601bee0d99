"""One stream through all meters at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import Powers
from voiceguide.inspector import container, faults
from voiceguide.inspector.clicks import Clicks
from voiceguide.inspector.container import Container
from voiceguide.inspector.faults import Fault
from voiceguide.inspector.holes import Holes
from voiceguide.inspector.levels import Clipping, Meters, Silences, Sound, full_scale, meter, weighted
from voiceguide.inspector.runs import Span
from voiceguide.progress import Listener, Progress

_ENOUGH = 6.0  # seconds


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What a whole stream was like."""

    frames: int
    sound: Sound
    powers: Powers
    """K-weighted, of 100 ms each."""
    silences: tuple[Span, ...]
    faults: tuple[Fault, ...]


class Ear:
    """Listens to a stream for everything."""

    def __init__(self, described: Container) -> None:
        rate, channels = described.rate, described.channels
        self._rate = rate
        self._frames = 0
        self._meters, self._silences = Meters(rate, channels), Silences(rate, channels)
        self._holes, self._clicks = Holes(rate, channels), Clicks(rate, channels)
        self._floating = described.subtype in ("FLOAT", "DOUBLE")
        self._clipping = Clipping(rate, channels, full_scale(described.subtype), floating=self._floating)

    def add(self, block: Samples) -> None:
        """Takes the next samples, shape (frames, channels)."""
        self._frames += len(block)
        for part in (self._meters, self._silences, self._clipping, self._holes, self._clicks):
            part.add(block)

    def finish(self) -> Heard:
        sound = self._meters.finish()
        # In a few words alone nothing tells how soft the softest is.
        floor = 10 ** (sound.noise_floor_dbfs / 20) if self._frames >= _ENOUGH * self._rate else 0.0
        placed = (self._clipping.finish(), self._holes.finish(floor), self._clicks.finish())
        above = faults.of_peak(sound.sample_peak_dbfs) if self._floating else []
        found = (*faults.of_level(sound.dc), *above, *faults.of_sound(*placed, self._rate))
        return Heard(self._frames, sound, self._meters.powers(), self._silences.finish(), found)


def listen(path: Path, listener: Listener) -> tuple[Container, Heard]:
    """Decodes a whole file. Raises InputMissing and ContentError as `container` does."""
    with container.opened(path) as sound:
        described = container.described(path, sound)
        ear, done = Ear(described), 0
        for block in container.blocks(sound, path):
            if not container.finite(block):
                place = f"{done / described.rate:.2f} s"
                raise container.refused(path, f"holds values that are no numbers, {place} in", "write it anew")
            ear.add(block)
            done += len(block)
            # Who does not say how long it is has never much to come.
            total = described.frames or done
            listener(Progress("verify", min(done, total), total))
    if not done:
        raise container.refused(path, "holds no sound", "render or record it again")
    if not described.bit_rate:
        described = replace(described, bit_rate=round(8 * path.stat().st_size * described.rate / done))
    return described, ear.finish()


def powers(path: Path) -> Powers:
    """K-weighted powers of a whole file, of 100 ms each. Raises InputMissing and ContentError as `container` does."""
    with container.opened(path) as sound:
        stream = meter(sound.samplerate, sound.channels)
        for block in container.blocks(sound, path):
            stream.add(weighted(block))
    return stream.values()
