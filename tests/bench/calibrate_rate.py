"""Measures which real speed each rate parameter of espeak gives, and how far paragraphs differ.

    python tests/bench/calibrate_rate.py table gmw/en-us       prints the table for engines/calibration.py
    python tests/bench/calibrate_rate.py check en-us en-gb     prints the error of each paragraph through the engine

Real speed is words divided by the summed lengths of the trimmed clips of a paragraph's sentences. The table holds the
mean of the paragraphs' speeds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from voiceguide.audio.decode import decode
from voiceguide.audio.speech import trim
from voiceguide.engines.process import Worker
from voiceguide.engines.pyttsx3 import WORKER, Pyttsx3Engine
from voiceguide.model.script import Utterance

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


def print_errors(engine: Pyttsx3Engine, voice: str) -> None:
    for asked in ASKED:

        def seconds(text: str, rate: int = asked) -> float:
            clip = trim(engine.speak(Utterance(text, voice=voice, rate=rate), 30))
            return len(clip.samples) / clip.rate

        errors = [(kind[:4], 100 * (speed(sentences, seconds) / asked - 1)) for kind, sentences in paragraphs()]
        usual = [error for kind, error in errors if kind in [u[:4] for u in USUAL]]
        print(
            f"{voice} {asked}: {min(usual):+.1f} .. {max(usual):+.1f} %",
            *(f"{k} {e:+.1f}" for k, e in errors),
            flush=True,
        )


def main() -> None:
    what, *voices = sys.argv[1:]
    if what == "table":
        worker = Worker(WORKER)
        for voice in voices:
            print_table(worker, voice)
        worker.close()
    else:
        engine = Pyttsx3Engine()
        for voice in voices:
            print_errors(engine, voice)
        engine.close()


if __name__ == "__main__":
    main()
