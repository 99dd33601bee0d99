"""Backgrounds. A bed is a function of time, so a section mixed alone equals its slice of the whole.

To add one:
1. write `beds/<name>.py` with a class that keeps the Protocol below;
2. name it in `BUILTIN`, or in your own package under the entry-point group `voiceguide.beds`;
3. run `pytest tests/contracts`: the suite takes every name in the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from voiceguide import plugins

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUP = "voiceguide.beds"
BUILTIN = {
    "drone": "voiceguide.beds.drone:Drone",
    "none": "voiceguide.beds.silence:Silence",
}


class Bed(Protocol):
    """A background at a session's rate."""

    def at(self, start: int, frames: int) -> NDArray[np.float32]:
        """Stereo samples, shape (frames, 2), from frame `start`. The same span gives the same samples, always."""


def names() -> tuple[str, ...]:
    """Every bed there is."""
    return plugins.names(GROUP, BUILTIN)


def check_name(name: str) -> None:
    """Raises UsageError when there is none of that name."""
    plugins.check(GROUP, BUILTIN, name)


def make(name: str, rate: int) -> Bed:
    """A bed by name at `rate` Hz. Raises UsageError when there is none of that name."""
    return cast(Bed, plugins.load(GROUP, BUILTIN, name)(rate))
