"""What a render costs beside the encoder alone, and where it goes.

    python tests/bench/speed.py --minutes 15 60          ours ÷ encoder alone, CPU time and memory, by stages
    python tests/bench/speed.py --edit 60                a sentence edited in an hour, rendered again

Every run is a process of its own, counted by the kernel with its children, and ours and the encoder take turns. All
clips are spoken before anything is timed. Each session goes to a folder in which no MP3 chunk is kept yet, but for the
second run of an edit. Needs the [test] extra, and a system with wait4. Memory at 480 minutes needs 2 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from compare import Cost, commands, medians, run

HERE = Path(__file__).resolve().parent


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def against_the_encoder(minutes: float, routine: str, runs: int, folder: Path, jobs: int) -> dict[str, Cost]:
    """Medians of ours and of the encoder alone, at one length."""
    cache, ways = folder / "cache", commands(routine, minutes, folder / "cache")
    ours = [*ways["ours"], "--jobs", str(jobs)]
    run(ours, folder)  # speaks and weighs what is not in the cache yet
    run([sys.executable, str(HERE / "prepare.py"), routine, str(minutes), str(cache), str(folder)], folder)
    costs: dict[str, list[Cost]] = {"ours": [], "floor": []}
    for turn in range(runs):
        shutil.rmtree(cache / "mp3", ignore_errors=True)
        costs["ours"].append(run(ours, folder))
        if json.loads((folder / "out.txt").read_text("utf-8"))["synthesised"]:
            sys.exit("the clips were not in the cache")
        costs["floor"].append(run(ways["floor"], folder))
        _tell(f"{minutes:g} min, run {turn + 1}: " + ", ".join(f"{way} {each[-1]}" for way, each in costs.items()))
    (folder / "mix.raw").unlink()
    return {way: medians(each) for way, each in costs.items()}


def written(minutes: float, sentences: int = 25) -> str:
    """A routine of so many minutes in sections of five, each of so many sentences, and no two alike."""
    places = ("heel", "arch", "ball", "instep", "big toe", "little toe", "ankle", "sole")
    ways = ("slowly", "softly", "twice", "once more", "a little deeper", "as lightly as you can", "with your breath")
    lines = []
    for part in range(max(1, round(minutes / 5))):
        lines.append(f"## Part {part + 1}")
        for number in range(sentences):
            place, way = places[(part + number) % len(places)], ways[number % len(ways)]
            lines += [f"Stroke the {place} for the count of {part + 3} and {number + 3}, {way}.", "[pause 3s-20s]"]
    return "\n".join(lines) + "\n"


def edited(text: str) -> str:
    """A routine with one more word in a sentence in its middle."""
    lines = text.splitlines()
    said = [number for number, line in enumerate(lines) if line.startswith("Stroke")]
    middle = said[len(said) // 2]
    lines[middle] = lines[middle][:-1] + ", gently."
    return "\n".join(lines) + "\n"


def after_an_edit(minutes: float, folder: Path, jobs: int) -> dict[str, Cost]:
    """A first render, one of the same with a sentence edited, and one of that from nothing but its clips."""
    source = folder / "session.md"
    source.write_text(written(minutes), "utf-8")
    ours = [*commands(str(source), minutes, folder / "cache")["ours"], "--jobs", str(jobs)]
    run(ours, folder)  # speaks
    for kept in ("mp3", "weights"):
        shutil.rmtree(folder / "cache" / kept)
    costs = {"first": run(ours, folder)}
    source.write_text(edited(written(minutes)), "utf-8")
    costs["edited"] = run(ours, folder)
    again = (folder / "ours.mp3").read_bytes()
    shutil.rmtree(folder / "cache" / "mp3")
    shutil.rmtree(folder / "cache" / "weights")
    costs["from clips"] = run(ours, folder)
    if (folder / "ours.mp3").read_bytes() != again:
        sys.exit("the edited session is another one when nothing is kept")
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="*", default=[])
    parser.add_argument("--edit", type=float, metavar="MINUTES")
    parser.add_argument("--routine", default="foot-massage")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    found: dict[str, object] = {}
    for minutes in options.minutes or ([] if options.edit else [15]):
        with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
            costs = against_the_encoder(minutes, options.routine, options.runs, Path(folder), options.jobs)
        ratios = {
            unit: round(getattr(costs["ours"], unit) / getattr(costs["floor"], unit), 3) for unit in ("cpu", "wall")
        }
        found[f"{minutes:g} minutes"] = {way: asdict(cost) for way, cost in costs.items()} | {"ours / floor": ratios}
    if options.edit:
        with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
            costs = after_an_edit(options.edit, Path(folder), options.jobs)
        shares = {name: round(cost.cpu / costs["first"].cpu, 3) for name, cost in costs.items()}
        found["edit"] = {name: asdict(cost) for name, cost in costs.items()} | {"CPU / first": shares}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
