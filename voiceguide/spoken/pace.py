"""How long an utterance will take, from its text and rate alone: pure arithmetic, before anything is spoken.

The length is a sum over features of the text (kinds of letters, words, syllables, commas), each with so many
milliseconds at `REFERENCE` words a minute, and it shrinks as the rate grows. `tests/bench/fit_pace.py` fits the numbers
to espeak and says how well they hold for sentences it was not shown.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from voiceguide.model.script import Utterance
from voiceguide.model.units import Millis

VERSION = 1
"""Part of the identity of engines that take their lengths from here: raise it whenever an estimate changes."""
REFERENCE = 115
"""Words per minute at which `WEIGHTS` and `KNOWN` hold."""
SLOWEST, QUICKEST = 65, 550
"""The default engine's own limits; beyond them, a rate changes nothing."""

WEIGHTS = {
    "utterance": 243,
    "words": 210,
    "vowel": 110,
    "vowel pair": 116,
    "long vowels": 82,
    "r-vowel": 156,
    "hiss": 102,
    "nasal": 95,
    "glide": 87,
    "stop": 66,
    "long words": 56,
    "more syllables": -43,
    "weak words": 84,
    "weak letters": 59,
    "last letters": -12,
    "last syllables": 60,
    "alone": -20,
    "clauses": 589,
}
"""Milliseconds for each of a feature."""

# fmt: off
KNOWN = {
    "in": 584, "out": 594, "hold": 865, "rest": 747, "again": 926, "good": 512, "press": 691, "release": 869,
    "breathe": 712, "pause": 770, "ready": 799, "begin": 923, "now": 844, "slowly": 881, "softer": 973, "gently": 796,
    "and": 692, "relax": 964, "inhale": 986, "exhale": 1157, "one": 750, "two": 577, "three": 671, "four": 735,
    "five": 881, "six": 741, "seven": 874, "eight": 572, "nine": 905, "ten": 691, "stop": 753, "left": 726,
    "right": 740, "welcome": 914, "squeeze": 1011, "lift": 709, "lower": 777, "enjoy": 994, "wait": 685,
}
"""Milliseconds of whole utterances of one word, whose stress no sum of features foretells."""
# fmt: on

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_GRAPHEME = re.compile(
    r"tion|eigh|igh|tch|dge|ee|ea|oo|ou|ow|oa|ai|ay|oi|oy|au|aw|ew|ie|ei|ey|er|ar|or|ir|ur"
    r"|th|sh|ch|ng|nk|ck|ph|wh|qu|[a-z]"
)
_KINDS = {
    "r-vowel": "er ar or ir ur",
    "hiss": "s sh ch tch f ph th x z c",
    "stop": "p t k ck b d g qu dge tion",
    "nasal": "m n ng nk",
}
_KIND = {grapheme: kind for kind, graphemes in _KINDS.items() for grapheme in graphemes.split()}
# fmt: off
_WEAK = frozenset((
    "a", "an", "the", "of", "to", "and", "or", "in", "on", "at", "as", "is", "it", "be", "by", "for", "with",
    "from", "your", "you", "their", "them", "that", "this", "if", "so", "but", "are", "was", "has", "have",
    "had", "than", "its", "into", "can", "he", "she", "we", "they",
))
"""Words that lose their stress, and much of their length, wherever another word follows."""
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_FEW_WORDS, _FOLLOWED, _MOST_FOLLOWED, _CENTRE = 4, 0.9, 1.12, 1.02
_LETTERS_PER_WORD = 4.6
"""Of European languages, about; English has its own features."""


def estimate(utterance: Utterance) -> Millis:
    """The length of the trimmed clip in milliseconds, at least 1. Within about 4 % for half of English sentences."""
    rate = min(max(tempo(utterance), SLOWEST), QUICKEST)
    length = _english(utterance.spoken) if _is_english(utterance) else _foreign(utterance.spoken)
    return Millis(max(1, round(length * REFERENCE / rate)))


def tempo(utterance: Utterance) -> float:
    """The rate at which a text of average words keeps the tempo that this one needs for its real words a minute.

    At one tempo, paragraphs differ by 6.5 % (standard deviation) with the length of their words and their commas;
    following the text most of the way leaves about 2.5 %. It moves by an eighth at most, which hardly anybody hears
    between two sentences, and not at all for a few words. `_CENTRE` makes up for those and for the bound.
    """
    words = len(_words(utterance.spoken))
    if words < _FEW_WORDS or not _is_english(utterance):
        return utterance.rate
    heavy = _english(utterance.spoken) * REFERENCE / (60_000 * words)
    followed = _CENTRE * float(heavy**_FOLLOWED)
    return utterance.rate * min(max(followed, 1 / _MOST_FOLLOWED), _MOST_FOLLOWED)


def tolerance(utterance: Utterance, *, calibrated: bool) -> tuple[tuple[float, float], Millis]:
    """((least, most), slack): a true clip is between least × estimate − slack and most × estimate + slack.

    Tight enough to notice a clip that was cut in half, where the text is plain words of English and the engine's rate
    is calibrated; numbers, names in capitals and other languages are harder to foretell.
    """
    if not all(map(_plain, utterance.spoken.split())):
        return (0.2, 5.0), Millis(300)
    if not calibrated or "+" in utterance.voice or not utterance.language.lower().startswith("en"):
        return (0.45, 2.2), Millis(100)
    return (0.65, 1.6), Millis(50)


def features(text: str) -> Counter[str]:
    """What the length of English `text` is estimated from: how many of each feature of `WEIGHTS`."""
    words = _words(text)
    found = Counter({"utterance": 1})
    for word in words[:-1]:
        found.update(_weak(word) if word in _WEAK else _stressed(word))
    for word in words[-1:]:
        found.update(_stressed(word))
        found.update({"last letters": len(word), "last syllables": _syllables(word.removesuffix("e")) - 1})
    found["alone"] = int(len(words) == 1)
    found["clauses"] = len(re.findall(r"[,;:—–](?=\s)|[.!?…](?=\s)", text.strip()))
    return found


def _is_english(utterance: Utterance) -> bool:
    return utterance.language.partition("-")[0].lower() == "en"


def _words(text: str) -> list[str]:
    """As they are said: numbers in words."""
    return [part for word in _WORD.findall(text.lower()) for part in _spelled(word)]


@lru_cache(1024)
def _english(text: str) -> float:
    if exact := KNOWN.get(text.lower().strip(" .!")):
        return exact
    return sum(count * WEIGHTS[name] for name, count in features(text).items())


def _foreign(text: str) -> float:
    """Half by words and half by letters, at the rate that calibration gives every language on average."""
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    return 60_000 / REFERENCE * (len(words) + letters / _LETTERS_PER_WORD) / 2


def _weak(word: str) -> dict[str, int]:
    return {"weak words": 1, "weak letters": len(word)}


@lru_cache(4096)  # a routine says the same words again and again
def _stressed(word: str) -> Counter[str]:
    found = Counter(_kind(grapheme) for grapheme in _GRAPHEME.findall(_sounded(word)))
    found["words"] = 1
    found["long vowels"] = int(re.search(r"[aeiouy][^aeiouwxy]e[sd]?$", word) is not None)
    syllables = _syllables(word)
    found["long words"] = int(syllables > 1)
    found["more syllables"] = syllables - 1
    return found


def _kind(grapheme: str) -> str:
    if grapheme in _KIND:
        return _KIND[grapheme]
    if grapheme[0] in "aeiouy":
        return "vowel" if len(grapheme) == 1 else "vowel pair"
    return "glide"


def _sounded(word: str) -> str:
    """Without a doubled consonant's second letter and a silent e at the end."""
    single = re.sub(r"([^aeiouy])\1", r"\1", word.replace("'", ""))
    return re.sub(r"(?<=[^aeiouy])e(s?)$", r"\1", single) if _syllables(single) > 1 else single


def _syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def _spelled(word: str) -> list[str]:
    """A number below 10,000 in words, a longer one digit by digit, anything else as it is."""
    if not word.isdecimal():
        return [word]
    if len(word) > 4:
        return [_ONES[int(digit)] for digit in word]
    thousands, rest = divmod(int(word), 1000)
    hundreds, rest = divmod(rest, 100)
    spelled = [_ONES[thousands], "thousand"] * (thousands > 0) + [_ONES[hundreds], "hundred"] * (hundreds > 0)
    return spelled + (_below_hundred(rest) if rest or not spelled else [])


def _below_hundred(number: int) -> list[str]:
    if number < len(_ONES):
        return [_ONES[number]]
    return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]


def _plain(token: str) -> bool:
    """True for a word as it is read: letters with a vowel among them, and not in capitals."""
    word = token.strip(".,;:!?…—–-()'’")
    if not word:
        return True
    letters = re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", word)
    capitals = len(word) > 1 and word.isupper()
    return letters is not None and not capitals and len(word) < 25 and bool(re.search(r"[aeiouyà-ÿ]", word.casefold()))
