"""What a session costs to make, beside everything it can be compared with.

    python tests/bench/sound.py                          all but what takes longest: 15 and 60 minutes
    python tests/bench/sound.py --parts lengths --minutes 15 --runs 5
    python tests/bench/sound.py --parts memory sleep edit
    python tests/bench/sound.py --parts lengths --minutes 60 --overlaid 60      an hour the naive way: 11 min, 4.6 GB

Every run is a process of its own, counted by the kernel with its children. At each length the ways take turns, and the
medians are shown; their ratios are the medians of those of each turn, so that what else the machine does weighs less.
All clips are spoken before anything is timed, and no MP3 chunk is kept but where that is what is measured. A table
goes to standard output, and every number to `--json FILE`. Needs the [test] extra, and a system with wait4.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median

from compare import HERE, Cost, commands, medians, run
from speed import after_an_edit, written

Turns = dict[str, list[Cost]]
"""The costs of each way, turn by turn."""
PARTS = ("lengths", "memory", "sleep", "edit")
SLEEP_BEDS = ("drone", "rain", "binaural:200/10-4")
"""Two that declare a period, and one that never repeats."""
HEAD = (
    "| | | time on the clock, s | CPU time, s | memory, MB "
    "| clock ÷ floor 7 | CPU ÷ floor 7 | clock ÷ floor 5 | CPU ÷ floor 5 |"
)


def ways(
    minutes: float, routine: str, cache: Path, overlaid: list[float], without: list[str], jobs: int
) -> dict[str, list[str]]:
    """How each way makes its file."""
    here = [sys.executable]
    known = commands(routine, minutes, cache)
    found = {
        "voiceguide": [*known["ours"], "--jobs", str(jobs)],
        "encoder alone, quality 7": known["floor"],
        "encoder alone, quality 5": [*known["floor"], "5"],
        "pydub, carefully": known["naive"],
        "ffmpeg's graph, loudness": [*here, str(HERE / "graph.py"), "session.json", "graph.mp3"],
        "ffmpeg's graph, none": [*here, str(HERE / "graph.py"), "session.json", "graph.mp3", "plain"],
    }
    if minutes in overlaid:
        found["pydub, overlaid"] = [*here, str(HERE / "overlaid.py"), "session.json", "overlaid.mp3"]
    return {way: command for way, command in found.items() if not way.startswith(tuple(without))}


def lengths(minutes: float, options: argparse.Namespace, folder: Path) -> Turns:
    """Every way at one length, in turns."""
    cache, routine = folder / "cache", options.routine
    if options.sentences:
        (folder / "session.md").write_text(written(minutes, 5 * options.sentences), "utf-8")
        routine = str(folder / "session.md")
    all_ways = ways(minutes, routine, cache, options.overlaid, options.without, options.jobs)
    run(all_ways["voiceguide"], folder)  # speaks and weighs what is not in the cache yet
    run([sys.executable, str(HERE / "prepare.py"), routine, str(minutes), str(cache), str(folder)], folder)
    turns: Turns = {way: [] for way in all_ways}
    for turn in range(options.runs):
        for way, command in all_ways.items():
            if way == "pydub, overlaid" and turn and not options.every_turn:
                continue  # it differs from run to run by less than from all others
            shutil.rmtree(cache / "mp3", ignore_errors=True)
            turns[way].append(run(command, folder))
            _tell(f"{minutes:g} min, turn {turn + 1}, {way}: {turns[way][-1]}")
    return turns


def memory(minutes: float, options: argparse.Namespace, folder: Path) -> Turns:
    """Ours alone, at one length, of a text that is as long: the first render, from clips."""
    source = folder / "session.md"
    source.write_text(written(minutes), "utf-8")
    ours = [*commands(str(source), minutes, folder / "cache")["ours"], "--jobs", str(options.jobs)]
    run(ours, folder)
    shutil.rmtree(folder / "cache" / "mp3")
    return {"voiceguide": [run(ours, folder)]}


def sleep(bed: str, options: argparse.Namespace, folder: Path) -> Turns:
    """Eight hours, the voice in the first twenty minutes, six decibels softer by the end: at first, and once more."""
    source = folder / "sleep.md"
    source.write_text(written(20) + "## Sleep\n" + "[pause 1s-600s]\n" * 60, "utf-8")
    ours = [*commands(str(source), 480, folder / "cache")["ours"], "--jobs", str(options.jobs)]
    ours[ours.index("drone")], ours[ours.index("podcast")] = bed, "sleep"
    run([*ours[: ours.index("--length")], "--length", "45m", *ours[ours.index("--length") + 2 :]], folder)  # speaks
    shutil.rmtree(folder / "cache" / "mp3")
    return {"at first": [run(ours, folder)], "again, chunks kept": [run(ours, folder)]}


def ratio(turns: Turns, way: str, base: str, unit: str) -> float | None:
    """The median, over turns, of one way's cost by another's."""
    if base not in turns:
        return None
    pairs = zip(turns[way], turns[base], strict=False)
    return median(getattr(one, unit) / getattr(other, unit) for one, other in pairs)


def rows(name: str, turns: Turns) -> list[str]:
    """The table's rows for one session."""
    found = []
    for way, costs in turns.items():
        cost = medians(costs)
        ratios = [
            ratio(turns, way, f"encoder alone, quality {quality}", unit)
            for quality in (7, 5)
            for unit in ("wall", "cpu")
        ]
        cells = [f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.memory:.0f}"]
        cells += ["" if value is None else f"{value:.2f}" for value in ratios]
        found.append(f"| {name} | {way} | {' | '.join(cells)} |")
    return found


def measured(options: argparse.Namespace) -> dict[str, Turns]:
    """Every session that was asked for."""
    jobs = {f"{minutes:g} min": (lengths, minutes) for minutes in options.minutes if "lengths" in options.parts}
    jobs |= {f"text, {minutes:g} min": (memory, minutes) for minutes in options.memory if "memory" in options.parts}
    jobs |= {f"8 h of sleep, {bed}": (sleep, bed) for bed in options.beds if "sleep" in options.parts}
    found: dict[str, Turns] = {}
    for name, (measure, what) in jobs.items():
        with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
            found[name] = measure(what, options, Path(folder))
        _tell("\n".join(rows(name, found[name])))
    if "edit" in options.parts:
        with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
            costs = after_an_edit(60, Path(folder), options.jobs)
        found["60 min, a sentence edited"] = {way: [cost] for way, cost in costs.items()}
    return found


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--minutes", type=float, nargs="+", default=[15, 60])
    parser.add_argument("--overlaid", type=float, nargs="*", default=[15], help="lengths made the naive way, too")
    parser.add_argument("--without", nargs="*", default=[], metavar="WAY", help="ways to leave out, by how they begin")
    parser.add_argument("--memory", type=float, nargs="+", default=[15, 120, 480])
    parser.add_argument("--beds", nargs="+", default=SLEEP_BEDS)
    parser.add_argument("--routine", default="foot-massage")
    parser.add_argument("--sentences", type=int, default=0, help="a minute, of a text in place of the routine")
    parser.add_argument("--every-turn", action="store_true", help="the naive way in every turn, not in the first alone")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = measured(options)
    table = [HEAD, "|---|---|" + "---:|" * (HEAD.count("|") - 3)]
    for name, turns in found.items():
        table += rows(name, turns)
    sys.stdout.write("\n".join(table) + "\n")
    if options.json:
        every = {name: {way: [*map(asdict, costs)] for way, costs in turns.items()} for name, turns in found.items()}
        options.json.write_text(json.dumps(every, indent=1), "utf-8")


if __name__ == "__main__":
    main()
