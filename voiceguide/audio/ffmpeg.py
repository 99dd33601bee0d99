"""The one program we may run: an ffmpeg that came as a package, or the system's."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from functools import lru_cache
from tempfile import TemporaryFile
from typing import IO

from voiceguide.errors import EncoderError, EngineMissing

INSTALL = "pip install 'voiceguide[ffmpeg]'"
QUIET = ("-nostdin", "-hide_banner", "-v", "error")
ONLY_FILES = ("-protocol_whitelist", "file,pipe")
"""ffmpeg follows what files name, even to other machines, unless it is told not to."""
_LAST = 300  # characters of its complaints that are passed on
_FULL = "No space left on device"
_REASONS = {_FULL: errno.ENOSPC, "File too large": errno.EFBIG, "Input/output error": errno.EIO}


@lru_cache(maxsize=1)
def program() -> str:
    """Its path: the package's, which we know, before the system's. Raises EngineMissing."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        found = shutil.which("ffmpeg")
    if found is None:
        raise EngineMissing("M4A and M4B need ffmpeg, which is not installed", INSTALL)
    return found


class Run:
    """One run of ffmpeg, with pipes as `subprocess` names them. What it complains of goes to a nameless file."""

    def __init__(self, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL) -> None:
        self._complaints: IO[bytes] = TemporaryFile()  # noqa: SIM115  (closed by `finish` or `stop`)
        # In a session of its own: an interrupt is ours to handle, and stopping it early would leave half a file that
        # looks whole.
        self.process = subprocess.Popen(
            [program(), *QUIET, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=self._complaints,
            start_new_session=sys.platform != "win32",
            restore_signals=False,  # a limit on the size of files is then an error that it tells, and not its death
        )

    def finish(self) -> None:
        """Waits for it. Raises OSError where the disk failed, and EncoderError for any other complaint.

        It ends with 0 even when a full disk kept it from finishing a file, so what it says counts as well.
        """
        code = self.process.wait()
        complaint = self._complaint()
        self._complaints.close()
        if code or complaint:
            raise _reason(code, complaint)

    def stop(self) -> None:
        """Ends it at once. Safe at any time, and twice."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                _shut(pipe)
        self.process.kill()
        self.process.wait()
        self._complaints.close()

    def _complaint(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace").strip()


def _shut(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # it no longer reads


def _reason(code: int, complaint: str) -> Exception:
    for words, number in _REASONS.items():
        if words in complaint:
            return OSError(number, words)
    return EncoderError(f"ffmpeg failed ({code}): {complaint[-_LAST:] or 'it said nothing'}", "try another format")
