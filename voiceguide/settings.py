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


@dataclass(frozen=True, slots=True)
class Settings:
    """One value for everything that can be chosen. An empty text leaves the choice to the routine."""

    engine: str = "pyttsx3"
    voice: str = ""
    rate: int | None = None
    """Words per minute while speaking."""
    bed: str = ""
    bed_level: float | None = None
    """Decibels to add to the bed where nobody speaks."""
    profile: str = "podcast"
    format: str = "mp3"
    pitch: int | None = None
    """Semitones above or below the voice's own pitch."""
    jobs: int | None = None
    """How many processors may work at once; None for as many as there are."""
    library: Path | None = None
    cache: Path | None = None
    voices: Path | None = None
    """Where voices that were added are kept."""
    recordings: Path | None = None
    """A folder of recorded lines that takes the engine's place."""
    openai_url: str = ""
    """Base address of a speech server: `http://127.0.0.1:8000/v1`."""
    openai_model: str = ""

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


_BOUNDS = {"rate": (60, 400), "bed_level": (-60, 30), "pitch": (-12, 12), "jobs": (1, 64)}
_WHOLE = ("rate", "pitch", "jobs")
_FOLDERS = ("library", "cache", "voices", "recordings")
_NAMES = tuple(field.name for field in fields(Settings))


def load(flags: Mapping[str, object], environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """The settings that hold now; flags that are None were not given.

    Raises UsageError, naming the file or variable, for a value that cannot be one.
    """
    user_file = Path(platformdirs.user_config_dir("voiceguide", appauthor=False)) / "config.toml"
    chosen: dict[str, object] = {}
    for path in (user_file, (folder or Path.cwd()) / PROJECT_FILE):
        chosen |= {name: _typed(name, value, str(path)) for name, value in _from_file(path).items()}
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


def _typed(name: str, value: object, where: str) -> object:
    try:
        if name in _BOUNDS:
            return _number(name, value)
        if not isinstance(value, str):
            raise ValueError("must be text in quotes")
        return Path(value).expanduser() if name in _FOLDERS else value
    except (ValueError, RuntimeError) as error:
        raise UsageError(f"{where}: {name} {error}", f"it is '{value}'") from None


def _number(name: str, value: object) -> float:
    least, most = _BOUNDS[name]
    try:
        number = int(str(value)) if name in _WHOLE else float(str(value))
    except ValueError:
        raise ValueError("must be a number") from None
    if not least <= number <= most:
        raise ValueError(f"must lie between {least} and {most}")
    return number
