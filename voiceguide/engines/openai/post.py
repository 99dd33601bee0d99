"""One question over HTTP, answered whole and in time or not at all: total deadline, byte cap, one host, no surprises.

How a connection comes about, certificates and proxies, is in `route`.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from voiceguide.engines.openai.route import connection_to, shown
from voiceguide.errors import EngineError, EngineMissing, VoiceguideError

if TYPE_CHECKING:
    import http.client

REDIRECTS = 3
_MOVED = (301, 302, 307, 308)
_AT_ONCE = 1 << 16
_LONGEST_COMPLAINT = 1 << 16
"""Bytes that are read of an answer which is an error anyway."""


class Broken(EngineError):
    """The server took the question, or a part of it, and gave no whole answer: asking again may help."""


class Unreachable(EngineMissing):
    """There is nobody there, or not yet."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: status, header names in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Poster:
    """Asks one server, over one connection that stays open from question to question.

    `base` is an address without user, password, query or fragment.
    """

    def __init__(self, base: str) -> None:
        self._base = urlsplit(base)
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, headers: Mapping[str, str], body: bytes, deadline: float, most: int) -> Reply:
        """The answer to `body`, sent to `path` below the base address, within `deadline` seconds and `most` bytes.

        Follows redirects within the server alone. Raises Broken or Unreachable when another try may help, EngineMissing
        when the server cannot be trusted or sends one elsewhere, and EngineError when it answers too late or too much.
        """
        work = _Work(self, self._base.path.rstrip("/") + path, headers, body, deadline, most)
        thread = threading.Thread(target=work.run, name="voiceguide-post", daemon=True)
        try:
            thread.start()
            # The name of a server is looked up without any deadline; waiting here has one, whatever the thread does.
            work.done.wait(deadline)
        finally:
            if not work.done.is_set():
                work.abandon()
                self._connection = None
        return work.reply()

    def close(self) -> None:
        """Lets the connection go. Safe to call twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Work:
    """One question in a thread of its own, so that it can be left behind."""

    def __init__(
        self, poster: Poster, path: str, headers: Mapping[str, str], body: bytes, deadline: float, most: int
    ) -> None:
        self._poster = poster
        self._base = poster._base
        self._path = path
        self._headers = headers
        self._body = body
        self._until = time.monotonic() + deadline
        self._deadline = deadline
        self._most = most
        self._connection = poster._connection
        self._abandoned = False
        self._reply: Reply | VoiceguideError | None = None
        self.done = threading.Event()

    def run(self) -> None:
        try:
            self._reply = self._asked()
        except VoiceguideError as error:
            self._reply = error
        except Exception as error:  # http.client lets many kinds through for garbage
            self._reply = Broken(f"{self._server} gave no whole answer in HTTP: {_reason(error)}")
        finally:
            if not isinstance(self._reply, Reply):
                self._drop()
            if not self._abandoned:
                self._poster._connection = self._connection
            self.done.set()

    def reply(self) -> Reply:
        if self._abandoned or self._reply is None:
            raise EngineError(f"{self._server} gave no whole answer within {self._deadline:.1f} s")
        if isinstance(self._reply, VoiceguideError):
            raise self._reply
        return self._reply

    def abandon(self) -> None:
        """Wakes the thread wherever it waits for the server. It sends nothing any more."""
        self._abandoned = True
        sock = self._connection.sock if self._connection else None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    @property
    def _server(self) -> str:
        return f"the speech server at {shown(self._base)}"

    def _asked(self) -> Reply:
        path = self._path
        for _ in range(REDIRECTS + 1):
            reply = self._exchange(path)
            if reply.status not in _MOVED:
                return reply
            path = self._followed(path, reply.headers.get("location", ""))
        raise EngineMissing(f"{self._server} sends one from address to address", "check VOICEGUIDE_OPENAI_URL")

    def _followed(self, path: str, location: str) -> str:
        """The path that a redirect names. Raises EngineMissing when it leads to another server: words stay here."""
        here = self._base._replace(path=path)
        try:
            there = urlsplit(urljoin(here.geturl(), location))
            same = location != "" and _origin(there) == _origin(here) and not there.username
        except ValueError:
            same = False
        if not same:
            raise EngineMissing(
                f"{self._server} sends one to another address, where nothing is sent",
                "set VOICEGUIDE_OPENAI_URL to the right address yourself",
            )
        return there.path + (f"?{there.query}" if there.query else "")

    def _exchange(self, path: str) -> Reply:
        reused = self._connection is not None and self._connection.sock is not None
        try:
            return self._sent(path)
        except OSError as error:
            # An open connection may have been closed by the server while nobody looked.
            self._drop()
            if not reused or self._abandoned:
                raise Broken(f"{self._server} broke off: {_reason(error)}") from None
        try:
            return self._sent(path)
        except OSError as error:
            raise Broken(f"{self._server} broke off: {_reason(error)}") from None

    def _sent(self, path: str) -> Reply:
        connection = self._connected()
        connection.request("POST", path, self._body, {**self._headers, "Accept-Encoding": "identity"})
        with contextlib.closing(connection.getresponse()) as answer:
            body = self._read(answer)
        if answer.will_close:
            self._drop()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        most = self._most if answer.status == 200 else _LONGEST_COMPLAINT
        body = bytearray()
        while len(body) <= most and (piece := answer.read(_AT_ONCE)):
            body += piece
        if len(body) > most:
            if answer.status == 200:
                raise EngineError(f"{self._server} answers without end: more than {most} bytes")
            self._drop()
        elif answer.length:
            raise Broken(f"{self._server} broke off: {answer.length} bytes are missing")
        return bytes(body)

    def _connected(self) -> http.client.HTTPConnection:
        """An open connection. Raises EngineMissing when there can be none."""
        if self._connection is None:
            self._connection = connection_to(self._base, self._until - time.monotonic())
        if self._connection.sock is None:
            try:
                self._connection.connect()
            except OSError as error:
                raise _unreachable(self._server, error) from None
        sock = self._connection.sock
        # A little more than the deadline, which is somebody else's to watch: this is for a thread left behind.
        sock.settimeout(max(0.0, self._until - time.monotonic()) + 1)
        if self._abandoned:
            raise EngineError(f"{self._server} came too late")
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _origin(address: SplitResult) -> tuple[str, str | None, int | None]:
    port = address.port or {"http": 80, "https": 443}.get(address.scheme)
    return address.scheme, address.hostname, port


def _unreachable(server: str, error: OSError) -> EngineMissing:
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        reason = f"{server} does not prove who it is: {error.verify_message}"
        return EngineMissing(reason, "check VOICEGUIDE_OPENAI_URL; a certificate of your own goes into SSL_CERT_FILE")
    hint = "is it running, and is VOICEGUIDE_OPENAI_URL its address? What was spoken before is kept"
    return Unreachable(f"{server} cannot be reached: {_reason(error)}", hint)


def _reason(error: BaseException) -> str:
    """What happened, in a few words that hold nothing of what was sent."""
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    name = type(error).__name__
    return _REASONS.get(name, name)


_REASONS = {
    "TimeoutError": "it took too long",
    "RemoteDisconnected": "it closed the connection",
    "IncompleteRead": "it closed the connection in the middle of its answer",
}
