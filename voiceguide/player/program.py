"""What a player plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.errors import VoiceguideError
    from voiceguide.model.timeline import Timeline
    from voiceguide.model.units import Frames, Millis


class Program(Protocol):
    """A session that may still be growing and changing ahead of the place that is heard.

    `timeline`, `ready`, `sound` and `waiting` are called on the player's mixing thread and answer at once, `words`,
    `trouble` and `failure` on any; `stretched` and `at_rate` are called one after the other on another thread, and may
    take their time: the plan that was there is heard meanwhile. When the timeline has been swapped, the player mixes
    anew what it holds ahead of the ear (a second at most) and crossfades, so a swap may change everything but what was
    heard.
    """

    rate: int
    """Frames per second."""
    words: int
    """Words a minute, of what is not spoken yet."""

    def timeline(self) -> Timeline:
        """The session as it is planned now: swapped whole, never changed in place."""

    def ready(self, start: int) -> Frames:
        """Up to which frame, from `start` on, everything is spoken and can be mixed now; the length at the end.

        At most `start` when nothing is. Asked in a pause too, so that the program knows the place that comes next.
        """

    def sound(self, start: int, frames: int, bed: int) -> tuple[Samples, Samples]:
        """Voice and sounds, and the bed, each float32 of shape (frames, 2), from session frame `start`.

        The bed's own clock stands at frame `bed`, so that it goes on unbroken over a seek; its level, and which bed it
        is, hang on `start`. Where `bed` is `start`, the sum is what the renderer mixes. Asked only for what is ready;
        beyond the end of a plan that was swapped a moment ago it is silence.
        """

    def waiting(self, start: int, frames: int, bed: int) -> Samples:
        """The bed alone, float32 of shape (frames, 2), from its own frame `bed`, while the session waits at `start`.

        Its level is the one that it has at `start`, and stands still.
        """

    def trouble(self) -> str:
        """Why it cannot go on where it waits, as a listener is told; empty while it can, or soon will."""

    def failure(self) -> VoiceguideError | None:
        """The same as what it is, for a listening that ends there."""

    def stretched(self, at: int, by: Millis) -> str:
        """Makes the section that holds frame `at` longer by `by`, or shorter; everything before `at` stays.

        Gives a message for the listener, also when it cannot; raises nothing that a listener can cause.
        """

    def at_rate(self, at: int, words: int) -> str:
        """Speaks what comes after `at`, and is not spoken yet, at `words` a minute. Gives a message."""

    def close(self) -> None:
        """Stops speaking. Safe to call twice."""
