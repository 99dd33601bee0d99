"""One routine as somebody asks to hear it: what it is made of, where it goes on, and its kept place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.cli import options
from voiceguide.cli.plan import wishes_from
from voiceguide.errors import InputMissing, VoiceguideError
from voiceguide.model.units import Frames, Millis, format_duration
from voiceguide.pipeline import places
from voiceguide.progress import Listener

if TYPE_CHECKING:
    from voiceguide.model.timeline import Timeline
    from voiceguide.pipeline.live import Live
    from voiceguide.settings import Settings

_WISHES = ("length", "only", "skip", "boost", "condition")
_MAKINGS = (*_WISHES, "engine", "voice", "rate", "pitch", "recordings", "profile")
"""The options that make a session what it is: with others it is another one, and has a place of its own."""
_BESIDES = ("bed", "bed_level")
"""Options that are kept with a place, though a session over another bed is the same and goes on at the same place."""
_SHELVES = {"library": "--library", "voices": "--voices-dir"}
"""Where things are: printed with a command, which finds nothing without them."""
_FOLDERS = ("recordings",)


@dataclass(frozen=True, slots=True)
class Session:
    """One routine as it is asked for, and where it was left."""

    routine: str
    flags: dict[str, Any]
    """The command's options by name; None or empty for what was not given."""
    place: places.Place | None = None
    """Where it goes on."""
    kept_as: places.Asked | None = None
    """What was asked when that place was kept."""

    @property
    def asked(self) -> dict[str, Any]:
        """The options that make it what it is, of those that were given, as JSON has them."""
        return self._given(_MAKINGS)

    @property
    def besides(self) -> dict[str, Any]:
        """The same of the options that are kept besides."""
        return self._given(_BESIDES)

    @property
    def settings(self) -> Settings:
        """What holds for it."""
        return options.settings_from(**self.flags)

    def resumed(self) -> Session:
        """The same from where it was left. Raises InputMissing when no place is kept."""
        found = places.kept(self.settings.places_folder, places.identity(self.routine), self.asked)
        if found is None:
            hint = "leave --resume out, and leave the session with Q for the next time"
            raise InputMissing(f"no place is kept for '{self.routine}'", hint)
        if self.asked and self.asked != found.asked:
            return Session(self.routine, self.flags, found.place, found.asked)
        # Where nothing else is asked now, the session that was left is meant, and not only its routine.
        again = {name: Path(str(value)) if name in _FOLDERS else value for name, value in found.asked.items()}
        besides = {name: value for name, value in found.besides.items() if name not in self.besides}
        return Session(self.routine, {**self.flags, **again, **besides}, found.place, found.asked)

    def program(self, lead_in: Millis, listener: Listener) -> Live:
        """What is played; it speaks what is heard first, first."""
        from voiceguide.pipeline.live import live

        settings = self.settings
        return live(
            options.library_from(settings),
            self.routine,
            self.flags["length"],
            wishes_from(self.flags),
            settings,
            start=self._start if self.place else None,
            lead_in=lead_in,
            listener=listener,
        )

    def unkept(self) -> str:
        """Why its place cannot be kept; empty where it can."""
        return places.unkept(self.settings.places_folder)

    def find(self, timeline: Timeline) -> places.Found | None:
        """Where it goes on in a plan; None when it begins at the beginning."""
        return places.find(self.place, timeline, self._text()) if self.place else None

    def _start(self, timeline: Timeline) -> Frames:
        found = self.find(timeline)
        return found.start if found else Frames(0)

    def keep(self, timeline: Timeline, at: Frames) -> Frames:
        """Keeps the place of frame `at`, and says where it will go on. Raises StorageError."""
        try:
            text = self._text()
        except VoiceguideError:
            # The routine was changed or taken away while it played. Its place is wanted all the more.
            text = ""
        place = places.place_at(timeline, at, text)
        folder, routine = self.settings.places_folder, places.identity(self.routine)
        places.keep(folder, routine, self.asked, place, self.besides)
        if self.kept_as not in (None, self.asked):
            self._forget(self.kept_as or {})
        return places.find(place, timeline, text).start

    def forget(self) -> None:
        """Takes away the place of this session, and the one that it went on from."""
        self._forget(self.asked)
        if self.kept_as is not None:
            self._forget(self.kept_as)

    def _forget(self, asked: places.Asked) -> None:
        places.forget(self.settings.places_folder, places.identity(self.routine), asked)

    def _text(self) -> str:
        from voiceguide import pipeline

        settings = self.settings
        library = options.library_from(settings)
        return places.fingerprint(pipeline.compiled(library, self.routine, wishes_from(self.flags), settings))

    def rendered(self) -> list[str]:
        """The command that makes a file of it, word by word."""
        return ["voiceguide", "render", self.routine, *self._words(self.asked | self.besides), *self._where(_SHELVES)]

    def again(self) -> list[str]:
        """The command that goes on with it from its kept place, which knows the rest of what was asked."""
        shelves = _SHELVES | {"places": "--places-dir"}
        return ["voiceguide", "play", self.routine, "--resume", *self._words(self.besides), *self._where(shelves)]

    def _given(self, names: tuple[str, ...]) -> dict[str, Any]:
        given = {name: self.flags.get(name) for name in names}
        return {name: _plain(value) for name, value in given.items() if value not in (None, ())}

    def _words(self, options: dict[str, Any]) -> Iterator[str]:
        for name, value in options.items():
            for one in value if isinstance(value, list) else [value]:
                yield from (f"--{name.replace('_', '-')}", _typed(name, one))

    def _where(self, shelves: dict[str, str]) -> Iterator[str]:
        for name, option in shelves.items():
            if folder := self.flags.get(name):
                yield from (option, str(folder))


def _typed(name: str, value: Any) -> str:
    """A value as it is typed."""
    if name == "length":
        return format_duration(Millis(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    """As JSON has it."""
    if isinstance(value, Path):
        return str(value.resolve())
    return list(value) if isinstance(value, tuple) else value
