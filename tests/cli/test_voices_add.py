"""`voiceguide voices add`, as a person runs it."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voiceguide.engines.kokoro import files as kokoro_files

PROGRAM = [sys.executable, "-m", "voiceguide", "voices"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that a server on this machine serves, and its address."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder of voices with a model, so that a test need not bring 92 MB."""
    place = tmp_path / "kept/kokoro"
    place.mkdir(parents=True)
    (place / "model.onnx").write_bytes(b"mine")
    return tmp_path / "kept"


def run(*words: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *map(str, words)], capture_output=True, text=True, cwd=cwd, timeout=120, check=False
    )


def test_voices_alone_still_lists(kept: Path, tmp_path: Path) -> None:
    done = run("--engine", "kokoro", "--voices-dir", kept, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["voices"]
    assert rows[0]["name"] == "af_heart"
    assert rows[0]["licence"] == "Apache-2.0"
    assert rows[0]["install"].endswith("voiceguide voices add kokoro")


@pytest.mark.parametrize("way", ["address", "folder"])
def test_a_voice_is_brought_checked_and_listed(kept: Path, mirror: tuple[Path, str], tmp_path: Path, way: str) -> None:
    named = os.environ.get("VOICEGUIDE_TEST_VOICES") or os.environ.get("VOICEGUIDE_VOICES")
    source = kokoro_files.voices(Path(named)).get("af_heart") if named else None
    if source is None:
        pytest.skip("VOICEGUIDE_TEST_VOICES names no folder with Kokoro's voices")
    folder, address = mirror
    (folder / "voices").mkdir()
    shutil.copy(source, folder / "voices")
    origin = address if way == "address" else folder
    done = run("add", "kokoro", "--voice", "af_heart", "--from", origin, "--voices-dir", kept, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"added: {kept / 'kokoro/voices/af_heart.bin'}" in done.stdout
    assert "fetching" in done.stderr
    assert (kept / "kokoro/voices/af_heart.bin").read_bytes() == source.read_bytes()
    again = run("add", "kokoro", "--voice", "af_heart", "--from", origin, "--voices-dir", kept, cwd=tmp_path)
    assert "there already" in again.stdout
    assert "added" not in again.stdout


def test_a_false_file_leaves_nothing(kept: Path, mirror: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = mirror
    (folder / "voices").mkdir()
    (folder / "voices/af_heart.bin").write_bytes(bytes(kokoro_files.VOICE_BYTES))
    done = run("add", "kokoro", "--voice", "af_heart", "--from", address, "--voices-dir", kept, cwd=tmp_path)
    assert done.returncode == 69
    assert "SHA-256 differs" in done.stderr
    assert "hint: " in done.stderr
    assert [path.name for path in kept.rglob("*") if path.is_file()] == ["model.onnx"]


def test_a_place_without_the_file_is_an_error_with_a_way_out(
    kept: Path, mirror: tuple[Path, str], tmp_path: Path
) -> None:
    # the folder may stand before the command, too
    done = run("--voices-dir", kept, "add", "kokoro", "--from", mirror[1], cwd=tmp_path)
    assert done.returncode == 69
    assert "404" in done.stderr
    assert "--from" in done.stderr


def test_unknown_voices_and_engines_are_usage_errors(tmp_path: Path) -> None:
    assert run("add", "kokoro", "--voice", "af_hart", cwd=tmp_path).returncode == 2
    assert "kokoro" in run("add", "kokorro", cwd=tmp_path).stderr
