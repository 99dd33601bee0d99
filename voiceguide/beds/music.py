"""Somebody's own music: a file, or a folder of them one after the other, round and round for ever.

Every file is brought to the same loudness, and fades into the next one, or into its own beginning, at equal power.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path

import numpy as np

from voiceguide.audio import known
from voiceguide.audio.clip import Samples
from voiceguide.beds import LOUDNESS, Heard, Wish
from voiceguide.beds.tracks import Track
from voiceguide.errors import InputMissing, UsageError

SUFFIXES = frozenset(
    {".aac", ".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".m4a", ".mp3"}
    | {".oga", ".ogg", ".opus", ".w64", ".wav", ".wave", ".wma"}
)
"""What is taken for music in a folder. Whether it can be read is seen when it is."""
MOST_FILES = 500
MOST_COPIED = 1_000_000_000
"""Bytes that copies of files may take while others than those next to each other are kept: two hours of music."""
_AT_ONCE = 4  # files that are measured side by side
_FADE = 4.0  # seconds from one file to the next; a third of the shorter one at most
_HEADROOM = 3.5  # decibels: what was not measured may be louder, and what fades into its like adds up to 3 more


class Music:
    """The music at a rate in Hz."""

    def __init__(self, rate: int, wish: Wish | None = None) -> None:
        if not wish or not wish.parameter:
            raise UsageError("'music' names no file", "write it as in 'music:songs' or 'songs/river.flac'")
        self._tracks = _tracks(files(Path(wish.parameter).expanduser()), rate)
        self._gains = [np.float32(10 ** ((LOUDNESS - track.heard.loudness) / 20)) for track in self._tracks]
        self._playing, self._next = -1, 0
        self._fades = self._fade_lengths(rate)
        lengths = [track.length - fade for track, fade in zip(self._tracks, self._fades, strict=True)]
        self._begins = [0, *accumulate(lengths)]
        louder = max(track.heard.loudest - track.heard.loudness for track in self._tracks)
        self.heard = Heard(LOUDNESS, LOUDNESS + louder + _HEADROOM)
        self.period = self._begins[-1]
        """Frames from the beginning of the first file to its next beginning."""
        self._tracks[0].prepare()

    def _fade_lengths(self, rate: int) -> list[int]:
        """Frames that each file shares with the one after it."""
        following = [*self._tracks[1:], self._tracks[0]]
        return [
            min(round(_FADE * rate), one.length // 3, other.length // 3)
            for one, other in zip(self._tracks, following, strict=True)
        ]

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), from frame `start`. The very first file begins without a fade."""
        block = np.empty((frames, 2), np.float32)
        goes_on, self._next = start == self._next, start + frames
        done = 0
        while done < frames:
            turn, at = divmod(start + done, self.period)
            place = bisect_right(self._begins, at) - 1
            inside = at - self._begins[place]
            before = self._fades[place - 1] if turn or place else 0
            edge = before if inside < before else self._begins[place + 1] - self._begins[place]
            length = min(edge - inside, frames - done)
            block[done : done + length] = self._part(place, inside, length, before)
            done += length
            if goes_on:
                self._tracks[(place + 1) % len(self._tracks)].prepare()
        return block

    def powers(self, size: int, count: int) -> None:
        """Nobody knows them before it is played."""

    def _part(self, place: int, inside: int, length: int, before: int) -> Samples:
        self._let_go(place)
        part = self._tracks[place].at(inside, length) * self._gains[place]
        if inside < before:
            last = self._tracks[place - 1]
            bend = (np.arange(inside, inside + length, dtype=np.float64) + 0.5) * (np.pi / 2 / before)
            part *= np.sin(bend).astype(np.float32)[:, None]
            leaving = last.at(last.length - before + inside, length) * self._gains[place - 1]
            leaving *= np.cos(bend).astype(np.float32)[:, None]
            part += leaving
        return part

    def _let_go(self, place: int) -> None:
        """Closes all files but one and its neighbours: a folder may hold more than can be open.

        Of their copies there may be more than the disk holds: those go first that will not be played for longest.
        """
        if place == self._playing:
            return
        self._playing = place
        count = len(self._tracks)
        copied = sum(track.copied for track in self._tracks)
        for ahead in range(count - 2, 1, -1):
            track = self._tracks[(place + ahead) % count]
            track.rest()
            if track.copied and copied > MOST_COPIED:
                copied -= track.copied
                track.drop()


def _tracks(paths: list[Path], rate: int) -> list[Track]:
    """One for each path; those that nothing is known of are measured side by side."""
    if len(paths) == 1:  # on this thread, which can be interrupted
        return [Track(paths[0], rate)]
    tracks: list[Track] = []
    with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as threads:
        for track in threads.map(lambda path: Track(path, rate), paths):
            tracks.append(track)
            if sum(one.copied for one in tracks) > MOST_COPIED:
                track.drop()
    known.prune()
    return tracks


def files(path: Path) -> list[Path]:
    """The file itself, or the music in a folder, as people count: `2 river` before `10 rain`.

    Raises InputMissing when there is none.
    """
    if not path.is_dir():
        return [path]
    try:
        found = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.name[0] != "."]
    except OSError as error:
        raise InputMissing(f"the folder {path} cannot be read: {error.strerror}", "check its path") from None
    if not 0 < len(found) <= MOST_FILES:
        fault = f"more than {MOST_FILES} pieces of" if found else "no"
        raise InputMissing(f"there is {fault} music in the folder {path}", "put FLAC, MP3, OGG or WAV files into it")
    return sorted(found, key=_natural)


def _natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    words = re.findall(r"\d+|\D+", path.name.casefold())
    return [(0, int(word), "") if word.isdecimal() else (1, 0, word) for word in words], path.name
