"""Fits the numbers in spoken/pace.py to the default voice, and says how well they hold.

    python tests/bench/fit_pace.py          prints WEIGHTS, KNOWN and the errors

Shown to the fit: narration.txt and every second sentence of the shipped routines; the others are held out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibrate_rate import paragraphs

from voiceguide.audio.speech import trim
from voiceguide.compiler import compile_routine
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.library import Library, shelves
from voiceguide.model.script import Say, Section, Utterance
from voiceguide.spoken import pace

# fmt: off
ALONE = (
    "in", "out", "hold", "rest", "again", "good", "press", "release", "breathe", "pause", "ready", "begin",
    "now", "slowly", "softer", "gently", "and", "relax", "inhale", "exhale", "one", "two", "three", "four",
    "five", "six", "seven", "eight", "nine", "ten", "stop", "left", "right", "welcome", "squeeze", "lift",
    "lower", "enjoy", "wait",
)
# fmt: on
RATES = (90, 115, 140, 180, 220)


def shipped() -> list[str]:
    """Every sentence of the shipped routines once, in their order."""
    library = Library(shelves())
    sections = [s for name in library.routine_names() for s in compile_routine(library.routine(name)).sections]
    return list(dict.fromkeys(say.utterance.spoken for section in sections for say in _says(section)))


def _says(section: Section) -> Iterator[Say]:
    cues = [cue for telling in section.tellings for cue in telling.cues]
    yield from (cue for cue in (*cues, *section.encouragements, section.halfway) if isinstance(cue, Say))


def measured(engine: Pyttsx3Engine, text: str, rate: int = pace.REFERENCE) -> float:
    """Milliseconds of the trimmed clip."""
    clip = trim(engine.speak(Utterance(text, rate=rate), 30))
    return 1000 * len(clip.samples) / clip.rate


def fitted(texts: list[str], lengths: list[float]) -> dict[str, int]:
    """Least squares on relative errors, in whole milliseconds."""
    found = [pace.features(text) for text in texts]
    names = list(dict.fromkeys(name for counts in found for name in counts))
    weight = np.asarray(lengths) ** -0.75
    matrix = np.array([[counts[name] for name in names] for counts in found]) * weight[:, None]
    solution = np.linalg.lstsq(matrix, np.asarray(lengths) * weight, rcond=None)[0]
    return {name: round(value) for name, value in zip(names, solution, strict=True)}


def report(title: str, engine: Pyttsx3Engine, texts: list[str], rate: int) -> None:
    """The error of the sum, and of single sentences."""
    true = np.array([measured(engine, text, rate) for text in texts])
    guess = np.array([pace.estimate(Utterance(text, rate=rate)) for text in texts])
    half, most, worst = 100 * np.percentile(np.abs(guess / true - 1), [50, 90, 100])
    print(
        f"{title} at {rate}: {len(texts)} sentences, sum {100 * (guess.sum() / true.sum() - 1):+.2f} %, "
        f"half within {half:.1f} %, nine tenths within {most:.1f} %, worst {worst:.0f} %",
        flush=True,
    )


def main() -> None:
    engine = Pyttsx3Engine()
    own, ours = [s for _, sentences in paragraphs() for s in sentences], shipped()
    shown = [*own, *ours[::2]]
    pace.WEIGHTS.update(fitted(shown, [measured(engine, text) for text in shown]))
    pace.KNOWN.update({word: round(measured(engine, f"{word.capitalize()}.")) for word in ALONE})
    print("WEIGHTS =", pace.WEIGHTS)
    print("KNOWN =", pace.KNOWN)
    report("shown", engine, shown, pace.REFERENCE)
    for rate in RATES:
        report("held out", engine, ours[1::2], rate)
    engine.close()


if __name__ == "__main__":
    main()
