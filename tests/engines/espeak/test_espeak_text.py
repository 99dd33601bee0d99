"""What the espeak library is given, and that no word of it is lost from sight."""

import re

import pytest
from hypothesis import given as cases
from hypothesis import strategies as st

from voiceguide.engines import Word
from voiceguide.engines.espeak.phonemes import mnemonics
from voiceguide.engines.espeak.text import Given, divided, given, passed_over, words
from voiceguide.model.script import Pronunciation, Utterance

RATE = 22_050
FASCIA = Pronunciation("fascia", "fasha", "ˈfæʃə")
ODD = st.text(st.sampled_from("ab .,;[]'\n\t\0\x01é9/-\ue000日\ud800"), max_size=300)


def text_of(spoken: str, *pronounced: Pronunciation, english: bool = True) -> str:
    return given(Utterance(spoken, pronounced=pronounced), english=english).text


def test_plain_text_is_given_as_it_is() -> None:
    assert given(Utterance("Let go."), english=True) == Given("Let go.", tuple(range(7)))


def test_nothing_in_a_text_is_a_command() -> None:
    assert text_of("Hold\0 the [[heel]] \x01 50P.") == "Hold  the   heel]]   50P."
    assert not given(Utterance("the [[heel]]"), english=True).phonemes


@cases(ODD)
def test_any_text_can_be_given(spoken: str) -> None:
    made = given(Utterance(spoken, pronounced=(FASCIA,)), english=True)
    made.text.encode()
    assert "[[" not in made.text
    assert not re.search(r"[\0-\x1f]", made.text)
    assert len(made.origins) == len(made.text)
    assert list(made.origins) == sorted(made.origins)
    assert all(made.text[i] in (spoken[o], " ") for i, o in enumerate(made.origins))


def test_a_word_of_the_lexicon_is_given_in_the_form_that_is_sure() -> None:
    assert text_of("Plantar Fascia, fascias", FASCIA) == "Plantar [['|f|a|S|@]], fascias"
    assert text_of("the fascia", FASCIA, english=False) == "the fasha"
    assert text_of("the fascia", Pronunciation("fascia", "fasha", "ˈfaʃja̯")) == "the fasha"
    assert text_of("the fascia", Pronunciation("fascia", "", "ˈfaʃja̯")) == "the fascia"
    assert text_of("die Straße, ı", Pronunciation("Straße", "Schtrase"), Pronunciation("i", "ih")) == "die Schtrase, ı"
    both = (Pronunciation("heel", "heal"), Pronunciation("heel bone", "kalkaneus"))
    assert text_of("Heel bone, heel", *both) == "kalkaneus, heal"


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("ˈplæn.tɚ ˈfæʃ.i.ə", "[['|p|l|a|n|t|3]] [['|f|a|S|i|@]]"),
        ("/əˈkɪliːz/", "[[@|'|k|I|l|i:|z]]"),
        ("t͡ʃiː", "[[tS|i:]]"),
        ("ʁuʒ", ""),
        ("yː", ""),
        ("", ""),
        ("p" * 41, ""),
    ],
)
def test_only_sure_ipa_becomes_mnemonics(ipa: str, expected: str) -> None:
    assert mnemonics(ipa) == expected


def test_runs_that_would_lose_their_end_are_divided() -> None:
    assert [len(run) for run in divided("9" * 70 + " " + "x" * 80).split()] == [30, 8, 30, 2, 38, 38, 4]
    assert divided("Kraftfahrzeughaftpflichtversicherung") == "Kraftfahrzeughaftpflichtversicherung"
    assert max(map(len, divided("a/" * 6000).split())) == 101


def test_a_clause_without_a_breath_gets_one() -> None:
    assert divided("word " * 121).count(",") == 1
    assert divided("word, " * 200) == "word, " * 200
    assert divided("我 " * 200).count(",") == 1
    made = given(Utterance("a/ " * 1000), english=True)
    assert made.text.count(",") == 16
    assert list(made.origins) == sorted(made.origins)


SPOKEN = "— One of the best, plantar fascia… in (the) end."
GIVEN = given(
    Utterance(SPOKEN, pronounced=(Pronunciation("plantar fascia", "", "ˈplæntɚ ˈfæʃə"),)),
    english=True,
)


def test_words_are_the_whole_text_with_the_times_of_their_events() -> None:
    places = [GIVEN.text.index(part) for part in ("One", "of", "best", "plan" if "plan" in GIVEN.text else "'", "in")]
    events = [(place, RATE * second) for second, place in enumerate(places)]
    found = words(SPOKEN, GIVEN, events, RATE)
    assert found == (
        Word("— One", 0),
        Word("of the", 1000),
        Word("best,", 2000),
        Word("plantar fascia…", 3000),
        Word("in (the) end.", 4000),
    )
    assert " ".join(word.text for word in found) == SPOKEN


@cases(ODD, st.lists(st.integers(0, 400)))
def test_words_lose_nothing(spoken: str, places: list[int]) -> None:
    made = given(Utterance(spoken), english=True)
    found = words(spoken, made, [(place, place) for place in sorted(places)], RATE)
    assert not found or " ".join(word.text for word in found).split() == spoken.split()


LENGTHS = {"of": 2, "hold": 4, "the": 2}


@pytest.mark.parametrize(
    ("text", "said", "lost"),
    [
        ("of the heel", [(0, 4), (7, 3)], ""),
        ("of the heel", [(0, 2), (7, 3)], "of the"),
        ("the heel", [(4, 3)], "the"),
        ("hold of the", [(0, 4), (5, 0)], "of the"),
        ("hold the", [(0, 4)], "hold the"),
        ("— hold …", [(2, 4)], ""),
        ("hold", [], "hold"),
        ("… —", [], ""),
        ("", [], ""),
    ],
)
def test_a_word_that_was_passed_over_is_noticed(text: str, said: list[tuple[int, int]], lost: str) -> None:
    assert passed_over(text, said, lambda word: LENGTHS[word]) == lost
