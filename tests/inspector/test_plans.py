"""A file against its plan: words that a bed hides, short words, chapters, and whichever name the plan has."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from sounds import RATE, pink, write

from voiceguide import encoders, inspector
from voiceguide.audio.clip import Samples
from voiceguide.encoders import Mark, Tags
from voiceguide.inspector import chapters, session
from voiceguide.inspector.session import Cue, Session
from voiceguide.model.units import Millis

SECONDS = 24
SAID = tuple((at, at + 1.6) for at in (2.0, 6.0, 10.0, 14.0, 18.0))


def planned(said: tuple[tuple[float, float], ...] = SAID, sections: tuple[Mark, ...] = ()) -> Session:
    """Sentences with rests between them."""
    cues, at = [], 0.0
    for number, (start, end) in enumerate(said, 1):
        cues += [Cue("rest", at, start, ""), Cue("say", start, end, f"Sentence {number}.")]
        at = end
    return Session(float(SECONDS), (*cues, Cue("rest", at, float(SECONDS), "")), sections)


def mixed(bed: Samples, level: float, *lost: int, dip: float = 0.0) -> Samples:
    """A voice over a bed that gives way to it by `dip` dB, without the sentences of these numbers."""
    time = np.arange(SECONDS * RATE) / RATE
    away = np.min([np.maximum(start - time, time - end) for start, end in SAID], axis=0)
    gain = 10 ** (-dip / 20 * np.clip(1 - away / 0.7, 0, 1))
    mix = (bed * gain[:, None]).astype(np.float32)
    voice = pink(SECONDS, level, seed=5)
    for number, (start, end) in enumerate(SAID, 1):
        if number not in lost:
            mix[round(start * RATE) : round(end * RATE)] += voice[round(start * RATE) : round(end * RATE)]
    return mix


def waves(level: float) -> Samples:
    """Noise that swells by 8 dB every few seconds."""
    time = np.arange(SECONDS * RATE) / RATE
    swell = 10 ** (-(1 + np.cos(2 * np.pi * time / 7)) / 5)
    return (pink(SECONDS, level, seed=7) * swell[:, None]).astype(np.float32)


BEDS = {
    "steady": (pink(SECONDS, 0.02, seed=7), 0.0),
    "giving way": (pink(SECONDS, 0.02, seed=7), 10.0),
    "waves": (waves(0.03), 0.0),
    "waves giving way": (waves(0.03), 10.0),
}


def plan_faults(path: Path, plan: Session) -> list[str]:
    return [fault.message for fault in inspector.inspect(path, plan).faults if fault.kind == "plan"]


@pytest.mark.parametrize("lost", [(3,), (1, 5), (1, 2, 3, 4, 5)])
@pytest.mark.parametrize("name", ["steady", "giving way", "waves giving way"])
def test_sentences_lost_over_a_bed_are_told(name: str, lost: tuple[int, ...], tmp_path: Path) -> None:
    bed, dip = BEDS[name]
    path = write(tmp_path / "a.wav", mixed(bed, 0.1, *lost, dip=dip), "PCM_24")
    told = [f"nothing is heard at 0:{SAID[n - 1][0]:06.3f} where 'Sentence {n}.' was planned" for n in lost]
    assert plan_faults(path, planned()) == told


@pytest.mark.parametrize("level", [0.1, 0.04, 0.025])
@pytest.mark.parametrize("name", BEDS)
def test_sentences_that_are_there_are_not(name: str, level: float, tmp_path: Path) -> None:
    bed, dip = BEDS[name]
    path = write(tmp_path / "a.wav", mixed(bed, level, dip=dip / 2 if level < 0.1 else dip), "PCM_24")
    assert plan_faults(path, planned()) == []


def test_a_bed_louder_than_the_voice_hides_it_everywhere_and_is_no_loss(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", mixed(pink(SECONDS, 0.05, seed=7), 0.07, dip=10), "PCM_24")
    assert plan_faults(path, planned()) == []


@pytest.mark.parametrize("length", [0.35, 0.5, 0.8, 1.5])
def test_a_short_word_that_silence_swallowed(length: float, tmp_path: Path) -> None:
    said = tuple((start, start + length) for start, _ in SAID)
    mix = np.zeros((SECONDS * RATE, 2), np.float32)
    voice = pink(SECONDS, 0.1)
    for start, end in said:
        mix[round(start * RATE) : round(end * RATE)] = voice[round(start * RATE) : round(end * RATE)]
    assert plan_faults(write(tmp_path / "a.wav", mix), planned(said)) == []
    mix[round(9.9 * RATE) : round(12 * RATE)] = 0
    (told,) = plan_faults(write(tmp_path / "a.wav", mix), planned(said))
    assert told.startswith("there is silence at 0:0")
    assert "'Sentence 3.' was planned" in told


SECTIONS = (Mark("One", Millis(0), Millis(2_000)), Mark("Two", Millis(2_000), Millis(4_000)))


@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg", "opus", "m4a", "wav"])
@pytest.mark.parametrize("marks", [SECTIONS, SECTIONS[:1], ()])
def test_lost_chapters_are_told_where_the_format_holds_them(
    ending: str, marks: tuple[Mark, ...], tmp_path: Path
) -> None:
    rate = encoders.traits(ending).rates[0]
    samples, path = pink(4, 0.1, rate), tmp_path / f"a.{ending}"
    encoder = encoders.make(ending, path, rate, len(samples), Tags("A session", marks=marks))
    encoder.write(samples)
    encoder.close()
    count = {2: "2 chapters", 1: "1 chapter", 0: "no chapters"}[len(marks)]
    told = [] if ending == "wav" or marks == SECTIONS else [f"it has {count}, and 2 were planned"]
    assert plan_faults(path, Session(4.0, (), SECTIONS)) == told
    assert plan_faults(path, Session(4.0)) == []


def test_a_gap_before_the_first_chapter() -> None:
    assert chapters.faults((Mark("a", Millis(5_000), Millis(9_000)),), Millis(9_000)) == [
        "there is no chapter before 0:05.000"
    ]
    assert chapters.faults((Mark("a", Millis(20), Millis(9_000)),), Millis(9_000)) == []


@pytest.mark.parametrize("name", ["s.json", "s.wav.json", "s.plan.json"])
def test_a_plan_beside_a_file_is_found_under_each_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(json.dumps({"schema": 1, "length": 7.0}))
    assert session.beside(tmp_path / "s.wav") == Session(7.0)
    if name != "s.json":
        (tmp_path / "s.json").write_text("[]")
        assert session.beside(tmp_path / "s.wav") == Session(7.0)


def test_thousands_of_cues_and_silences_take_no_time() -> None:
    from time import process_time

    count = 20_000
    cues = [Cue("say" if n % 2 else "rest", float(n), n + 1.0, "Go.") for n in range(count)]
    spans = tuple(inspector.Span(1000 * n, 1000 * n + 900) for n in range(0, count, 2))
    began = process_time()
    found = session.Found(count * 1000, 1000, spans, (), (), holds_chapters=False)
    assert session.differences(Session(float(count), tuple(cues)), found) == []
    assert process_time() - began < 2
