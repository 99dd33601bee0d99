"""What live play keeps up with: real time on a busy machine, and hours of memory.

    python tests/bench/live.py --minutes 0.3 5 30        real time, as many busy loops beside it as there are processors
    python tests/bench/live.py --hours 8                 as quickly as it is mixed, with a key now and then

The program is the tests' own (tones for sentences, the drone, bells) over the real mixer. Drift is the device's clock
against the system's, beyond one period of 10 ms; gaps are moments at which a device with a buffer of 150 ms would have
fallen silent, underruns those at which the player had nothing for it. A machine that stops the whole program makes gaps
without underruns; how often it stops a process that does nothing is counted beside them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent / "player"))
from programs import RATE, Plain, session

from voiceguide.model.live import Command
from voiceguide.outputs.null import NullOutput
from voiceguide.player import Player
from voiceguide.player.deck import Deck

KEYS = (
    Command.BACK,
    Command.FORWARD,
    Command.NEXT,
    Command.PREVIOUS,
    Command.QUIETER,
    Command.LOUDER,
    Command.MUTE_BED,
)
IDLE = """
import select, sys, time
last, late = time.monotonic(), 0
while not select.select([sys.stdin], [], [], 0.01)[0]:
    now = time.monotonic()
    late, last = late + (now - last > 0.15), now
print(late)
"""
"""A process that does nothing, and counts how often the machine kept it waiting for longer than a device buffers."""
EVERY = 3.0
"""Seconds between two keys."""


def real_time(minutes: float, busy: int) -> str:
    """Plays so long, and says what went wrong."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    idle = subprocess.Popen([sys.executable, "-c", IDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    output, dice = NullOutput(), Random(1)
    player = Player(Plain(session(max(4, 2 * minutes))), output, repeat=True)
    try:
        player.begin()
        begun, first, drifts = time.monotonic(), output.consumed, [0.0]
        while time.monotonic() < begun + minutes * 60:
            player.join(EVERY)
            player.press(dice.choice(KEYS))
            drifts.append(min(_drift(output, begun, first) for _ in range(20)))
    finally:
        player.close()
        for other in others:
            other.kill()
            other.wait()
        late = idle.communicate()[0].strip()
    gaps = f"{output.gaps} gaps ({output.skipped:.2f} s; an idle process: {late})"
    drift = f"drift {1000 * median(drifts):.1f} ms in the median, {1000 * max(drifts):.1f} at most"
    return f"{minutes:6.1f} min: {player.underruns} underruns, {gaps}, {drift}"


def _drift(output: NullOutput, begun: float, first: int) -> float:
    """Seconds between the two clocks at this moment."""
    time.sleep(0.01)
    return abs(time.monotonic() - begun - output.skipped - (output.consumed - first) / RATE)


def memory(hours: float) -> str:
    """Listens so long on its own clock, and says how the process grew after the first minute."""
    deck, dice = Deck(Plain(session(60)), repeat=True), Random(1)
    peaks = []
    for minute in range(round(hours * 60)):
        for _ in range(60):
            deck.pull(RATE)
        if minute % 7 == 3:
            deck.press(dice.choice(KEYS))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        if minute in (0, 9) or minute % 60 == 59:
            print(f"after {minute + 1:4d} min: {peaks[-1]:.0f} MB at most", flush=True)
    return f"{hours:g} h: {peaks[-1] - peaks[0]:+.1f} MB after the first minute"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="*", default=[])
    parser.add_argument("--hours", type=float, default=0.0)
    parser.add_argument("--busy", type=int, default=os.cpu_count() or 2)
    asked = parser.parse_args()
    for minutes in asked.minutes or ([] if asked.hours else [0.33]):
        print(real_time(minutes, asked.busy), flush=True)
    if asked.hours:
        print(memory(asked.hours))


if __name__ == "__main__":
    main()
