"""The bench of the engines works, and tells whom it had to leave out."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).with_name("engines.py")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the bench counts in /proc")
def test_a_table_of_two_engines() -> None:
    words = ["--engines", "tone", "espeak", "nobody", "--sentences", "2"]
    done = subprocess.run([sys.executable, str(BENCH), *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["engine", "---", "tone", "espeak"]
    assert all(0 < float(row[1]) < 1 and float(row[3]) > 10 for row in rows[2:])
    assert "nobody is left out" in done.stderr
