"""One file from the network, whole and as it should be, or not there: resumed where it broke off, hashed, renamed."""

from __future__ import annotations

import hashlib
import http.client
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from voiceguide.errors import EngineError, EngineMissing, StorageError, UsageError

TRIES = 5
"""In a row without a single new byte, before a server is given up."""
SILENCE = 30.0
"""Seconds without a byte after which a connection counts as broken."""
WAIT = 0.5
"""Seconds before the second try; each further one waits twice as long."""
AT_ONCE = 1 << 18
_HERE = ("127.0.0.1", "localhost", "::1")
_NO_SUCH_RANGE = 416
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_BROKEN = (urllib.error.URLError, http.client.HTTPException, OSError)

Step = Callable[[int], None]
"""Told after each step how many bytes of the file are there."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file that is known to the byte."""

    name: str
    size: int
    sha256: str


def fetch(address: str, target: Path, wanted: Pinned, step: Step) -> None:
    """Brings `wanted` from `address` to `target`, going on from what an earlier try left beside it.

    Raises UsageError for an address that is not https, EngineMissing when nobody there has the file, EngineError when
    it is another one, and StorageError when it cannot be written.
    """
    _refuse_plain(address)
    part = target.with_name(f"{target.name}.part")
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    resumed = _size(part) > 0
    _complete(address, part, wanted, step)
    if resumed and not _is(part, wanted):
        # what was left over may have been something else: once more from the beginning
        part.unlink()
        _complete(address, part, wanted, step)
    settle(part, target, wanted, address)


def settle(part: Path, target: Path, wanted: Pinned, origin: str) -> None:
    """Makes `target` of `part` when it is what is wanted, else removes it and raises EngineError."""
    if not _is(part, wanted):
        part.unlink(missing_ok=True)
        raise EngineError(
            f"{origin} is not the {wanted.name} that voiceguide knows: its SHA-256 differs",
            "somebody changed it on the way, or there: bring it from another place with --from",
        )
    with _writing(target):
        part.replace(target)


def _complete(address: str, part: Path, wanted: Pinned, step: Step) -> None:
    """Goes on until `part` has the size wanted; as often as it takes while there is more of it than ever before."""
    failures = most = 0
    while (there := _size(part)) != wanted.size:
        try:
            _go_on(address, part, there if there < wanted.size else 0, wanted, step)
        except _BROKEN as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            failures = failures + 1 if _size(part) <= most else 1
            most = max(most, _size(part))
            if _status(error) == _NO_SUCH_RANGE and there:
                part.unlink(missing_ok=True)
            elif _final(error) or failures >= TRIES:
                raise EngineMissing(f"{address} cannot be fetched: {_reason(error)}", _by_hand(wanted)) from error
            time.sleep(WAIT * 2 ** (failures - 1))


def _go_on(address: str, part: Path, there: int, wanted: Pinned, step: Step) -> None:
    """One connection: the bytes from `there` on, or all of them where the server does not know how to go on."""
    headers = {"User-Agent": "voiceguide", "Accept-Encoding": "identity"}
    if there:
        headers["Range"] = f"bytes={there}-"
    request = urllib.request.Request(address, headers=headers)
    with _opener().open(request, timeout=SILENCE) as answer:
        start = there if _goes_on(answer, there) else 0
        with _writing(part), part.open("r+b" if start else "wb") as file:
            file.truncate(start)
            file.seek(start)
            _copy(answer, file, start, wanted, step)


def _copy(source: http.client.HTTPResponse, file: BinaryIO, there: int, wanted: Pinned, step: Step) -> None:
    while block := _read(source):
        there += len(block)
        if there > wanted.size:
            raise EngineError(f"the {wanted.name} that came is larger than {wanted.size} bytes", _by_hand(wanted))
        file.write(block)
        step(there)
    if there < wanted.size:
        raise http.client.IncompleteRead(b"", wanted.size - there)


def _read(source: http.client.HTTPResponse) -> bytes:
    """The next bytes. A connection that fails is a broken one, not a full disk."""
    try:
        return source.read(AT_ONCE)
    except OSError as error:
        raise http.client.HTTPException(str(error) or type(error).__name__) from error


def _goes_on(answer: http.client.HTTPResponse, there: int) -> bool:
    """Whether the answer begins where it was asked to."""
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return answer.status == 206 and found is not None and int(found[1]) == there


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows nobody from https to an open connection."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        try:
            _refuse_plain(newurl)
        except UsageError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Redirects())


def _refuse_plain(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise UsageError(f"{address} is not an https address", "voices are fetched over https alone")


def _final(error: BaseException) -> bool:
    """Whether asking again cannot help: the server says so, or there is nobody of that name."""
    return _status(error) not in (0, *_AGAIN) or isinstance(getattr(error, "reason", None), socket.gaierror)


def _status(error: BaseException) -> int:
    """Of the server's answer; 0 when there was none."""
    return error.code if isinstance(error, urllib.error.HTTPError) else 0


def _reason(error: BaseException) -> str:
    if status := _status(error):
        return f"the server says {status}"
    reason = getattr(error, "reason", error)
    return "the connection broke off" if isinstance(error, http.client.IncompleteRead) else str(reason)


def _by_hand(wanted: Pinned) -> str:
    return f"without a network, bring {wanted.name} on a disk and name its folder with --from"


def _is(path: Path, wanted: Pinned) -> bool:
    with path.open("rb") as file:
        return _size(path) == wanted.size and hashlib.file_digest(file, "sha256").hexdigest() == wanted.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (EngineError, http.client.HTTPException):
        raise
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}", "free some space, or choose another --voices-dir"
        ) from error
