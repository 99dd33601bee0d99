"""Compares our way from clips to an MP3 with the plain pydub way, and with the encoder alone.

    python tests/bench/compare.py --minutes 5 15 30

Needs the [test] extra, and a system with wait4. Each run is a process of its own, and the ways take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

# Nothing heavy is imported here before the last run: on Linux a new process inherits the highest memory of the one
# that starts it, and what this one holds would be counted for all.

HERE = Path(__file__).resolve().parent
WAYS = ("ours", "naive", "floor")
TITLES = {"ours": "voiceguide", "naive": "plain pydub", "floor": "encoder alone"}
_RSS = 1 if sys.platform == "darwin" else 1024  # bytes in the unit of ru_maxrss


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, its children included."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system."""
    memory: float
    """Megabytes (10**6) of the largest resident set of any process of it."""


Results = dict[float, dict[str, list[Cost]]]
"""Every run by minutes and way."""


def run(command: list[str], folder: Path) -> Cost:
    """Runs `command` to its end, its output in `out.txt`. Exits with what it said when it fails."""
    out, errors = folder / "out.txt", folder / "errors.txt"
    with out.open("wb") as stdout, errors.open("wb") as stderr:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=_environment(folder), stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}\n{errors.read_text('utf-8')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS / 1e6)


def _environment(folder: Path) -> dict[str, str]:
    """Ours, without what somebody has set up for voiceguide."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGUIDE_")}
    return plain | {"XDG_CONFIG_HOME": str(folder)}


def commands(routine: str, minutes: float, cache: Path) -> dict[str, list[str]]:
    """How each way makes `<way>.mp3` in the folder it is run in."""
    wanted = ["--length", f"{minutes * 60:.3f}s", "--cache", str(cache), "--bed", "drone", "--profile", "podcast"]
    ways = {
        "ours": ["-m", "voiceguide", "render", routine, *wanted, "-o", "ours.mp3", "--json", "-q"],
        "naive": [str(HERE / "naive.py"), "session.json", "naive.mp3"],
        "floor": [str(HERE / "floor.py"), "mix.raw", "floor.mp3"],
    }
    return {way: [sys.executable, *arguments] for way, arguments in ways.items()}


def measure(routine: str, minutes: float, runs: int, cache: Path, folder: Path) -> dict[str, list[Cost]]:
    """The costs of each way at one length, `runs` times in turn. Leaves the MP3 files in `folder`."""
    ways = commands(routine, minutes, cache)
    run(ways["ours"], folder)  # speaks what is not in the cache yet
    run([sys.executable, str(HERE / "prepare.py"), routine, str(minutes), str(cache), str(folder)], folder)
    costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
    for turn in range(runs):
        for way in WAYS:
            costs[way].append(run(ways[way], folder))
            _tell(f"{minutes:g} min, run {turn + 1}, {way}: {costs[way][-1]}")
            if way == "ours" and json.loads((folder / "out.txt").read_text("utf-8"))["synthesised"]:
                sys.exit("the clips were not in the cache")
    (folder / "mix.raw").unlink()
    return costs


def medians(costs: list[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, field.name) for cost in costs) for field in fields(Cost)))


def frames(path: Path) -> int:
    """How many frames a decoder gives, counted."""
    import soundfile

    with soundfile.SoundFile(path) as sound:
        return sum(len(block) for block in sound.blocks(1 << 16))


def table(results: dict[float, dict[str, Cost]]) -> str:
    """Markdown: what each way takes at each length, and how that grows from the shortest."""
    shortest, *longer = results
    heads = [f"{minutes:g} min" for minutes in results] + [f"{minutes:g} / {shortest:g}" for minutes in longer]
    rows = [f"| | | {' | '.join(heads)} |", f"|---|---|{'---:|' * len(heads)}"]
    for name, unit in (("wall", "time on the clock, s"), ("cpu", "CPU time, s"), ("memory", "peak memory, MB")):
        digits = 0 if name == "memory" else 1
        for way in WAYS:
            values = [getattr(result[way], name) for result in results.values()]
            cells = [f"{value:.{digits}f}" for value in values] + [f"× {value / values[0]:.1f}" for value in values[1:]]
            rows.append(f"| {unit} | {TITLES[way]} | {' | '.join(cells)} |")
    return "\n".join(rows + [_ratios(results, *pair, len(longer)) for pair in (("ours", "floor"), ("naive", "ours"))])


def _ratios(results: dict[float, dict[str, Cost]], way: str, base: str, blanks: int) -> str:
    cells = [f"{result[way].cpu / result[base].cpu:.2f}" for result in results.values()] + [""] * blanks
    return f"| CPU time | {TITLES[way]} ÷ {TITLES[base]} | {' | '.join(cells)} |"


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def compare(minutes: list[float], routine: str, runs: int, folder: Path) -> tuple[Results, dict[str, dict[str, int]]]:
    """The costs at each length, and the frames that the two sessions of that length hold."""
    costs, held = {}, {}
    for length in sorted(set(minutes)):
        work = folder / f"{length:g}"
        work.mkdir()
        costs[length] = measure(routine, length, runs, folder / "cache", work)
    for length in costs:
        held[f"{length:g}"] = {way: frames(folder / f"{length:g}" / f"{way}.mp3") for way in ("ours", "naive")}
    return costs, held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[5, 15, 30])
    parser.add_argument("--routine", default="foot-massage", help="a routine, by name or path")
    parser.add_argument("--runs", type=int, default=3, help="the medians of so many are shown")
    parser.add_argument("--json", action="store_true", help="every run, as JSON")
    options = parser.parse_args()
    routine = str(Path(options.routine).resolve()) if Path(options.routine).is_file() else options.routine
    with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
        costs, held = compare(options.minutes, routine, options.runs, Path(folder))
    if options.json:
        every = {f"{m:g}": {way: [asdict(c) for c in each] for way, each in ways.items()} for m, ways in costs.items()}
        sys.stdout.write(json.dumps({"costs": every, "frames": held}, indent=1) + "\n")
    else:
        shown = {length: {way: medians(each) for way, each in ways.items()} for length, ways in costs.items()}
        sys.stdout.write(f"{table(shown)}\n\nFrames decoded, by minutes: {json.dumps(held)}\n")


if __name__ == "__main__":
    main()
