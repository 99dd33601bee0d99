"""Measures which real speed each rate parameter of espeak gives, and how far paragraphs differ with any engine.

    python tests/bench/calibrate_rate.py table gmw/en-us              prints the table for engines/calibration.py
    python tests/bench/calibrate_rate.py check en-us en-gb            prints the error of each paragraph
    python tests/bench/calibrate_rate.py check --engine piper joe     the same for any engine of the table

Real speed is words divided by the summed lengths of the trimmed clips of a paragraph's sentences. The table holds the
mean of the paragraphs' speeds. `check` takes the default voice where none is named, and says how long sentences last
beside what `plan` foretells.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import fmean

from voiceguide import engines
from voiceguide.audio.decode import decode
from voiceguide.audio.speech import trim
from voiceguide.engines import Engine
from voiceguide.engines.process import Worker
from voiceguide.engines.pyttsx3 import WORKER
from voiceguide.model.script import Utterance
from voiceguide.settings import load
from voiceguide.spoken import pace

GIVEN = (
    *((80, gap) for gap in (12, 10, 8, 6, 5, 4, 3, 2)),
    *((rate, 1) for rate in (80, 85, 90, 94)),
    *((rate, 0) for rate in (85, 90, 95, 100, 110, 120, 130, 140, 155, 170, 190, 210, 240, 280, 330, 400, 450)),
)
"""(rate, gap between words) as espeak takes them."""
ASKED = (90, 95, 100, 110, 115, 125, 140, 160, 190, 220)
USUAL = ("narration", "partner", "plain")

Paragraph = tuple[str, list[str]]


def paragraphs() -> list[Paragraph]:
    """(kind, sentences) of each paragraph in narration.txt."""
    text = Path(__file__).with_name("narration.txt").read_text("utf-8")
    blocks = [block.splitlines() for block in text.split("\n\n")]
    clean = [[line for line in block if line and not line.startswith("#")] for block in blocks]
    return [(head.removeprefix("% "), sentences) for head, *sentences in clean]


def speed(sentences: list[str], seconds: Callable[[str], float]) -> float:
    """Words a minute over `sentences`."""
    return 60 * sum(len(s.split()) for s in sentences) / sum(map(seconds, sentences))


def print_table(worker: Worker, voice: str) -> None:
    usual = [sentences for kind, sentences in paragraphs() if kind in USUAL]
    for rate, gap in GIVEN:

        def seconds(text: str, rate: int = rate, gap: int = gap) -> float:
            request = {"ask": "speak", "text": text, "voice": voice, "rate": rate, "gap": gap}
            clip = trim(decode(Path(worker.ask(request, 30)["files"][0])))
            return len(clip.samples) / clip.rate

        print(f"    ({fmean(speed(sentences, seconds) for sentences in usual):.1f}, {rate}, {gap}),", flush=True)


def print_errors(engine: Engine, voice: str, rates: Sequence[int]) -> None:
    for asked in rates:
        true: dict[str, float] = {}

        def seconds(text: str, rate: int = asked, true: dict[str, float] = true) -> float:
            clip = trim(engine.speak(Utterance(text, voice=voice, rate=rate), 60))
            true[text] = len(clip.samples) / clip.rate
            return true[text]

        errors = [(kind[:4], 100 * (speed(sentences, seconds) / asked - 1)) for kind, sentences in paragraphs()]
        usual = [error for kind, error in errors if kind in [u[:4] for u in USUAL]]
        print(
            f"{voice or engine.name} {asked}: {min(usual):+.1f} .. {max(usual):+.1f} %, mean {fmean(usual):+.1f} %,",
            foretold({text: pace.estimate(Utterance(text, rate=asked)) / 1000 for text in true}, true),
            *(f"{k} {e:+.1f}" for k, e in errors),
            flush=True,
        )


def foretold(guess: dict[str, float], true: dict[str, float]) -> str:
    """How well the lengths of sentences were known beforehand."""
    wrong = sorted(100 * abs(guess[text] / true[text] - 1) for text in true)
    total = 100 * (sum(guess.values()) / sum(true.values()) - 1)
    half, most = wrong[len(wrong) // 2], wrong[len(wrong) * 9 // 10]
    return f"plan {total:+.1f} % in sum, half within {half:.1f} %, nine tenths within {most:.1f} %;"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("table", "check"))
    parser.add_argument("--engine", default="pyttsx3")
    parser.add_argument("--rates", type=int, nargs="+", default=ASKED, help="words a minute to ask for")
    parser.add_argument("voices", nargs="*", default=[""])
    options = parser.parse_intermixed_args()
    if options.what == "table":
        with closing(Worker(WORKER)) as worker:
            for voice in options.voices:
                print_table(worker, voice)
        return
    with closing(engines.make(options.engine, load({}))) as engine:
        for voice in options.voices:
            print_errors(engine, voice, options.rates)


if __name__ == "__main__":
    main()
