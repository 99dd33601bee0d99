"""Real words per minute and the rate that a driver has to be given for them."""

from __future__ import annotations

from bisect import bisect_left

VERSION = 1
"""Part of the engine's identity: raise it whenever a number here changes."""

Table = tuple[tuple[int, float], ...]
"""Driver's rate → measured words per minute, both rising."""

_PLAIN: Table = ((40, 40.0), (400, 400.0))
"""A driver that means what it says. Those of macOS and Windows claim to."""
ESPEAK_ENGLISH: Table = ((80, 93.0), (450, 450.0))


def driver_rate(driver: str, voice: str, words_per_minute: int) -> int:
    """The rate to give to `driver` so that `voice` speaks that many real words a minute.

    Beyond the ends of a table the nearest end is taken: espeak cannot speak slower than about 93.
    """
    table = _table(driver, voice)
    given, real = zip(*table, strict=True)
    if not real[0] < words_per_minute < real[-1]:
        return int(given[0] if words_per_minute <= real[0] else given[-1])
    upper = bisect_left(real, words_per_minute)
    share = (words_per_minute - real[upper - 1]) / (real[upper] - real[upper - 1])
    return round(given[upper - 1] + share * (given[upper] - given[upper - 1]))


def _table(driver: str, voice: str) -> Table:
    if driver != "espeak":
        return _PLAIN
    return ESPEAK_ENGLISH
