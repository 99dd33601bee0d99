"""Backgrounds. A bed is a function of time, so a section mixed alone equals its slice of the whole.

What people write, for `--bed` and `bed:`, is one bed or several on top of each other:

    bed        piece { "+" piece }
    piece      name [ ":" parameter ] [ "@" interval ] [ ":" level ]
             | file [ ":" level ]
    name       a word of the table: ocean, drone, …
    parameter  what that bed takes: a note (drone:A2, bowl:D3), a chord (pad:Dm), a carrier and beats in Hz
               (binaural:200/6, isochronic:180/10-4); music takes a file or a folder
    interval   a length of time between two strokes (bowl@60s, bowl@1:30)
    level      decibels with a sign or the unit, so that it is no parameter: ocean:-3, rain:+2, wind:0dB
    file       a path with a slash in it or with the ending of a sound (./songs, river.flac), or music:songs; in
               double quotes where it has a plus sign or a colon in it

All beds are equally loud, and a level says how much softer or louder a piece is than the others. The sum is as loud as
its loudest piece by itself would be. A file is looked for from the current folder, or from the file that names it.

To add one:
1. write `beds/<name>.py` with a class that keeps the Protocol below, made with a rate in Hz and a `Wish`;
2. name it in `BUILTIN`, or in your own package under the entry-point group `voiceguide.beds`;
3. run `pytest tests/contracts`: the suite takes every name in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from voiceguide import plugins
from voiceguide.beds import parameters
from voiceguide.beds.pieces import MUSIC, Piece, parse, spell
from voiceguide.errors import InputMissing, UsageError
from voiceguide.model.units import Millis

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BUILTIN", "GROUP", "LOUDNESS", "MUSIC", "NONE", "SUMMARIES", "Bed", "Heard", "Opened", "Piece", "Wish"]
__all__ += ["alike", "check_files", "check_name", "make", "names", "open_music", "parse", "spell"]

GROUP = "voiceguide.beds"
NONE = "none"
BUILTIN = {
    "drone": "voiceguide.beds.drone:Drone",
    "pad": "voiceguide.beds.pad:Pad",
    "bowl": "voiceguide.beds.bowl:Bowl",
    "rain": "voiceguide.beds.rain:rain",
    "ocean": "voiceguide.beds.ocean:ocean",
    "stream": "voiceguide.beds.stream:stream",
    "wind": "voiceguide.beds.wind:wind",
    "night": "voiceguide.beds.night:night",
    "white": "voiceguide.beds.noises:white",
    "pink": "voiceguide.beds.noises:pink",
    "brown": "voiceguide.beds.noises:brown",
    "binaural": "voiceguide.beds.tones:Binaural",
    "isochronic": "voiceguide.beds.tones:Isochronic",
    MUSIC: "voiceguide.beds.music:Music",
    NONE: "voiceguide.beds.silence:Silence",
}
SUMMARIES = {
    "drone": "a warm low tone, slowly beating; drone:C3 for another note",
    "pad": "a soft chord that breathes; pad:Dm for another",
    "bowl": "a singing bowl; bowl@60s is struck every minute, bowl:D3 is another note",
    "rain": "steady rain, some drops near",
    "ocean": "waves, one every 6 to 14 seconds",
    "stream": "a brook over stones",
    "wind": "wind in gusts",
    "night": "a quiet night with far crickets",
    "white": "white noise",
    "pink": "pink noise, softer than white",
    "brown": "brown noise, deep and soft",
    "binaural": "a tone for each ear, for headphones; binaural:200/10-4 is 200 Hz with a beat from 10 to 4 Hz",
    "isochronic": "a tone that pulses; isochronic:200/6 is 200 Hz, six times a second",
    MUSIC: 'your own: a file or a folder, as in "songs/river.flac" or "music:songs"',
    NONE: "silence",
}
"""A line on each built-in bed."""
LOUDNESS = -30.0
"""LUFS of every built-in bed over minutes."""
LEAST_INTERVAL, MOST_INTERVAL = Millis(4_000), Millis(3_600_000)
_STRUCK = ("bowl",)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a bed beside its name; all of it may be empty."""

    parameter: str = ""
    every: Millis | None = None
    """From one stroke to the next."""
    length: int | None = None
    """Frames of the session, for what changes over it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How loud a bed is, by its maker's knowledge."""

    loudness: float
    """LUFS over minutes."""
    loudest: float
    """LUFS that no 400 ms of it exceed."""


class Bed(Protocol):
    """A background at a session's rate."""

    @property
    def period(self) -> int | None:
        """Frames after which it repeats exactly; None where it never does, or nobody knows."""

    @property
    def heard(self) -> Heard | None:
        """How loud it is; None to be measured."""

    def powers(self, size: int, count: int) -> NDArray[np.float64] | None:
        """The mean K-weighted power of each of its first `count` stretches of `size` frames; None to be measured."""

    def at(self, start: int, frames: int) -> NDArray[np.float32]:
        """Stereo samples, shape (frames, 2), from frame `start`. The same span gives the same samples, always."""


Opened = dict[str, Bed]
"""Path → the music that plays it."""


def names() -> tuple[str, ...]:
    """Every bed there is."""
    return plugins.names(GROUP, BUILTIN)


def check_name(text: str) -> None:
    """Raises UsageError, naming the piece, for what is no bed, and InputMissing for a file that is not there."""
    pieces = parse(text)
    for piece in pieces:
        _check(piece, f"'{text}': " if len(pieces) > 1 else "")


def check_files(text: str) -> None:
    """Raises InputMissing for music that cannot be played, as far as that is seen without decoding it."""
    for piece in parse(text):
        if piece.name == MUSIC:
            from voiceguide.beds.music import files
            from voiceguide.beds.tracks import looked_at

            for path in files(Path(piece.parameter).expanduser()):
                looked_at(path)


def open_music(text: str, rate: int, music: Opened) -> None:
    """Opens, and listens to, all music of a bed that is not in `music` yet, which is kept for one `rate`.

    Raises InputMissing for files that cannot be played, and EngineMissing for M4A where there is no ffmpeg.
    """
    for piece in parse(text):
        if piece.name == MUSIC:
            _made(piece, rate, None, music)


def make(text: str, rate: int, length: int | None = None, music: Opened | None = None) -> Bed:
    """A bed, or several in layers, at `rate` Hz for a session of `length` frames, with the `music` that was opened.

    Raises UsageError and InputMissing as `check_name` does, and whatever `open_music` does.
    """
    check_name(text)
    pieces = parse(text)
    made = [_made(piece, rate, length, {} if music is None else music) for piece in pieces]
    if len(pieces) == 1 and not pieces[0].level:
        return made[0]
    from voiceguide.beds.layers import Layers

    return Layers(made, [piece.level for piece in pieces], [_kind(piece) for piece in pieces], rate)


def alike(one: str, other: str) -> bool:
    """Whether two beds have a sound in common, which in their sum adds up in step, or one of them is silence."""
    sounds = _sounds(one), _sounds(other)
    return bool(sounds[0] & sounds[1]) or not all(sounds)


def _sounds(text: str) -> set[tuple[str, object, Millis | None]]:
    return {_sound(piece) for piece in parse(text) if piece.name != NONE}


def _sound(piece: Piece) -> tuple[str, object, Millis | None]:
    """What is heard of a piece, however it is written."""
    every = piece.every or (parameters.BETWEEN_STROKES if piece.name in _STRUCK else None)
    return *_kind(piece), every


def _kind(piece: Piece) -> tuple[str, object]:
    """The same of pieces of which something may sound in step."""
    meant = str(Path(piece.parameter)) if piece.name == MUSIC else parameters.sounding(piece.name, piece.parameter)
    return piece.name, meant


def _made(piece: Piece, rate: int, length: int | None, music: Opened) -> Bed:
    if piece.name == MUSIC and piece.parameter in music:
        return music[piece.parameter]
    factory = plugins.load(GROUP, BUILTIN, piece.name)
    bed = cast(Bed, factory(rate, Wish(piece.parameter, piece.every, length)))
    if piece.name == MUSIC:
        music[piece.parameter] = bed
    return bed


def _check(piece: Piece, where: str) -> None:
    try:
        target = plugins.check(GROUP, BUILTIN, piece.name)
        if target != BUILTIN.get(piece.name):
            return
        if piece.name == MUSIC:
            _check_file(piece.parameter)
            return
        parameters.check(piece.name, piece.parameter)
        _check_interval(piece)
    except UsageError as error:
        raise UsageError(where + error.message, error.hint) from None


def _check_file(name: str) -> None:
    try:
        there = Path(name).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        there = False
    if not there:
        raise InputMissing(f"there is no file or folder '{name}' for the bed", "check its path")


def _check_interval(piece: Piece) -> None:
    if piece.every is None:
        return
    if piece.name not in _STRUCK:
        raise UsageError(f"{piece.name} is not struck at intervals", f"leave '@' out: '{piece.name}'")
    if not LEAST_INTERVAL <= piece.every <= MOST_INTERVAL:
        raise UsageError(f"{piece.name} cannot be struck so often or so seldom", "from every 4s to every 1h")
