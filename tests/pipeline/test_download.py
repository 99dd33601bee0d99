"""A file comes whole and as it should be, whatever the network does, or it is not there."""

import contextlib
import hashlib
import random
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voiceguide.errors import EngineError, EngineMissing, StorageError, UsageError
from voiceguide.pipeline import download
from voiceguide.pipeline.download import Pinned, fetch

CONTENT = random.Random(7).randbytes(700_000)
WANTED = Pinned("voice.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


class Server(ThreadingHTTPServer):
    """Serves `content` by what its `mood` says, and remembers which ranges it was asked for."""

    daemon_threads = True
    content = CONTENT
    mood = ""
    """`cuts N`: breaks off after N bytes; `no ranges`; `status N` once; `to ADDRESS`: sends one there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/voice.bin"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.asked.append(asked)
        what, _, value = self.server.mood.partition(" ")
        if what == "status":
            self.server.mood = ""
            self.send_error(int(value))
        elif what == "to":
            self.send_response(302)
            self.send_header("Location", value)
            self.end_headers()
        else:
            self._serve(asked if what != "no" else "", int(value) if what == "cuts" else len(self.server.content))

    def _serve(self, asked: str, most: int) -> None:
        found = re.fullmatch(r"bytes=(\d+)-", asked)
        start = int(found[1]) if found else 0
        total = len(self.server.content)
        if found and start >= total:
            self.send_error(416)
            return
        self.send_response(206 if found else 200)
        if found:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        with contextlib.suppress(OSError):  # the asking side may have heard enough
            self.wfile.write(self.server.content[start : start + most])

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "WAIT", 0.001)
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def bring(server: Server, folder: Path, wanted: Pinned = WANTED) -> list[int]:
    """What was told on the way."""
    steps: list[int] = []
    fetch(server.address, folder / "voices/voice.bin", wanted, steps.append)
    return steps


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_comes_whole(server: Server, tmp_path: Path) -> None:
    steps = bring(server, tmp_path)
    assert (tmp_path / "voices/voice.bin").read_bytes() == CONTENT
    assert steps == sorted(steps)
    assert steps[-1] == len(CONTENT)
    assert left(tmp_path) == ["voice.bin"]


def test_a_connection_that_breaks_off_is_taken_up_where_it_was(server: Server, tmp_path: Path) -> None:
    server.mood = "cuts 150000"
    bring(server, tmp_path)
    assert (tmp_path / "voices/voice.bin").read_bytes() == CONTENT
    assert server.asked == ["", "bytes=150000-", "bytes=300000-", "bytes=450000-", "bytes=600000-"]


def test_the_next_run_goes_on(server: Server, tmp_path: Path) -> None:
    part = tmp_path / "voices/voice.bin.part"
    part.parent.mkdir()
    part.write_bytes(CONTENT[:400_000])
    bring(server, tmp_path)
    assert server.asked == ["bytes=400000-"]
    assert left(tmp_path) == ["voice.bin"]


@pytest.mark.parametrize(
    "rest", [b"x" * 400_000, CONTENT + b"x", b"y" * len(CONTENT)], ids=["other", "larger", "whole"]
)
def test_a_rest_that_is_something_else_is_fetched_anew(server: Server, tmp_path: Path, rest: bytes) -> None:
    part = tmp_path / "voices/voice.bin.part"
    part.parent.mkdir()
    part.write_bytes(rest)
    bring(server, tmp_path)
    assert (tmp_path / "voices/voice.bin").read_bytes() == CONTENT


def test_a_server_without_ranges_begins_again(server: Server, tmp_path: Path) -> None:
    server.mood = "no ranges"
    part = tmp_path / "voices/voice.bin.part"
    part.parent.mkdir()
    part.write_bytes(CONTENT[:400_000])
    bring(server, tmp_path)
    assert (tmp_path / "voices/voice.bin").read_bytes() == CONTENT


def test_a_server_that_is_busy_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.mood = "status 503"
    bring(server, tmp_path)
    assert len(server.asked) == 2


def test_another_file_of_that_size_is_refused_and_removed(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT[:-1] + b"?"
    with pytest.raises(EngineError, match="SHA-256 differs"):
        bring(server, tmp_path)
    assert left(tmp_path) == []


def test_a_larger_file_is_not_read_to_its_end(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT + bytes(50_000_000)
    with pytest.raises(EngineError, match="larger than"):
        bring(server, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= len(CONTENT)


def test_a_smaller_file_is_given_up(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT[:1000]
    with pytest.raises(EngineMissing, match="cannot be fetched"):
        bring(server, tmp_path)
    assert "voice.bin" not in left(tmp_path)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_server_that_has_it_not_is_asked_once(server: Server, tmp_path: Path, status: int) -> None:
    server.mood = f"status {status}"
    with pytest.raises(EngineMissing, match=f"the server says {status}") as caught:
        bring(server, tmp_path)
    assert "--from" in caught.value.hint
    assert len(server.asked) == 1


def test_nobody_there_is_an_error_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "WAIT", 0.001)
    with pytest.raises(EngineMissing) as caught:
        fetch("http://127.0.0.1:9/voice.bin", tmp_path / "voice.bin", WANTED, lambda _: None)
    assert "--from" in caught.value.hint


def test_only_https_leaves_the_machine(tmp_path: Path) -> None:
    for address in ("http://example.com/voice.bin", "ftp://example.com/voice.bin", "file:///etc/passwd"):
        with pytest.raises(UsageError, match="not an https address"):
            fetch(address, tmp_path / "voice.bin", WANTED, lambda _: None)


@pytest.mark.parametrize("elsewhere", ["http://example.com/voice.bin", "file:///etc/passwd", "ftp://example.com/x"])
def test_nobody_is_followed_to_an_open_connection(server: Server, tmp_path: Path, elsewhere: str) -> None:
    server.mood = f"to {elsewhere}"
    with pytest.raises((UsageError, EngineMissing)):
        bring(server, tmp_path)
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_an_error_of_storage(server: Server, tmp_path: Path) -> None:
    (tmp_path / "voices").write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        bring(server, tmp_path)
