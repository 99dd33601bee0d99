"""Sessions made by the whole pipeline with the voice that everybody has, and the parts that they were mixed from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceguide import mixer, pipeline
from voiceguide.audio.clip import Samples
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis
from voiceguide.pipeline import Rendered
from voiceguide.settings import Settings

RATE = 44_100
MINUTE, HALF = Millis(60_000), Millis(30_000)
TEXTS = {
    # As dense as an opening, and as sparse as a session's middle.
    "talk.md": """\
## Arriving
Let your shoulders drop, and breathe out slowly.
[pause 2s-6s]
Feel the weight of your feet on the floor. The ground is holding you.
[bell]
[pause 3s-12s]
## Working
Take your left foot in both hands.
[pause 1s-3s]
Press both thumbs into the arch, and slide them slowly towards the toes.
[pause 3s-12s]
Once more, a little firmer. Stay where it feels good.
[pause 1s-12s]
## Resting
Rest your hands. Let everything become still.
[bowl]
[pause 3s-12s]
""",
    "short.md": """\
## Arriving
Let your shoulders drop, and breathe out slowly.
[pause 1s-9s]
[bell]
[pause 1s-9s]
## Working
Press both thumbs into the arch, and slide them slowly towards the toes.
[pause 1s-9s]
Once more, a little firmer. Stay where it feels good.
[pause 1s-9s]
""",
    "rest.md": """\
## Breathing
Breathe in.
[pause 4s-14s]
And out.
[chime]
[pause 4s-14s]
Let the foot sink into your hands, and wait until it is warm.
[pause 4s-14s]
Good.
[pause 2s-8s]
""",
}


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """A finished file, and the mix that it was made from."""

    path: Path
    made: Rendered
    mix: mixer.Mix

    def part(self, *names: str) -> Samples:
        """The parts of the mix of these names, all of it without one: float32, shape (frames, 2)."""
        return np.concatenate(list(self.mix.blocks(parts=frozenset(names) or mixer.PARTS)))


@contextmanager
def watched() -> Iterator[list[mixer.Mix]]:
    """The mixes that the pipeline makes meanwhile."""
    found: list[mixer.Mix] = []

    class Watched(mixer.Mix):
        def __init__(self, *words: Any, **more: Any) -> None:
            super().__init__(*words, **more)
            found.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixer, "Mix", Watched)
        yield found


def rendered(routine: str, length: Millis | None, target: Path, clips: Path, **wanted: Any) -> Excerpt:
    """A session at `target`, in the format of its ending. `wanted` are settings."""
    settings = Settings(cache=clips, format=target.suffix[1:], jobs=1, **wanted)
    with watched() as mixes:
        made = pipeline.render(Library(shelves()), routine, length, Wishes(), settings, target)
    return Excerpt(target, made, mixes[0])


def written(folder: Path) -> Path:
    """The texts, and a song, in `folder`."""
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    song(folder / "song.flac")
    return folder


def song(path: Path, seconds: float = 17.0, rate: int = 32_000, channels: int = 2) -> Path:
    """Music of a kind: a chord that swells, with a stroke every second and some breath. It fades out at its end."""
    time = np.arange(round(rate * seconds)) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220.0, 277.18, 329.63)) * (0.6 + 0.4 * np.sin(time))
    stroke = np.sin(2 * np.pi * 880 * time) * np.exp(-6 * (time % 1.0)) * np.minimum(1, (time % 1.0) / 0.01)
    breath = np.random.default_rng(1).standard_normal(len(time))
    lane = (0.08 * chord + 0.1 * stroke + 0.005 * breath) * np.minimum(1.0, 2 * (seconds - time))
    lanes = np.stack([np.roll(lane, 9 * channel) for channel in range(channels)], axis=1)
    soundfile.write(path, lanes.astype(np.float32), rate)
    return path
