"""Over https, with real certificates: who is trusted, and what a proxy gets to see."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "contracts"))
from speech_server import SpeechServer, serving

from voiceguide.engines.openai import OpenaiEngine
from voiceguide.engines.openai import route as http_route
from voiceguide.engines.openai import tempo as openai_tempo
from voiceguide.errors import EngineMissing
from voiceguide.model.script import Utterance
from voiceguide.settings import Settings

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
KEY = "sk-voiceguide-1234567890abcdef"
LINE = Utterance("Let your shoulders drop.")
HOST = "voices.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `HOST` and localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    proof, key = folder / "proof.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    names = ("-addext", f"subjectAltName=DNS:{HOST},DNS:localhost")
    subprocess.run([*command.split(), *names, "-keyout", key, "-out", proof], check=True, capture_output=True)
    return proof, key


@pytest.fixture
def server(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeechServer]:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEGUIDE_OPENAI_KEY", KEY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    http_route._trust.cache_clear()
    with serving(context) as server:
        yield server
    http_route._trust.cache_clear()


@contextlib.contextmanager
def engine_for(url: str) -> Iterator[OpenaiEngine]:
    openai_tempo._KNOWN[url, "tts-1", "alloy"] = openai_tempo._Samples(tempos={1.0: 160.0, 0.7: 112.0})
    engine = OpenaiEngine(Settings(openai_url=url))
    yield engine
    engine.close()


def test_a_stranger_hears_nothing(server: SpeechServer) -> None:
    with engine_for(server.url) as engine, pytest.raises(EngineMissing, match="does not prove who it is") as caught:
        engine.speak(LINE, 20)
    assert "SSL_CERT_FILE" in caught.value.hint
    assert server.asked == []


def test_a_certificate_of_ones_own_is_trusted_for_its_names_alone(
    server: SpeechServer, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with engine_for(server.url) as engine:
        assert len(engine.speak(LINE, 20).samples)
    other = server.url.replace("localhost", "127.0.0.1")
    with engine_for(other) as engine, pytest.raises(EngineMissing, match="does not prove"):
        engine.speak(LINE, 20)
    assert len(server.asked) == 1


@contextlib.contextmanager
def tunnelling(port: int) -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that leads every tunnel to `port` on this machine; what passes through is kept."""
    seen: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                seen.append(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with contextlib.suppress(OSError), listening.accept()[0] as client:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1 << 16)
            seen.append(head)
            with socket.create_connection(("127.0.0.1", port)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(server, client), daemon=True)
                back.start()
                pump(client, server)
                back.join(5)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://me:pass%20word@127.0.0.1:{listening.getsockname()[1]}", seen
    finally:
        # Wakes an accept that nobody came for.
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def test_a_proxy_sees_neither_words_nor_key(
    server: SpeechServer, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with tunnelling(int(server.url.split(":")[2].split("/")[0])) as (proxy, seen):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with engine_for(f"https://{HOST}/v1") as engine:
            assert len(engine.speak(LINE, 20).samples)
    assert seen[0].startswith(f"CONNECT {HOST}:443 HTTP/1.".encode())
    assert b"Proxy-Authorization: Basic bWU6cGFzcyB3b3Jk\r\n" in seen[0]
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert "proxy-authorization" not in server.asked[0].headers
    passed = b"".join(seen)
    assert KEY.encode() not in passed
    assert b"shoulders" not in passed


def test_a_host_may_be_left_out_of_the_proxy(
    server: SpeechServer, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "localhost")
    with engine_for(server.url) as engine:
        assert len(engine.speak(LINE, 20).samples)


def test_a_proxy_of_another_kind_is_refused(server: SpeechServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:hunter2@127.0.0.1:9")
    with engine_for(server.url) as engine, pytest.raises(EngineMissing, match="HTTPS_PROXY") as caught:
        engine.speak(LINE, 20)
    assert "hunter2" not in caught.value.message
