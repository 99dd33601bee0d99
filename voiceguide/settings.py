"""What the user has chosen, from flag, environment, project file, user file and default, in that order."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from voiceguide.errors import UsageError
from voiceguide.near import suggest

PROJECT_FILE = "voiceguide.toml"
ONLINE = ("openai",)
"""Engines that send words, and perhaps a key, to another machine."""
USERS_ALONE = ("openai_url", "openai_model")
"""Settings that a project file may not make: a folder that somebody was sent must not send words or keys anywhere."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One value for everything that can be chosen. An empty text leaves the choice to the routine."""

    engine: str = "pyttsx3"
    voice: str = ""
    rate: int | None = None
    """Words per minute while speaking."""
    bed: str = ""
    bed_level: float | None = None
    """Decibels to add to the bed, under speech too."""
    profile: str = "podcast"
    format: str = "mp3"
    bitrate: str = ""
    """How the format is to be written, as it understands it: `192`, `v2`, `64-mono`, `q6`. Empty: as usual."""
    sample_rate: int | None = None
    """Hz of the session; None for what the format likes best."""
    stems: bool = False
    """True to have voice, sounds, bed and mix as files of their own too."""
    shaping: str = "off"
    """What is done to the sound of the voice: off, subtle or studio."""
    pitch: int | None = None
    """Semitones above or below the voice's own pitch."""
    jobs: int | None = None
    """How many processors may work at once; None for as many as there are."""
    library: Path | None = None
    cache: Path | None = None
    voices: Path | None = None
    """Where voices that were added are kept."""
    places: Path | None = None
    """Where the places are kept at which sessions were left."""
    screen_reader: bool = False
    """True to have plain lines in place of a screen that is drawn."""
    recordings: Path | None = None
    """A folder of recorded lines that takes the engine's place."""
    fill: bool = False
    """True when the engine speaks the lines that this folder lacks."""
    openai_url: str = ""
    """Base address of a speech server, as it ends in `/v1`: `http://127.0.0.1:8000/v1`."""
    openai_model: str = ""
    """What that server calls the model that is to speak."""

    @property
    def cache_folder(self) -> Path:
        """Where spoken clips are kept."""
        return self.cache or Path(platformdirs.user_cache_dir("voiceguide", appauthor=False)) / "clips"

    @property
    def processors(self) -> int:
        """How many may work at once."""
        return self.jobs or len(os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1))

    @property
    def voices_folder(self) -> Path:
        """Where voices that were added are kept."""
        return self.voices or Path(platformdirs.user_data_dir("voiceguide", appauthor=False)) / "voices"

    @property
    def places_folder(self) -> Path:
        """Where the places are kept at which sessions were left."""
        return self.places or Path(platformdirs.user_state_dir("voiceguide", appauthor=False)) / "places"


_BOUNDS = {
    "rate": (60, 400),
    "bed_level": (-60, 30),
    "pitch": (-12, 12),
    "jobs": (1, 64),
    "sample_rate": (44_100, 48_000),
}
_WHOLE = ("rate", "pitch", "jobs", "sample_rate")
_SWITCHES = ("fill", "stems", "screen_reader")
_FOLDERS = ("library", "cache", "voices", "places", "recordings")
_NAMES = tuple(field.name for field in fields(Settings))


def load(flags: Mapping[str, object], environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """The settings that hold now; flags that are None were not given.

    Raises UsageError, naming the file or variable, for a value that cannot be one, and for a project file that chooses
    an engine which sends words to another machine, or anything about one: that is the user's own to choose.
    """
    user_file = Path(platformdirs.user_config_dir("voiceguide", appauthor=False)) / "config.toml"
    chosen: dict[str, object] = {}
    project_file = (folder or Path.cwd()) / PROJECT_FILE
    for path in (user_file, project_file):
        values = {name: _typed(name, value, str(path)) for name, value in _from_file(path).items()}
        if path == project_file != user_file:
            _refuse_online(values, path)
        chosen |= values
    for name in _NAMES:
        if value := environ.get(f"VOICEGUIDE_{name.upper()}"):
            chosen[name] = _typed(name, value, f"VOICEGUIDE_{name.upper()}")
    chosen |= {name: value for name, value in flags.items() if name in _NAMES and value is not None}
    return Settings(**chosen)  # type: ignore[arg-type]  # each value was made by `_typed` or by its flag


def _from_file(path: Path) -> dict[str, object]:
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is not an ordinary file", "take it away")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "mend it, or take it away") from None
    for name in values:
        if name not in _NAMES:
            raise UsageError(f"{path} has an unknown setting '{name}'", suggest(name, _NAMES))
    return values


def _refuse_online(values: Mapping[str, object], path: Path) -> None:
    """Raises UsageError for what would let whoever wrote a project decide where words and keys go."""
    for name in USERS_ALONE:
        if name in values:
            raise UsageError(
                f"{path} sets {name}, which a project may not choose",
                f"take it out; if you want it yourself, set VOICEGUIDE_{name.upper()} or your own config.toml",
            )
    if values.get("engine") in ONLINE:
        engine = values["engine"]
        raise UsageError(
            f"{path} chooses the engine '{engine}', which sends words to another machine",
            f"take it out; if you want it yourself, say --engine {engine}",
        )


def _typed(name: str, value: object, where: str) -> object:
    try:
        if name in _BOUNDS:
            return _number(name, value)
        if name in _SWITCHES:
            return _switch(value)
        if not isinstance(value, str):
            raise ValueError("must be text in quotes")
        return Path(value).expanduser() if name in _FOLDERS else value
    except (ValueError, RuntimeError) as error:
        raise UsageError(f"{where}: {name} {error}", f"it is '{value}'") from None


def _switch(value: object) -> bool:
    choice = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(str(value).lower())
    if choice is None:
        raise ValueError("must be true or false")
    return choice


def _number(name: str, value: object) -> float:
    least, most = _BOUNDS[name]
    try:
        number = int(str(value)) if name in _WHOLE else float(str(value))
    except ValueError:
        raise ValueError("must be a number") from None
    if not least <= number <= most:
        raise ValueError(f"must lie between {least} and {most}")
    return number
