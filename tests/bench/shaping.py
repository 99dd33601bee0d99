"""Measures what voice shaping does to a dozen spoken sentences, and prints the table of docs/voice-shaping.md.

python tests/bench/shaping.py [ENGINE ...]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "audio"))
from spoken_lines import delay, rumble, sibilance, spoken, spread

from voiceguide.audio.clip import Clip
from voiceguide.audio.shaping import SHAPES, shaped
from voiceguide.settings import load

RUNS = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engines", nargs="*", default=["espeak", "piper"])
    print("| voice | preset | below 60 Hz, dB | s and sh, dB | at least | range, LU | was | crest, dB | delay | ms/s |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for engine in parser.parse_args().engines:
        clips = list(spoken(engine, load({}).cache_folder).values())
        for preset in SHAPES:
            print(f"| {engine} | {preset} | " + " | ".join(measured(clips, preset)) + " |")


def measured(clips: list[Clip], preset: str) -> list[str]:
    """The cells of one row: means over all sentences of how much each has changed."""
    pairs = [(clip, shaped(clip, preset)) for clip in clips]
    less = [rumble(after) - rumble(before) for before, after in pairs]
    hiss = [sibilance(after) - sibilance(before) for before, after in pairs]
    narrower = [spread(after) - spread(before) for before, after in pairs]
    crests = [crest(after) - crest(before) for before, after in pairs]
    late = max(abs(delay(before, after)) for before, after in pairs)
    means = (np.mean(less), np.mean(hiss), max(hiss), np.mean(narrower), np.mean([spread(clip) for clip in clips]))
    return [*(f"{mean:.1f}" for mean in (*means, np.mean(crests))), str(late), f"{cost(clips, preset):.2f}"]


def crest(clip: Clip) -> float:
    """Decibels of the largest sample above the mean."""
    return 20 * float(np.log10(np.abs(clip.samples).max() / np.sqrt(np.mean(clip.samples**2))))


def cost(clips: list[Clip], preset: str) -> float:
    """Milliseconds of processor time for a second of speech: the least of some runs."""
    seconds = sum(len(clip.samples) / clip.rate for clip in clips)
    return 1000 * min(_run(clips, preset) for _ in range(RUNS)) / seconds


def _run(clips: list[Clip], preset: str) -> float:
    before = time.process_time()
    for clip in clips:
        shaped(clip, preset)
    return time.process_time() - before


if __name__ == "__main__":
    main()
