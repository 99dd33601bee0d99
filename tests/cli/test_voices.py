"""`voiceguide voices`: what it lists, and what its previews hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import soundfile

from voiceguide import engines


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voiceguide", "voices", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


def test_every_engine_is_listed_with_licence_or_how_to_install(tmp_path: Path) -> None:
    done = run("--json", "--voices-dir", str(tmp_path), cwd=tmp_path)
    rows = json.loads(done.stdout)["voices"]
    assert {row["engine"] for row in rows} == set(engines.names())
    assert all(row["licence"] for row in rows if row["engine"] in ("espeak", "kokoro") and not row["install"])
    assert all("voiceguide voices add kokoro" in row["install"] for row in rows if row["engine"] == "kokoro")


def test_a_preview_is_the_same_words_in_each_voice(tmp_path: Path) -> None:
    done = run("--preview", "--voice", "en-gb", "--voice", "en-us", "-o", "new/previews", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["voices"]
    assert {(row["engine"], row["name"]) for row in rows} >= {("pyttsx3", "en-gb"), ("espeak", "en-us")}
    for row in rows:
        sound, rate = soundfile.read(tmp_path / row["path"])
        assert 3 < len(sound) / rate < 15
        assert abs(sound).max() > 0.1


def test_a_preview_of_an_unknown_voice_has_a_near_miss(tmp_path: Path) -> None:
    done = run("--preview", "--voice", "en-gbb", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[1] == "hint: did you mean 'en-gb'?"
    assert not list(tmp_path.iterdir())


def test_a_preview_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    done = run("--preview", "--voice", "en-gb", "-o", "there", cwd=tmp_path)
    assert done.returncode == 73
    assert "Traceback" not in done.stderr
