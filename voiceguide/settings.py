"""What the user has chosen, from flag, environment, project file, user file and default, in that order."""

from __future__ import annotations

import os
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
    library: Path | None = None
    cache: Path | None = None

    @property
    def cache_folder(self) -> Path:
        """Where spoken clips are kept."""
        return self.cache or Path(platformdirs.user_cache_dir("voiceguide", appauthor=False)) / "clips"


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
        if name == "rate":
            return int(str(value))
        if name == "bed_level":
            return float(str(value))
    except ValueError:
        raise UsageError(f"{where}: {name} must be a number, not '{value}'", "write the number alone") from None
    return Path(str(value)).expanduser() if name in ("library", "cache") else str(value)
