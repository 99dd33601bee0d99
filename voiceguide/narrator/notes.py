"""What others have found out about clips, kept as long as the clips are the same."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable

from voiceguide.cache import Entries
from voiceguide.errors import StorageError
from voiceguide.model.script import Utterance


class ClipNotes:
    """Bytes about the very samples that an utterance has now, by what they were made for.

    `stamp` names these samples, or gives None where there are none. A folder that takes nothing only makes
    the next session slower.
    """

    def __init__(self, stamp: Callable[[Utterance], str | None], entries: Entries) -> None:
        self._stamp = stamp
        self._entries = entries

    def get(self, utterance: Utterance, made_for: str) -> bytes | None:
        """What was put, or None."""
        key = self._key(utterance, made_for)
        return self._entries.read(key) if key else None

    def put(self, utterance: Utterance, made_for: str, note: bytes) -> None:
        """Keeps `note` where that is possible."""
        if key := self._key(utterance, made_for):
            with contextlib.suppress(StorageError):
                self._entries.write(key, note)

    def _key(self, utterance: Utterance, made_for: str) -> str | None:
        stamp = self._stamp(utterance)
        return hashlib.sha256(f"{stamp} {made_for}".encode()).hexdigest() if stamp else None
