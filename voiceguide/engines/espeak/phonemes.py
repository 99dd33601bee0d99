"""English pronunciations in IPA, in the mnemonics of the espeak library.

The mnemonics are those of espeak NG's `docs/phonemes.md` and its English phoneme tables; each line of the table is
one that the library reads back as the same IPA.
"""

from __future__ import annotations

import re

# fmt: off
_MNEMONICS = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "g": "g", "f": "f", "v": "v", "θ": "T", "ð": "D",
    "s": "s", "z": "z", "ʃ": "S", "ʒ": "Z", "h": "h", "m": "m", "n": "n", "ŋ": "N", "l": "l", "ɫ": "l", "ɹ": "r",
    "r": "r", "w": "w", "j": "j", "tʃ": "tS", "ʧ": "tS", "dʒ": "dZ", "ʤ": "dZ",
    "æ": "a", "a": "a", "ə": "@", "ɐ": "a#", "ɚ": "3", "ɝ": "3:", "ɝː": "3:", "ɜː": "3:", "ɜːɹ": "3:", "əɹ": "3",
    "ɑː": "A:", "ɑ": "A:", "ɑːɹ": "A@", "ɑɹ": "A@", "ɒ": "0", "ɔː": "O:", "ɔ": "O:", "ɔːɹ": "O@", "ɔɹ": "O@",
    "ʌ": "V", "ɛ": "E", "ɛɹ": "e@", "ɛəɹ": "e@", "eəɹ": "e@", "ɪ": "I", "ɪɹ": "i@3", "ɪəɹ": "i@3",
    "i": "i", "iː": "i:", "u": "u:", "uː": "u:", "ʊ": "U", "ʊɹ": "U@", "ʊəɹ": "U@",
    "eɪ": "eI", "aɪ": "aI", "ɔɪ": "OI", "aʊ": "aU", "oʊ": "oU", "əʊ": "oU",
    "ɾ": "t", "ʔ": "?", "n̩": "n-", "l̩": "@L", "ᵻ": "I#",
    "ˈ": "'", "ˌ": ",",
}
# fmt: on
_SYMBOL = re.compile("|".join(sorted(map(re.escape, _MNEMONICS), key=len, reverse=True)))
_MEANINGLESS = str.maketrans("", "", ".‿͜͡/[]'’")
"""Syllable borders, ties and the brackets around a transcription: no sound of their own."""
LONGEST = 40
"""Symbols of a word; longer ones are no word."""


def mnemonics(ipa: str) -> str:
    """`ipa` for the library, each word in its own double brackets; "" when a symbol in it is not surely English."""
    found = [_word(word) for word in ipa.translate(_MEANINGLESS).split()]
    return " ".join(found) if all(found) else ""


def _word(ipa: str) -> str:
    symbols = _SYMBOL.findall(ipa)
    if "".join(symbols) != ipa or not 0 < len(symbols) <= LONGEST:
        return ""
    # A bar keeps neighbours from being read as one: t|S is not tS.
    return f"[[{'|'.join(_MNEMONICS[symbol] for symbol in symbols)}]]"
