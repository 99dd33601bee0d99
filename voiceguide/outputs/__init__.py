"""Where a session is heard, behind one small Protocol. Outputs take frames and count them: they never mix or decide.

To add one:
1. write `outputs/<name>.py` with a class that keeps the Protocol below, made with the text after the colon of
   `name:parameter`; import the sound library inside its methods;
2. name it in `BUILTIN`, or in your own package under the entry-point group `voiceguide.outputs`;
3. run `pytest tests/contracts`: the suite takes every name in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from voiceguide import plugins

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples

GROUP = "voiceguide.outputs"
BUILTIN = {
    "miniaudio": "voiceguide.outputs.miniaudio:MiniaudioOutput",
    "null": "voiceguide.outputs.null:NullOutput",
    "wav": "voiceguide.outputs.wav:WavOutput",
}
SUMMARIES = {
    "miniaudio": "the loudspeakers; miniaudio:alsa for one sound system (alsa, pulseaudio, jack, wasapi, coreaudio, …)",
    "null": "nothing is heard, in real time; null:fast as quickly as it can be mixed",
    "wav": "wav:FILE writes what would be heard, as quickly as it can be mixed",
}
"""A line on each built-in output."""
USUAL = "miniaudio"

Pull = Callable[[int], "Samples"]
"""Gives that many frames, float32 of shape (frames, 2) within ±1, and never blocks but for a `patient` output."""


class Output(Protocol):
    """A device. It is made once, and may be opened again after it was lost or closed."""

    name: str
    patient: bool
    """True when it has no clock of its own and waits for its frames, as a file does."""

    def open(self, rate: int, pull: Pull) -> None:
        """Takes the device (the default one, whichever that is now) and pulls from it, on a thread of its own.

        Raises OutputFailed when there is no device or it refuses, EngineMissing when a library is not installed,
        CannotCreate and StorageError for a file.
        """

    @property
    def consumed(self) -> int:
        """Frames that the device has taken, over all openings. This is the only clock of a session."""

    @property
    def fault(self) -> str:
        """Why it takes no more, as far as it knows itself; empty while all is well."""

    def close(self) -> None:
        """Lets the device go, and finishes what it wrote. Safe to call twice, and when it is lost."""


def names() -> tuple[str, ...]:
    """Every output there is."""
    return plugins.names(GROUP, BUILTIN)


def check_name(text: str) -> None:
    """Raises UsageError when there is none of that name."""
    plugins.check(GROUP, BUILTIN, text.partition(":")[0])


def make(text: str = USUAL) -> Output:
    """An output from `name` or `name:parameter`, not opened yet. Raises UsageError when there is none, or not so."""
    name, _, parameter = text.partition(":")
    return cast(Output, plugins.load(GROUP, BUILTIN, name)(parameter))
