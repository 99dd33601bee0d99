"""A real local server with OpenAI's speech interface: speaks with a real voice, and misbehaves when it is told to."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from damage import CONVERTED, REFUSED, wav

from voiceguide.engines import pyttsx3
from voiceguide.engines.openai.tempo import SAMPLE
from voiceguide.model.script import Utterance

NATURAL = 165
"""Words a minute at speed 1, about those of the voices behind such servers."""

Act = Callable[["Handler", bytes], None]


def sending(data: bytes, status: int = 200, **headers: str) -> Act:
    """Answers these bytes, with their length."""

    def act(handler: Handler, _speech: bytes) -> None:
        handler.answer(status, data, {name.replace("_", "-"): value for name, value in headers.items()})

    return act


def damaged(name: str) -> Act:
    return lambda handler, speech: handler.answer(200, {**REFUSED, **CONVERTED}[name](speech))


def hang(handler: Handler, _speech: bytes) -> None:
    handler.server.stopping.wait(30)
    handler.close_connection = True


def drip(handler: Handler, speech: bytes) -> None:
    handler.head(200, {"Content-Length": str(len(speech))})
    for at in range(len(speech)):
        handler.wfile.write(speech[at : at + 1])
        if handler.server.stopping.wait(0.05):
            break
    handler.close_connection = True


def endless(handler: Handler, speech: bytes) -> None:
    handler.head(200, {"Connection": "close"})
    handler.wfile.write(speech)
    while not handler.server.stopping.is_set():
        handler.wfile.write(bytes(1 << 16))


def crash(handler: Handler, _speech: bytes) -> None:
    handler.close_connection = True


def garbage(handler: Handler, _speech: bytes) -> None:
    handler.wfile.write(b"good morning\r\n\r\n")
    handler.close_connection = True


def broken_off(handler: Handler, speech: bytes) -> None:
    """Half of what the length promises; the WAV inside names no size, so only HTTP can tell."""
    handler.head(200, {"Content-Length": str(len(speech))})
    handler.wfile.write(CONVERTED["sizes 0"](speech)[: len(speech) // 2])
    handler.close_connection = True


def broken_chunks(handler: Handler, speech: bytes) -> None:
    """The same in chunks, without the last one."""
    handler.head(200, {"Transfer-Encoding": "chunked"})
    half = CONVERTED["sizes 0xFFFFFFFF"](speech)[: len(speech) // 2]
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(half), half))
    handler.close_connection = True


def chunked(handler: Handler, speech: bytes) -> None:
    """As servers stream while they speak: no sizes anywhere."""
    handler.head(200, {"Transfer-Encoding": "chunked"})
    stream = CONVERTED["sizes 0xFFFFFFFF"](speech)
    for at in range(0, len(stream), 5000):
        piece = stream[at : at + 5000]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    handler.wfile.write(b"0\r\n\r\n")


ACTS: dict[str, Act] = {"hang": hang, "drip": drip, "crash": crash, "garbage": garbage}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    question: dict[str, Any]


@dataclass(slots=True)
class SpeechServer:
    """A server at `url`. `acts` are taken one for each question, then it answers well; samples always are."""

    url: str = ""
    acts: list[Act] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    heeds_speed: bool = True
    takes_speed: bool = True

    @property
    def lines(self) -> list[Asked]:
        """Without the samples that a voice's tempo is learned from."""
        return [one for one in self.asked if one.question["input"] != SAMPLE.spoken]

    def act(self, question: dict[str, Any]) -> Act | None:
        if "speed" in question and not self.takes_speed:
            return sending(b'{"detail": "speed is not known"}', 422)
        return self.acts.pop(0) if self.acts and question["input"] != SAMPLE.spoken else None

    def speech(self, question: dict[str, Any]) -> bytes:
        speed = float(question.get("speed", 1.0)) if self.heeds_speed else 1.0
        return spoken(question["input"], round(NATURAL * speed))


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        question = json.loads(self.rfile.read(length))
        speaker: SpeechServer = self.server.speaker
        speaker.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, question))
        act = speaker.act(question)
        speech = speaker.speech(question) if "input" in question else b""
        with contextlib.suppress(OSError):
            (act or sending(speech))(self, speech)

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def answer(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.head(status, {"Content-Length": str(len(data)), "Content-Type": "audio/wav", **(headers or {})})
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[SpeechServer]:
    """A server that runs as long as the context does, over https with `tls`."""
    server = _Quiet(("127.0.0.1", 0), Handler)
    speaker = SpeechServer(f"{'https://localhost' if tls else 'http://127.0.0.1'}:{server.server_port}/v1")
    if tls:
        # The handshake belongs into the thread of its connection.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.speaker, server.stopping = speaker, threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield speaker
    finally:
        server.stopping.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()


_LOCK = threading.Lock()
_SPOKEN: dict[tuple[str, int], bytes] = {}
_ENGINE = pyttsx3.Pyttsx3Engine()


def spoken(text: str, rate: int) -> bytes:
    """The default engine's speech as a WAV of 16 bits; each text is spoken once."""
    with _LOCK:
        if (text, rate) not in _SPOKEN:
            # Without a language whose words are known, the tempo does not follow them: as servers do it.
            clip = _ENGINE.speak(Utterance(text, "und", "en-us", rate), 30)
            _SPOKEN[text, rate] = wav(clip.samples, clip.rate)
        return _SPOKEN[text, rate]
