"""Words in capitals: initials are said letter by letter, shouted words as words."""

from __future__ import annotations

import re

from voiceguide.spoken.en.shortened import ends_text

_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}(?:'[^\W\d_]+)*(?![^\W\d_])")
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,}(?!\w)")
_SPELLED = frozenset((
    "AC", "ADHD", "AI", "AKA", "ATM", "BA", "BBC", "CBT", "CEO", "CIA", "CNN", "COPD", "CT", "DIY", "DNA",
    "DVD", "ECG", "EEG", "EFT", "EKG", "EMDR", "EMG", "EMT", "ER", "ESP", "ETA", "EU", "FAQ", "FBI", "FDA",
    "GPS", "HIIT", "HIV", "IBS", "ICU", "ID", "IQ", "MRI", "MRSA", "NHS", "NLP", "NSAID", "OCD",
    "OTC", "PA", "PE", "PHD", "PTSD", "QA", "RNA", "RSI", "SOS", "SUV", "TLC", "UAE", "UFO",
    "UK", "UN", "URL", "US", "USA", "USB", "UV", "VIP", "VR", "WHO", "YMCA", "PM",
))  # fmt: skip
_OFTEN_WORDS = frozenset(("US", "WHO"))
"""Initials that are words, too: in a shouted sentence they are those."""
_SOUNDS = frozenset((
    "BRR", "GRR", "HM", "HMM", "MM", "MMM", "PFFT", "PSST", "PST", "SH", "SHH", "SHHH", "TSK", "TUT", "ZZ",
    "ZZZ",
))  # fmt: skip
_NAMES = frozenset((
    "AIDS", "ASAP", "COVID", "FIFA", "LASER", "NASA", "NATO", "NICE", "OPEC", "UNESCO", "UNICEF", "WIFI",
))  # fmt: skip
_TITLES = {
    "MR": "Mister",
    "MRS": "Missus",
    "DR": "Doctor",
    "ST": "Saint",
    "MT": "Mount",
    "OK": "okay",
    "LTD": "limited",
}
_LONGEST = 5  # letters of an unknown word without a vowel that is still spelled
_MIXED = {"pH": "P-H", "PhD": "P-H-D", "TVs": "T-V's", "kHz": "kilohertz"}
_PLURAL = re.compile(r"(?<![^\W\d_])([A-Z]{2,5})s(?![^\W\d_])")
_MIXED_WORD = re.compile(r"(?<![^\W\d_])(?:" + "|".join(_MIXED) + r")(?![^\W\d_])")


def dotted(text: str) -> str:
    """`U.S.A.` → `U-S-A`; the last point stays where it ends the sentence."""
    return _DOTTED.sub(lambda found: _dotted(found), text)


def capitals(text: str) -> str:
    """`TV` → `T-V`, which every engine spells; `STOP` → `stop`, which none does; `NATO` → `Nato`.

    Letters are joined by hyphens because engines take a lone A for the article.
    """
    if not re.search(r"[^\W\d_a-z]", text):
        return text
    text = _MIXED_WORD.sub(lambda found: _MIXED[found.group()], text)
    text = _PLURAL.sub(
        lambda found: _letters(found.group(1)) + "'s" if _is_spelled(found.group(1), False) else found.group(), text
    )
    shouted = _is_shouted(text)
    return _WORD.sub(lambda found: _word(found, shouted), text)


def _dotted(found: re.Match[str]) -> str:
    return _letters(found.group().replace(".", "")) + ("." if ends_text(found) else "")


def _letters(word: str) -> str:
    return "-".join(word)


def _is_shouted(text: str) -> bool:
    words = [found.group() for found in _WORD.finditer(text)]
    return sum(map(str.isupper, words)) * 2 > len(words) > 1


def _word(found: re.Match[str], shouted: bool) -> str:
    word = found.group()
    stem, mark, ending = word.partition("'")
    if not stem.isupper() or (len(stem) < 2 and not word.isupper()):
        return word
    if stem in _TITLES:
        return _TITLES[stem]
    if stem in _NAMES:
        return stem.capitalize() + mark + ending.lower()
    if _is_spelled(stem, shouted):
        return _letters(stem) + mark + ending.lower()
    if not word.isupper():
        return word
    lower = word.lower()
    first = found.start() < 3 and not found.string[: found.start()].strip(" '")
    return lower[:1].upper() + lower[1:] if first or lower.startswith("i'") else lower


def _is_spelled(word: str, shouted: bool) -> bool:
    if word in _SPELLED:
        return not (shouted and word in _OFTEN_WORDS)
    consonants = word.isascii() and not re.search("[AEIOUY]", word)
    return consonants and 2 <= len(word) <= _LONGEST and word not in _SOUNDS and len(set(word)) > 1


RULES = (dotted, capitals)
