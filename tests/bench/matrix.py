"""Every profile on every bed on three routines, by an independent meter: prints the table of this folder's README.

    python tests/bench/matrix.py [--length 2m30s] [--beds BED ...]

Needs the `test` extra. Formats take turns. Every number of a row is the worst of all profiles and routines.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent / "sound"))
from excerpts import rendered, written
from judged import Judged, judged

from voiceguide import beds, pipeline
from voiceguide.model.units import Millis, parse_duration
from voiceguide.pipeline.output import levels
from voiceguide.settings import Settings

ROUTINES = ("foot-massage-quick", "foot-massage-partner", "box-breathing")
PROFILES = tuple(pipeline.profiles.PROFILES)
LAYERED = "ocean:-3 + bowl@60s + drone:A2"
BEDS = (*(name for name in beds.names() if name != beds.MUSIC), 'music:"song.flac"', LAYERED)
FORMATS = ("mp3", "flac", "ogg", "wav", "mp3", "m4a", "wav", "mp3", "flac", "opus", "mp3")
LENGTH = Millis(150_000)


def format_of(number: int) -> str:
    """Formats take turns, the costly ones less often, and not in step with anything else: there are eleven turns."""
    return FORMATS[number % len(FORMATS)]


def row(bed: str, folder: Path, clips: Path, length: Millis, first: int) -> tuple[list[Judged], list[str]]:
    """One bed on everything, and what is not kept."""
    all_judged, faults = [], []
    for number, (routine, profile) in enumerate(product(ROUTINES, PROFILES), first):
        ending = format_of(number)
        excerpt = rendered(routine, length, folder / f"a.{ending}", clips, bed=bed, profile=profile)
        it = judged(excerpt, profile, levels(Settings(profile=profile, format=ending)).ceiling)
        all_judged.append(it)
        faults += [f"{routine}, {profile}, {ending}: {fault}" for fault in it.faults()]
    return all_judged, faults


def main() -> None:
    """Prints the table, and below it whatever is not kept."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--length", type=parse_duration, default=LENGTH)
    reader.add_argument("--beds", nargs="*", default=BEDS)
    chosen = reader.parse_args()
    print("| bed | loudness off, LU | true peak under its limit, dB | voice over bed, LU | parts and mix, dB |")
    print("|---|---:|---:|---:|---:|", flush=True)
    faults = []
    with TemporaryDirectory() as name:
        folder = written(Path(name))
        for number, bed in enumerate(chosen.beds):
            at_home = bed.replace("song.flac", str(folder / "song.flac"))
            rows, found = row(at_home, folder, folder / "clips", chosen.length, number * 18)
            faults += [f"{bed}: {fault}" for fault in found]
            print(_line(bed, rows), flush=True)
    print("\n".join(["", *faults]) if faults else "\nEverything is kept.")


def _line(bed: str, rows: list[Judged]) -> str:
    offs = [it.off for it in rows]
    room = min(pipeline.profiles.PROFILES[it.profile].peak - it.peak for it in rows)
    distance = min(it.distance for it in rows)
    shown = "silent" if distance == float("inf") else f"{distance:.1f}"
    return (
        f"| {bed} | {min(offs):+.2f} … {max(offs):+.2f} | {room:.1f} | {shown} | {max(it.apart for it in rows):.0f} |"
    )


if __name__ == "__main__":
    main()
