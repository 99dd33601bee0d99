"""What each engine takes to speak: work, start, memory, and whether two side by side are quicker than one.

    python tests/bench/engines.py                      every engine that can speak here
    python tests/bench/engines.py --engines piper tone --sentences 12

Needs Linux: workers are counted in /proc. Every engine is measured in a process of its own with its default voice, on
one processor for the first three columns; voices that are not installed are looked for in VOICEGUIDE_VOICES.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

ENGINES = ("pyttsx3", "espeak", "piper", "kokoro", "tone")
RATE = 115
SHORT = "In."
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Found:
    """What one engine took."""

    engine: str
    work: float
    """CPU seconds of everybody who takes part, for each second of speech."""
    start: float
    """Seconds on the clock that the first word takes longer than the same word again."""
    memory: float
    """Megabytes (10**6) of the worker's largest resident set, or of the whole process without one."""
    copies: int
    """How many the engine says are quicker than one."""
    narration: tuple[float, float]
    """Seconds on the clock for a new narration, start included, with one job and with two."""
    speech: float
    """Seconds of speech that were measured."""


def sentences(count: int) -> list[str]:
    """`count` sentences from all over narration.txt."""
    lines = Path(__file__).with_name("narration.txt").read_text("utf-8").splitlines()
    spoken = [line for line in lines if line and line[0] not in "#%"]
    return spoken[:: max(1, len(spoken) // count)][:count]


def measure(name: str, texts: list[str]) -> Found:
    """Speaks `texts` on one processor, then narrates them on all. Raises EngineMissing."""
    from voiceguide import engines
    from voiceguide.model.script import Utterance
    from voiceguide.settings import load

    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    with closing(engines.make(name, load({}))) as engine:
        first, again = (_timed(lambda: engine.speak(Utterance(SHORT, rate=RATE), 120)) for _ in range(2))
        before = _cpu()
        clips = [engine.speak(Utterance(text, rate=RATE), 120) for text in texts]
        work, memory = _cpu() - before, _memory()
    os.sched_setaffinity(0, processors)
    speech = sum(len(clip.samples) / clip.rate for clip in clips)
    narration = (_narrated(name, texts, 1), _narrated(name, texts, 2))
    return Found(name, work / speech, first - again, memory, engine.copies, narration, speech)


def _narrated(name: str, texts: list[str], jobs: int) -> float:
    from voiceguide import engines
    from voiceguide.cache import ClipCache
    from voiceguide.model.script import Say, Utterance
    from voiceguide.narrator import Narrator
    from voiceguide.settings import load

    def another() -> engines.Engine:
        return engines.make(name, load({}))

    with tempfile.TemporaryDirectory() as folder, closing(another()) as engine:
        narrator = Narrator(engine, ClipCache(Path(folder)), another=another, jobs=jobs)
        return _timed(lambda: narrator.speak([Say(text, Utterance(text, rate=RATE)) for text in texts]))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _workers() -> list[Path]:
    """Where /proc keeps the children of this process."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [Path("/proc", child) for child in children]


def _cpu() -> float:
    """CPU seconds so far, of this process and its workers with those that they have waited for."""
    own = time.process_time()
    for worker in _workers():
        # user, system, and both of the children: fields 14 to 17, after a name that may hold anything
        fields = (worker / "stat").read_text().rpartition(")")[2].split()
        own += sum(map(int, fields[11:15])) / _TICK
    return own


def _memory() -> float:
    """The highest resident set of a worker, in megabytes; of this process when there is none."""
    status = [(place / "status").read_text() for place in _workers() or [Path("/proc/self")]]
    return max(int(text.partition("VmHWM:")[2].split()[0]) for text in status) * 1024 / 1e6


def apart(name: str, count: int) -> Found | None:
    """`measure` in a process of its own; None, and a word on stderr, for an engine that cannot speak here."""
    command = [sys.executable, __file__, "--measure", name, "--sentences", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(f"{name} is left out: {(done.stderr.strip().splitlines() or ['it died'])[-1]}\n")
        return None
    found = json.loads(done.stdout)
    return Found(**{**found, "narration": tuple(found["narration"])})


def table(found: list[Found]) -> str:
    """Markdown."""
    heads = (
        "engine | work, CPU s per s of speech | start, s | peak memory, MB "
        f"| narration of {max(one.speech for one in found):.0f} s, 1 job, s | 2 jobs, s | copies"
    )
    rows = [f"| {heads} |", "|---|---:|---:|---:|---:|---:|---:|"]
    for one in found:
        alone, both = one.narration
        cells = (f"{one.work:.3f}", f"{one.start:.2f}", f"{one.memory:.0f}", f"{alone:.1f}", f"{both:.1f}", one.copies)
        rows.append(f"| {one.engine} | {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", nargs="+", default=ENGINES)
    parser.add_argument("--sentences", type=int, default=24)
    parser.add_argument("--measure", metavar="NAME", help="this engine alone, in this process, as JSON")
    options = parser.parse_args()
    if options.measure:
        sys.stdout.write(json.dumps(asdict(measure(options.measure, sentences(options.sentences)))))
        return
    found = [one for name in options.engines if (one := apart(name, options.sentences))]
    sys.stdout.write(f"{table(found)}\n")


if __name__ == "__main__":
    main()
