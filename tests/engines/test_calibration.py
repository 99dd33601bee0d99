"""A rate is real words per minute, whatever the driver calls it."""

import sys
from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean

import pytest

from voiceguide.audio.speech import trim
from voiceguide.engines.calibration import Melody, Setting, melody, setting
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.model.script import Utterance

PARAGRAPHS = (
    """Lay your left ankle over your right knee. Hold the foot in both hands for a moment. Let your thumbs rest in the
    hollow of the sole. Press there slowly, as you breathe out. Let go as you breathe in. Stay with whatever feels
    pleasant, and leave what does not.""",
    """Hold your partner's heel in one hand. With the other, stroke from the ankle to the toes. Keep both hands warm and
    heavy. Ask whether this is firm enough. Then move a little closer to the toes. Every stroke can take a whole
    breath.""",
    """Sit upright, with both feet on the floor. Close your eyes, or look at a quiet place. Feel the air enter through
    your nose. Notice where the breath moves you most. Nothing has to change. When thoughts come, let them pass, and
    return to the next breath.""",
    """The old bridge crosses the river near the mill. Every morning a man with a small dog walks over it. He stops in
    the middle and looks at the water. In spring the banks are yellow with flowers. Later the children come here to
    swim. Nobody remembers who built the bridge.""",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Pyttsx3Engine]:
    engine = Pyttsx3Engine()
    yield engine
    engine.close()


def test_quicker_speech_needs_a_higher_setting() -> None:
    settings = [setting("espeak", "gmw/en-us", rate) for rate in range(40, 600)]
    assert all(a.gap > b.gap or (a.gap == b.gap and a.rate <= b.rate) for a, b in pairwise(settings))
    assert settings[0] == Setting(80, 12)
    assert settings[-1] == Setting(450)


def test_other_drivers_are_believed() -> None:
    assert setting("nsss", "Alex", 115) == Setting(115)


def test_pitch_moves_base_and_range_together_as_far_as_espeak_goes() -> None:
    assert melody(0) == Melody(50, 50)
    assert melody(5) == Melody(75, 67)
    assert melody(-5) == Melody(23, 37)
    steps = [melody(semitones) for semitones in range(-12, 13)]
    assert all(a.pitch <= b.pitch and a.range <= b.range for a, b in pairwise(steps))
    assert melody(-60).pitch == 0
    assert melody(60) == Melody(99, 99)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measured on espeak")
@pytest.mark.parametrize(
    ("voice", "rate"), [("en-us", 90), ("en-us", 115), ("en-us", 160), ("en-us", 220), ("en-gb", 115)]
)
def test_a_text_has_the_speed_that_was_asked_for(engine: Pyttsx3Engine, voice: str, rate: int) -> None:
    speeds = [speed(engine, paragraph, voice, rate) for paragraph in PARAGRAPHS]
    assert fmean(speeds) == pytest.approx(rate, rel=0.05)
    # Long words take longer: one steady tempo is not one number of words a minute for every paragraph.
    assert speeds == pytest.approx([rate] * len(speeds), rel=0.1)


def speed(engine: Pyttsx3Engine, paragraph: str, voice: str, rate: int) -> float:
    """Words a minute, over the trimmed clips of the sentences."""
    seconds = 0.0
    for sentence in " ".join(paragraph.split()).replace(". ", ".|").split("|"):
        clip = trim(engine.speak(Utterance(sentence, voice=voice, rate=rate), 10))
        seconds += len(clip.samples) / clip.rate
    return 60 * len(paragraph.split()) / seconds
