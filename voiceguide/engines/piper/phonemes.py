"""What piper's voices are given: phonemes by sentence, none of them lost.

Piper drops a phoneme that its voice does not know, and after its own `[[phonemes]]` it says signs by their names and
runs words together. So words of a lexicon stand in as a made-up word while espeak reads the whole text, and are
put in its place afterwards; and every phoneme is looked up before the voice gets it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from voiceguide.engines.pyttsx3.worker import chunks
from voiceguide.model.script import Pronunciation

Sentence = list[str]
Phonemize = Callable[[str], list[Sentence]]

STAND_INS = {"consonant": "zoozoob", "vowel": "oozoob"}
"""Made-up words that espeak reads alike in every place; `the` before a vowel sounds different."""
NEAR = {
    "g": "ɡ", "ɡ": "g", "ɚ": "əɹ", "ɝ": "ɜɹ", "ɹ": "r", "r": "ɹ", "ᵻ": "ɪ", "ɫ": "l", "ɐ": "ə", "ɾ": "t",
    "ε": "ɛ", "ʦ": "ts", "ɜ": "ə", "…": ".", "’": "'", "-": " ", ";": ",", ":": ",", "!": ".", "?": ".",
}  # fmt: skip
"""What takes the place of a sign that a voice does not know."""
_STRESSES = "ˈˌ"
_VOWELS = "aeiouyæøœɐɑɒɔəɚɛɜɞɤɨɪɯɵʉʊʌʏᵻ"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The phonemes that a voice knows."""

    known: Collection[str]
    clusters: tuple[str, ...] = ()
    """Several signs that count as one phoneme, where a voice joins them."""

    def spelled(self, text: str) -> Sentence:
        """`text` as phonemes of this alphabet. Raises ValueError for a sound that it lacks.

        Marks that only colour a sound may go: the sound stays.
        """
        found = list(self._spelled(unicodedata.normalize("NFD", text)))
        return [part for part in found if part]

    def _spelled(self, text: str) -> Iterator[str]:
        pattern = "|".join(map(re.escape, sorted(self.clusters, key=len, reverse=True)))
        for sign in re.findall(f"{pattern}|." if pattern else ".", text, re.DOTALL):
            if sign in self.known:
                yield sign
            elif all(part in self.known for part in NEAR.get(sign, "\0")):
                yield from NEAR[sign]
            elif not _colours(sign):
                raise ValueError(f"the voice has no sound for '{sign}'")

    def can_say(self, text: str) -> bool:
        try:
            return any(sign.isalpha() for sign in self.spelled(text))
        except ValueError:
            return False


def sentences(text: str, lexicon: Sequence[Pronunciation], phonemize: Phonemize, alphabet: Alphabet) -> list[Sentence]:
    """The phonemes of `text`, sentence by sentence, with the words of `lexicon` as it says them.

    Raises ValueError when nothing is left to say, or the voice lacks a sound.
    """
    plain, sounds = _stood_in(prepared(text), lexicon, alphabet)
    read = _read(plain, phonemize)
    filled = _filled(read, sounds, phonemize) if sounds else read
    if filled is None:
        # espeak read a made-up word in an unforeseen way: letters are second best.
        respelled = [Pronunciation(entry.word, entry.respelled) for entry in lexicon]
        filled = _read(_stood_in(prepared(text), respelled, alphabet)[0], phonemize)
    spelled = [alphabet.spelled(sentence) for sentence in filled]
    if not any(sign.isalnum() for sentence in spelled for sign in sentence):
        raise ValueError("there is nothing in it that can be said")
    return [sentence for sentence in spelled if any(sign.isalnum() for sign in sentence)]


def prepared(text: str) -> str:
    """`text` with an end, and without signs that piper takes for its own or that glue words together."""
    text = " ".join(text.replace("[[", "[ [").replace("]]", "] ]").split())
    text = re.sub(r"\s*(?:…|\.{2,})(?=[\s\w])", ",", text)
    text = re.sub(r"\s*[—–]+\s*(?=\w)", ", ", text)
    return text if re.search(r"[.!?,;:…。！？؟।]\W*$", text) else f"{text}."


def _stood_in(text: str, lexicon: Sequence[Pronunciation], alphabet: Alphabet) -> tuple[str, list[str]]:
    """`text` with made-up words where the lexicon has sounds, and letters where it has those; the sounds in order."""
    entries = {entry.word.casefold(): entry for entry in lexicon}
    if not entries:
        return text, []
    sounds: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        entry = entries[match[0].casefold()]
        ipa = _bare(entry.ipa)
        if not alphabet.can_say(ipa):
            return entry.respelled or match[0]
        sounds.append(ipa)
        word = STAND_INS["vowel" if ipa.lstrip(_STRESSES)[:1] in _VOWELS else "consonant"]
        # espeak ends a sentence only where a capital letter follows.
        return word.capitalize() if match[0][0].isupper() else word

    words = "|".join(map(re.escape, sorted(entries, key=len, reverse=True)))
    return re.sub(rf"(?<![^\W_])(?:{words})(?![^\W_])", replaced, text, flags=re.IGNORECASE), sounds


def _read(text: str, phonemize: Phonemize) -> list[str]:
    """The phonemes of each sentence, as text. Long sentences are cut where they can be: espeak drops their ends."""
    return ["".join(sentence) for chunk in chunks(text) for sentence in phonemize(chunk)]


def _filled(read: Sequence[str], sounds: Sequence[str], phonemize: Phonemize) -> list[str] | None:
    """`read` with `sounds` for the made-up words, in their order; None when these are not all found."""
    patterns = [_pattern("".join(phonemize(word)[0])) for word in STAND_INS.values()]
    pattern = re.compile("|".join(patterns))
    if sum(len(pattern.findall(sentence)) for sentence in read) != len(sounds):
        return None
    left = iter(sounds)
    return [pattern.sub(lambda _: next(left), sentence) for sentence in read]


def _pattern(phonemes: str) -> str:
    """Finds a word, however it is stressed where it stands."""
    return f"[{_STRESSES}]?" + f"[{_STRESSES}]?".join(re.escape(sign) for sign in phonemes if sign not in _STRESSES)


def _bare(ipa: str) -> str:
    """Without the slashes or brackets around it, ties, and dots between syllables."""
    return re.sub(r"[\u0361\u035c.]", "", ipa.strip().strip("/[]").replace("'", "ˈ"))


def _colours(sign: str) -> bool:
    """True for what is no sound of its own: combining marks, small raised letters, stresses, lengths, odd signs."""
    return unicodedata.category(sign[0])[0] in "MSPZC" or unicodedata.category(sign[0]) in ("Lm", "Sk")
