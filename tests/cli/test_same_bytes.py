"""The same file for any number of processors, through the program itself."""

import subprocess
import sys
from pathlib import Path

import pytest

ROUTINE = """
Sit well, and let your shoulders drop.
[pause 3s-60s]
[bell]
Take one foot in both of your hands.
[pause 3s-60s]
"""


def rendered(folder: Path, name: str, jobs: int, cache: str) -> bytes:
    (folder / "short.md").write_text(ROUTINE, "utf-8")
    words = ["render", str(folder / "short.md"), "--length", "100s", "--engine", "tone"]
    words += ["--jobs", str(jobs), "--cache", str(folder / cache), "-o", str(folder / name), "-qq"]
    done = subprocess.run([sys.executable, "-m", "voiceguide", *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / name).read_bytes()


@pytest.mark.parametrize("format", ["mp3", "flac", "wav"])
def test_any_number_of_jobs_gives_the_same_bytes(format: str, tmp_path: Path) -> None:  # noqa: A002
    one = rendered(tmp_path, f"one.{format}", 1, "first")
    assert rendered(tmp_path, f"two.{format}", 2, "second") == one
    # And once more with all that was kept: clips, what they weigh, and chunks of MP3.
    assert rendered(tmp_path, f"four.{format}", 4, "first") == one
