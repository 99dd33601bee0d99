"""How long it takes from `voiceguide play` to the first word.

    python tests/bench/first_word.py                     the default voice, cold and warm, medians of 10
    python tests/bench/first_word.py --engine piper --runs 5

Every turn is a process of its own with the whole command, `--output null`, which takes its frames in real time; what a
device buffers comes on top. The word is heard with the first frame above -26 dBFS, where the bed never is. Cold has an
empty cache, warm all clips; the files that Python reads are in the system's memory in both. CPU time is that of the
command and its voice up to the word, counted by the kernel: it says what other work on the machine took away.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LOUD = 0.05
MARK = "first word: "
Turn = tuple[float, float]
"""Seconds on the clock, and of CPU time."""


def child(began: float, words: list[str]) -> None:
    """Runs the command; at the first word says when it was heard, and leaves."""
    from voiceguide.outputs.null import NullOutput

    take = NullOutput.open

    def opened(self: NullOutput, rate: int, pull) -> None:  # type: ignore[no-untyped-def]
        def heard(frames: int):  # type: ignore[no-untyped-def]
            samples = pull(frames)
            if abs(samples).max(initial=0.0) > LOUD:
                used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
                work = sum(one.ru_utime + one.ru_stime for one in used)
                os.write(1, f"\n{MARK}{json.dumps([time.monotonic() - began, work])}\n".encode())
                os._exit(0)
            return samples

        take(self, rate, heard)

    NullOutput.open = opened  # type: ignore[method-assign]
    from voiceguide.cli import main

    sys.argv = ["voiceguide", *words]
    main()


def turn(words: list[str], cache: Path) -> Turn:
    """One run of the command."""
    began = time.monotonic()
    command = [sys.executable, __file__, "--child", str(began), *words]
    environ = {**os.environ, "VOICEGUIDE_CACHE": str(cache)}
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    lines = [line.removeprefix(MARK) for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        sys.exit(done.stdout + done.stderr)
    return tuple(json.loads(lines[-1]))  # type: ignore[return-value]


def measured(words: list[str], runs: int, render: list[str]) -> dict[str, list[Turn]]:
    """Cold and warm turns, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm"
        environ = {**os.environ, "VOICEGUIDE_CACHE": str(warm)}
        subprocess.run(render, env=environ, cwd=folder, check=True, capture_output=True)
        turn(words, warm)
        turns: dict[str, list[Turn]] = {"cold": [], "warm": []}
        for number in range(runs):
            turns["cold"].append(turn(words, Path(folder) / f"cold{number}"))
            turns["warm"].append(turn(words, warm))
        return turns


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(float(sys.argv[2]), sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="pyttsx3")
    parser.add_argument("--routine", default="foot-massage")
    parser.add_argument("--length", default="15m")
    parser.add_argument("--runs", type=int, default=10)
    asked = parser.parse_args()
    what = [asked.routine, "--length", asked.length, "--engine", asked.engine]
    render = [sys.executable, "-m", "voiceguide", "render", *what, "-o", "session.wav"]
    turns = measured(["play", *what, "--output", "null"], asked.runs, render)
    print(f"| {asked.engine}, {asked.routine} of {asked.length} | median, s | from | to | CPU, s |")
    print("|---|---:|---:|---:|---:|")
    for name, rows in turns.items():
        clock, work = zip(*rows, strict=True)
        middle = statistics.median(clock)
        print(f"| {name} | {middle:.2f} | {min(clock):.2f} | {max(clock):.2f} | {statistics.median(work):.2f} |")


if __name__ == "__main__":
    main()
