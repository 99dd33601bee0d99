"""Real words per minute, and the settings that a driver has to be given for them.

Real is: words divided by the time from the first to the last sound of each sentence, summed over a paragraph of plain,
calm narration. `tests/bench/calibrate_rate.py` measures it and prints the table. At one setting paragraphs differ by up
to 7 % around their mean, with the length of their words: `spoken.pace.tempo` follows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import log2

VERSION = 3
"""Part of the engine's identity: raise it whenever a number here changes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a driver is told: its rate, and espeak's pause between words in its units of about 10 ms."""

    rate: int
    gap: int = 0


_ESPEAK: tuple[tuple[float, Setting], ...] = (
    (65.6, Setting(80, 12)),
    (69.6, Setting(80, 10)),
    (74.1, Setting(80, 8)),
    (79.2, Setting(80, 6)),
    (82.1, Setting(80, 5)),
    (85.1, Setting(80, 4)),
    (88.4, Setting(80, 3)),
    (91.8, Setting(80, 2)),
    (95.4, Setting(80, 1)),
    (96.1, Setting(85, 1)),
    (101.8, Setting(90, 1)),
    (106.2, Setting(94, 1)),
    (107.6, Setting(85)),
    (113.8, Setting(90)),
    (120.4, Setting(95)),
    (126.4, Setting(100)),
    (139.1, Setting(110)),
    (151.6, Setting(120)),
    (164.9, Setting(130)),
    (177.7, Setting(140)),
    (196.3, Setting(155)),
    (215.1, Setting(170)),
    (240.1, Setting(190)),
    (265.0, Setting(210)),
    (302.0, Setting(240)),
    (351.7, Setting(280)),
    (417.3, Setting(330)),
    (507.3, Setting(400)),
    (551.8, Setting(450)),
)
"""Words per minute of en-us → setting. espeak alone speaks no slower than 107; below that, words move apart."""

_ESPEAK_VOICES = {
    "gmw/en": 1.026,
    "gmw/en-gb-scotland": 1.062,
    "gmw/en-gb-x-gbcwmd": 1.013,
    "gmw/en-gb-x-rp": 1.029,
    "gmw/en-us-nyc": 1.02,
    "roa/es": 0.95,
    "roa/es-419": 0.95,
    "roa/it": 0.81,
    "roa/pt": 0.85,
    "roa/pt-br": 0.85,
}
"""How much quicker than en-us a voice says its words, where that is more than 1 %. French, German and Dutch are not."""


@dataclass(frozen=True, slots=True)
class Melody:
    """What espeak is told of pitch: its base and its range, from 0 to 99, where 50 is the voice as it is."""

    pitch: int = 50
    range: int = 50


_MELODY_SHARE = 0.254
"""18 × range / base of espeak's plain voice (0x47000 and 4104 in its voices.c), which ties base to range."""


def setting(driver: str, voice: str, words_per_minute: float) -> Setting:
    """What to tell `driver` so that `voice` speaks that many real words a minute.

    Beyond the ends of the table, the nearest end. Drivers other than espeak mean what they say, or claim to.
    """
    if driver != "espeak":
        return Setting(round(words_per_minute))
    base = voice.partition("+")[0]
    return _interpolated(words_per_minute / _ESPEAK_VOICES.get(base, 1.0))


def _interpolated(wanted: float) -> Setting:
    """The setting for `wanted` words of en-us a minute: between two rates, or the nearer of two gaps."""
    for (slow, below), (quick, above) in pairwise(_ESPEAK):
        if wanted < quick:
            share = max(0.0, (wanted - slow) / (quick - slow))
            if below.gap != above.gap:
                return below if share < 0.5 else above
            return Setting(round(below.rate + share * (above.rate - below.rate)), below.gap)
    return _ESPEAK[-1][1]


def melody(semitones: float) -> Melody:
    """What moves a whole voice of espeak by so many semitones, its ups and downs included.

    espeak (SetPitch2 in wavegen.c) multiplies its base by 2^((pitch − 50) / 50), adds the melody, which range / 50
    multiplies, and takes 18 × the melody's growth from the base: solved for a base and a melody that both grow by one
    ratio. Fundamental frequency measured on six voices: within 0.2 semitones (female variants 0.6) from −8 to +10,
    which is as far as espeak goes; beyond, the nearest end. Lengths stay within 1 %.
    """
    ratio = 2 ** (semitones / 12)
    base = max(ratio + (ratio - 1) * _MELODY_SHARE, 0.5)
    return Melody(_bounded(50 + 50 * log2(base)), _bounded(50 * ratio))


def _bounded(value: float) -> int:
    return min(max(round(value), 0), 99)
