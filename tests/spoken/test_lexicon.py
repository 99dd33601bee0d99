"""Words with a sound of their own."""

import pytest

from voiceguide.model.script import Pronunciation, Utterance
from voiceguide.spoken.lexicon import as_spoken, found_in, respelled

FASCIA = Pronunciation("fascia", "fasha", "ˈfæʃə")
ACHILLES = Pronunciation("Achilles", "a kill ease")
INSTEP = Pronunciation("instep", ipa="ˈɪnstɛp")


def heard(text: str, *lexicon: Pronunciation) -> str:
    return respelled(Utterance(text, pronounced=found_in(text, lexicon)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The plantar fascia.", "The plantar fasha."),
        ("Fascia is everywhere.", "fasha is everywhere."),
        ("FASCIA", "fasha"),
        ("The fascia's edge, the fascia, and fascia.", "The fasha's edge, the fasha, and fasha."),
        ("Achilles' tendon", "a kill ease' tendon"),
        ("achilles", "a kill ease"),
        ("a fascia-like sheet", "a fasha-like sheet"),
        ("the sub-fascia", "the sub-fasha"),
        ("The fascial net.", "The fascial net."),
        ("superfascia", "superfascia"),
        ("fascia_2 fasciaé", "fasha_2 fasciaé"),
    ],
)
def test_whole_words_in_any_case(text: str, said: str) -> None:
    assert heard(text, FASCIA, ACHILLES) == said


def test_only_words_that_stand_there_come_along() -> None:
    assert found_in("Rest the fascia.", (FASCIA, ACHILLES)) == (FASCIA,)
    assert found_in("Rest.", (FASCIA, ACHILLES)) == ()


def test_without_a_respelling_letters_stay() -> None:
    assert heard("Find the instep.", INSTEP) == "Find the instep."


def test_a_respelling_is_no_pattern() -> None:
    assert heard("a word", Pronunciation("word", r"w\1 \g<0>")) == r"a w\1 \g<0>"


def test_the_first_entry_of_a_word_wins() -> None:
    own = Pronunciation("FASCIA", "fassha")
    assert as_spoken([own, FASCIA, ACHILLES], "en") == (own_as_spoken(own), ACHILLES)


def own_as_spoken(entry: Pronunciation) -> Pronunciation:
    return Pronunciation(entry.word.capitalize(), entry.respelled, entry.ipa)


def test_words_are_looked_for_as_the_rules_leave_them() -> None:
    entries = as_spoken([Pronunciation("TV", "telly"), Pronunciation("3D", "solid"), Pronunciation("Dr.", "doc")], "en")
    assert [entry.word for entry in entries] == ["T-V", "three D", "Doctor"]
    assert heard("Watch the T-V.", *entries) == "Watch the telly."


def test_a_large_lexicon_is_quick_to_look_through() -> None:
    many = tuple(Pronunciation(f"word{'x' * (n % 50)}{n}", "w") for n in range(5000))
    assert found_in("None of them is here.", many) == ()
