"""Estimated lengths."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.audio.speech import trim
from voiceguide.engines.pyttsx3 import Pyttsx3Engine
from voiceguide.model.script import Utterance
from voiceguide.spoken.pace import WEIGHTS, estimate, features, tolerance

SENTENCES = (
    "Let both hands lie in your lap.",
    "Find the place between the big toe and its neighbour.",
    "Press with the pad of your thumb, only as much as you like.",
    "You may close your eyes.",
    "Roll your shoulders back, and let them fall.",
    "This side is finished.",
    "Sweep from the knee down to the toes, as though brushing off sand.",
    "Two more, and then we rest.",
    "Your breathing knows what to do.",
    "Move at the speed of honey.",
    "Change hands.",
    "Stay here until the bell rings.",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Pyttsx3Engine]:
    engine = Pyttsx3Engine()
    yield engine
    engine.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fitted to espeak")
@pytest.mark.parametrize("rate", [115, 180])
def test_estimates_hold_for_sentences_never_seen(engine: Pyttsx3Engine, rate: int) -> None:
    guesses, truths = [], []
    for sentence in SENTENCES:
        utterance = Utterance(sentence, rate=rate)
        clip = trim(engine.speak(utterance, 10))
        truths.append(1000 * len(clip.samples) / clip.rate)
        guesses.append(estimate(utterance))
    assert sum(guesses) == pytest.approx(sum(truths), rel=0.03)
    assert guesses == pytest.approx(truths, rel=0.2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fitted to espeak")
@pytest.mark.parametrize(
    "text", ["In.", "Out.", "Hold.", "Two.", "Ten.", "Rest.", "Breathe in.", "Let go.", "Left foot."]
)
def test_short_words_are_known_well(engine: Pyttsx3Engine, text: str) -> None:
    clip = trim(engine.speak(Utterance(text), 10))
    assert estimate(Utterance(text)) == pytest.approx(1000 * len(clip.samples) / clip.rate, rel=0.15)


@given(st.text(max_size=300), st.integers(1, 1000), st.sampled_from(["en", "en-gb", "de", "zh", ""]))
def test_any_text_has_a_length(text: str, rate: int, language: str) -> None:
    assert estimate(Utterance(text, language, rate=rate)) >= 1


@given(st.text(max_size=100))
def test_features_are_those_that_have_weights(text: str) -> None:
    assert set(features(text)) <= set(WEIGHTS)


def test_quicker_speech_is_shorter() -> None:
    lengths = [estimate(Utterance("Let the other foot rest.", rate=rate)) for rate in (80, 115, 160, 220)]
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("4", "four"),
        ("30", "thirty"),
        ("45", "forty five"),
        ("100", "one hundred"),
        ("1215", "one thousand two hundred fifteen"),
    ],
)
def test_numbers_take_as_long_as_their_words(digits: str, words: str) -> None:
    assert estimate(Utterance(f"Wait {digits} seconds.")) == estimate(Utterance(f"Wait {words} seconds."))


@pytest.mark.parametrize("text", ["Let go.", "Don't hurry, my well-known friend!", "One, two, three.", "I am. And A."])
def test_plain_words_are_judged_hard(text: str) -> None:
    assert tolerance(Utterance(text), calibrated=True)[0][0] > 0.5


@pytest.mark.parametrize("text", ["Call 112.", "Watch TV.", "hmm", "See example.org.", "50%", "A & B"])
def test_what_is_hard_to_foretell_is_judged_mildly(text: str) -> None:
    assert tolerance(Utterance(text), calibrated=True)[0][0] < 0.3


def test_other_voices_and_languages_are_judged_less_hard() -> None:
    strict = tolerance(Utterance("Let go."), calibrated=True)
    for mild in (
        tolerance(Utterance("Let go."), calibrated=False),
        tolerance(Utterance("Let go.", voice="en-us+Andrea"), calibrated=True),
        tolerance(Utterance("Lass los.", "de"), calibrated=True),
    ):
        assert mild[0][0] < strict[0][0]
        assert mild[0][1] > strict[0][1]
