"""What is mixed already and not heard yet, and which places of the session it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voiceguide.audio.clip import Samples
from voiceguide.model.live import State
from voiceguide.model.units import Frames


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames in which the session's clock and the bed's both move on, or both stand, or only the bed's moves."""

    first: int
    """In frames since the listening began, as all places in `Ahead` are."""
    state: State
    at: Frames
    """The session's clock at `first`."""
    clock: int
    """The bed's clock at `first`."""

    def moved(self, frame: int) -> Stretch:
        """The same at a later frame."""
        by = frame - self.first
        at = self.at + by if self.state == "playing" else self.at
        clock = self.clock + by if self.state in ("playing", "preparing") else self.clock
        return Stretch(frame, self.state, Frames(at), clock)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """Samples from frame `first` on. Never changed: whoever holds one may read it while the next is made."""

    first: int
    samples: Samples
    stretches: tuple[Stretch, ...]
    """In order; the first begins at `first` or before it, and the last one lasts."""

    @property
    def end(self) -> int:
        return self.first + len(self.samples)

    def place(self, frame: int) -> Stretch:
        """What is heard at `frame`."""
        stretch = next((one for one in reversed(self.stretches) if one.first <= frame), self.stretches[0])
        return stretch.moved(frame)

    def heard(self, frame: int, frames: int) -> Samples:
        """The samples from `frame` on, as many as there are."""
        return self.samples[frame - self.first :][:frames]

    def since(self, frame: int) -> Ahead:
        """Without what lies before `frame`."""
        kept = [one for one in self.stretches[1:] if one.first > frame]
        return Ahead(frame, self.samples[frame - self.first :], (self.place(frame), *kept))

    def joined(self, samples: Samples, stretches: tuple[Stretch, ...]) -> Ahead:
        """With more at the end."""
        return Ahead(self.first, np.concatenate((self.samples, samples)), self.stretches + stretches)

    def spliced(self, samples: Samples, stretches: tuple[Stretch, ...], fade: int) -> Ahead:
        """Other samples from `first` on: in the first `fade` frames what was to be heard gives way to them."""
        old = self.samples[: min(fade, len(samples))]
        curve = rising(fade)[: len(samples)]
        new = samples.copy()
        new[: len(curve)] *= curve
        new[: len(old)] += old * (1 - curve[: len(old)])
        return Ahead(self.first, new, stretches)


def rising(frames: int) -> Samples:
    """A raised cosine from 0 to 1, shape (frames, 1)."""
    line = (np.arange(frames) + 0.5) / max(1, frames)
    bent: Samples = (0.5 - 0.5 * np.cos(np.pi * line)).astype(np.float32)
    return bent[:, None]
