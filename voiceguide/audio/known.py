"""What was found out about a file of sound before, for as long as it is the same file.

It lies below the clips' cache, in `music`: that is quickly made again, though not in time for somebody who waits.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from voiceguide import settings
from voiceguide.cache import Entries, music_in
from voiceguide.errors import VoiceguideError

_MOST = 2_000_000
"""Bytes of all that is kept: more than ten thousand files."""


class Entry:
    """What is known of the file at `path`, in the light of `about`: whatever else an answer hangs on.

    A file is taken to be the same when its path, its size and the times of its last changes are.
    """

    def __init__(self, path: Path, *about: object) -> None:
        self._entries, self._key = _entries(), ""
        with suppress(OSError):
            found = path.stat()
            same = str(path.resolve()), found.st_size, found.st_mtime_ns, found.st_ctime_ns
            self._key = hashlib.sha256(json.dumps([*same, *about]).encode()).hexdigest()

    def read(self) -> Any:
        """What `write` was given, as JSON has it; None when nothing is known of this very file."""
        found = self._entries.read(self._key) if self._entries and self._key else None
        return json.loads(found) if found else None

    def write(self, facts: object) -> None:
        """Keeps it, where there is a place for it."""
        if self._entries and self._key:
            with suppress(VoiceguideError):
                self._entries.write(self._key, json.dumps(facts).encode())


def prune() -> None:
    """Forgets what was not asked for in the longest time, when there is too much of it."""
    if entries := _entries():
        entries.prune(_MOST)


def _entries() -> Entries | None:
    try:
        return music_in(settings.load({}).cache_folder)
    except VoiceguideError:
        return None
