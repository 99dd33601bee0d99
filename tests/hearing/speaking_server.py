"""A real local server with OpenAI's speech interface, and one of our own engines behind it."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import soundfile

from voiceguide import engines
from voiceguide.model.script import Utterance

NATURAL = 165
"""Words a minute at speed 1, about those of the voices behind such servers."""
PATIENCE = 300.0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rate = round(NATURAL * float(asked.get("speed", 1.0)))
        with self.server.turn:
            clip = self.server.engine.speak(Utterance(asked["input"], "en", "", rate), PATIENCE)
        sound = io.BytesIO()
        soundfile.write(sound, clip.samples, clip.rate, "PCM_16", format="WAV")
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Content-Length", str(len(sound.getvalue())))
        self.end_headers()
        self.wfile.write(sound.getvalue())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(engine: str) -> Iterator[str]:
    """The base address of a server that speaks with `engine` as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads, server.block_on_close = True, False
    server.engine, server.turn = engines.make(engine), threading.Lock()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        server.engine.close()  # type: ignore[attr-defined]
        thread.join()
