"""The table of hard lines, and what holds for any line at all."""

import time
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.model.script import Utterance
from voiceguide.spoken import PASSES, en, spoken_form
from voiceguide.spoken.en.rules import RULES
from voiceguide.spoken.en.short_names import NAMES
from voiceguide.spoken.en.units import ANY
from voiceguide.spoken.pace import estimate

TABLE = yaml.safe_load(Path(__file__).with_name("hard_lines.yaml").read_text(encoding="utf-8"))
LINES = [(written, said) for pairs in TABLE.values() for written, said in pairs]
PIECES = [written for written, _ in LINES] + list(" -–—/\\×°%$€#&+=~<>()[]{}'\"’*_`.,:;!?@²½Ⅳ٣፩\u00ad\u200b\u00a0")
LONG = "Let the hand rest where it is warm and then go on to the other side, " * 57
PLAIN_WORDS = st.from_regex(r"[a-z]{1,9}", fullmatch=True).filter(lambda word: word not in NAMES)
SHORT_BEFORE_OR_BEHIND_A_FIGURE = {"fig", "figs", "vol", "nos", "chap", "sect"} | ANY
hard = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=10).map("".join) | st.text(max_size=80)
spaced = st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join)


@pytest.mark.parametrize(("written", "said"), LINES)
def test_the_table(written: str, said: str) -> None:
    assert spoken_form(written, "en") == said


def test_the_table_is_about_two_hundred_lines_or_more() -> None:
    assert len(LINES) == len({written for written, _ in LINES}) >= 200


@given(hard | spaced, st.sampled_from(["en", "en-gb", "de", "fr", "es", "it", "nl", "pt-br", "sv", "ja", "und", ""]))
@settings(deadline=None)
def test_what_is_said_is_said_again_alike(text: str, language: str) -> None:
    said = spoken_form(text, language)
    assert spoken_form(said, language) == said


@given(hard | spaced)
@settings(deadline=None)
def test_english_is_letters_and_the_marks_that_sentences_breathe_by(text: str) -> None:
    said = spoken_form(text, "en")
    assert all(sign in " .,;:!?'-" or unicodedata.category(sign)[0] in "LM" for sign in said)


@given(st.lists(PLAIN_WORDS, min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_no_word_is_lost_in_any_company(words: list[str], data: st.DataObject) -> None:
    between = st.sampled_from(
        [" ", ", ", " – ", "… ", " (", ") ", " *", "* ", ' "', '" ', " 12 ", " & ", "; ", " 😌 ", "! "]
    )
    text = words[0] + "".join(data.draw(between) + word for word in words[1:])
    heard = iter(spoken_form(text, "en").lower().replace(",", " ").replace(".", " ").split())
    kept = [word for word in words if len(word) > 2 and word not in SHORT_BEFORE_OR_BEHIND_A_FIGURE]
    assert all(any(word == said.strip("!;:?'-") for said in heard) for word in kept), spoken_form(text, "en")


@given(
    st.lists(PLAIN_WORDS | st.sampled_from(["I", "A", "Rest", "don't", "well-known"]), min_size=1),
    st.sampled_from(".!?"),
)
@settings(deadline=None)
def test_the_short_way_for_plain_sentences_gives_what_the_rules_give(words: list[str], end: str) -> None:
    text = " ".join(words) + end
    assert en.is_plain(text)
    said = text
    for _ in range(PASSES):
        for rule in RULES:
            said = rule(said)
    assert said == text


@pytest.mark.parametrize(
    "piece", ["1", "1,", "a/", "(", "- ", "*a", "1-", "1 x ", "A.", "'a", "IV ", "1/2 ", "1:30 ", "``", "&", "😌"]
)
def test_rules_take_time_in_proportion(piece: str) -> None:
    began = time.process_time()
    spoken_form(piece * 4000, "en")
    assert time.process_time() - began < 3


def test_a_sentence_of_eight_hundred_words_stays_whole() -> None:
    assert len(LONG.split()) > 800
    said = spoken_form(LONG, "en")
    assert said.split() == [*LONG.split()[:-1], LONG.split()[-1].rstrip(",")]
    assert 300_000 < estimate(Utterance(said)) < 600_000


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("de", "2-3 Minuten", "zwei bis drei Minuten"),
        ("de", "1.000 Schritte, 3,5 %", "eintausend Schritte, drei Komma fünf Prozent"),
        ("de", "20° (warm)", "zwanzig Grad, warm"),
        ("fr", "5-10 %", "cinq à dix pour cent"),
        ("es", "21 veces", "veintiuno veces"),
        ("it", "3 €", "tre euro"),
        ("nl", "3 keer", "drie keer"),
        ("pt-BR", "2,5 kg", "dois vírgula cinco kg"),
        ("sv", "3 gånger", "tre gånger"),
        ("und", "3 **times**", "3 times"),
        ("de", "Atme – *langsam*.", "Atme – langsam."),
    ],
)
def test_other_languages(language: str, written: str, said: str) -> None:
    assert spoken_form(written, language) == said
