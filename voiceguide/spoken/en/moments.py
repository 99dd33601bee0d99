"""Dates, clock times, years and decades, in words."""

from __future__ import annotations

import re

from voiceguide.spoken.en.shortened import ends_text
from voiceguide.spoken.words import said

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT = {month[:3]: month for month in _MONTHS} | {month: month for month in _MONTHS} | {"Sept": "September"}
_MONTH = "(" + "|".join(sorted(_SHORT, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:,?\s(\d{4})(?![\d.,:]?\d|\w))?"
_ALONE = r"(?![\d.,:/-]?\d|\w)"
_DAY_FIRST = re.compile(rf"(?<![\w.,:/-])(?P<the>the\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}{_YEAR}")
_MONTH_FIRST = re.compile(rf"(?<![\w-]){_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?{_ALONE}{_YEAR}")
_MONTH_YEAR = re.compile(rf"(?<![\w-]){_MONTH},?\s(\d{{4}}){_ALONE}")
_ISO = re.compile(rf"(?<![\w.,:/-])(\d{{4}})-(\d{{2}})-(\d{{2}}){_ALONE}")
_SLASHED = re.compile(rf"(?<![\w.,:/-])(\d{{1,2}})[/.](\d{{1,2}})[/.](\d{{4}}){_ALONE}")
_HALF = r"(?:\s?([ap])\.?\s?m\b(\.?))"
_CLOCK = re.compile(rf"(?<![\w:.,])([01]?\d|2[0-4]):([0-5]\d)(?![\d:]|[.,]\d){_HALF}?", re.IGNORECASE)
_HOUR = re.compile(rf"(?<![\w:.,/])(1[0-2]|0?\d){_HALF}", re.IGNORECASE)
_HOURS = re.compile(rf"(?<![\w:.,])(1[0-2]|0?\d)(?=\s?[-–]\s?(?:1[0-2]|0?\d)(?::[0-5]\d)?{_HALF})", re.IGNORECASE)
_LONG_CLOCK = re.compile(r"(?<![\w:.,])(\d{1,2}):([0-5]\d):([0-5]\d)(?![\d:]|[.,]\d)")
_LASTING = re.compile(r"(?<![\w:.,])(\d{1,2}):([0-5]\d)\s?(min|minutes?|mins|h|hours?|hrs?)\b\.?", re.IGNORECASE)
_TO = re.compile(r"(?<=[\w'])\s?[-–]\s?(?=(?:[01]?\d|2[0-4]):[0-5]\d)")
_COUNTED = "[kcm]?m|[km]?g|ml|kcal|calories|steps|times|people|hz|bpm|metres|meters|feet"
_MEASURE = rf"(?!\s?(?:%|°|(?:{_COUNTED})\b))"
_CENTURIES = r"(?:1[1-9]\d\d|20\d\d)"
_SINCE = re.compile(
    rf"\b(in|since|until|till|year|circa|during)\s({_CENTURIES})(?!\w|[.,:/]?\d){_MEASURE}", re.IGNORECASE
)
_SPAN = re.compile(
    rf"(?<![\w.,:/$€£-])({_CENTURIES})\s?[-–]\s?({_CENTURIES})(?!\w|[.,:/-]?\d){_MEASURE}", re.IGNORECASE
)
_RECENT = re.compile(rf"(?<![\w.,:/$€£+-])(19\d\d|20[0-2]\d)(?!\w|[.,:/+-]?\d){_MEASURE}", re.IGNORECASE)
_DECADE = re.compile(r"(?<![\w.,:/-])(the\s)?('?)(1[1-9]|20)?(\d0)'?s\b", re.IGNORECASE)
_TENS = {
    "2": "twenties", "3": "thirties", "4": "forties", "5": "fifties",
    "6": "sixties", "7": "seventies", "8": "eighties", "9": "nineties",
}  # fmt: skip


def dates(text: str) -> str:
    """`22 Nov 2026`, `Nov 22`, `2026-11-22` → the twenty-second of November, November twenty-second."""
    if not any(map(str.isdecimal, text)):
        return text
    text = _ISO.sub(lambda found: _iso(found), text)
    text = _SLASHED.sub(lambda found: _slashed(found), text)
    text = _DAY_FIRST.sub(lambda found: _day_first(found), text)
    text = _MONTH_FIRST.sub(lambda found: _month_first(found), text)
    return _MONTH_YEAR.sub(lambda found: f"{_SHORT[found.group(1)]} {_year(found.group(2))}", text)


def clocks(text: str) -> str:
    """`8:30` → eight thirty, `8:05` → eight oh five, `8:00` → eight o'clock, `8 a.m.` → eight A-M."""
    if ":" in text:
        text = _TO.sub(" to ", text)
        text = _LONG_CLOCK.sub(lambda found: _counted(found.groups(), ("hour", "minute", "second")), text)
        text = _LASTING.sub(lambda found: _lasting(found), text)
    text = _HOURS.sub(lambda found: said(int(found.group(1))), text)
    text = re.sub(r"(?<=[a-z])\s?[-–]\s?(?=\d{1,2}(?::\d\d)?\s?[ap]\.?m\b)", " to ", text, flags=re.IGNORECASE)
    text = _CLOCK.sub(lambda found: _clock(found), text)
    return _HOUR.sub(lambda found: f"{said(int(found.group(1)))} {_half(found, 2)}", text)


def years(text: str) -> str:
    """`in 1998` → in nineteen ninety-eight; `the 1990s`, `the '80s`."""
    text = _DECADE.sub(lambda found: _decade(found), text)
    text = _SPAN.sub(lambda found: f"{_year(found.group(1))} to {_year(found.group(2))}", text)
    text = _SINCE.sub(lambda found: f"{found.group(1)} {_year(found.group(2))}", text)
    return _RECENT.sub(lambda found: _year(found.group(1)), text)


def _year(digits: str | None) -> str:
    return said(int(digits), kind="year") if digits else ""


def _date(day: int, month: str, year: str | None, the: str = "the ") -> str:
    return f"{the}{said(day, kind='ordinal')} of {month} {_year(year)}".rstrip()


def _iso(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return found.group()
    return _date(int(day), _MONTHS[int(month) - 1], year)


def _slashed(found: re.Match[str]) -> str:
    """Only one of 22/11 and 11/22 can be; of 3/4 nobody knows which is the day, so it is read as it stands."""
    first, second, year = int(found.group(1)), int(found.group(2)), found.group(3)
    if 12 < first <= 31 and 1 <= second <= 12:
        return _date(first, _MONTHS[second - 1], year)
    if 12 < second <= 31 and 1 <= first <= 12:
        return _date(second, _MONTHS[first - 1], year)
    return f"{said(first)} {said(second)} {_year(year)}"


def _day_first(found: re.Match[str]) -> str:
    if not 1 <= int(found["day"]) <= 31:
        return found.group()
    return _date(int(found["day"]), _SHORT[found.group(3)], found.group(4), found["the"] or "the ")


def _month_first(found: re.Match[str]) -> str:
    month, day, year = found.groups()
    if not 1 <= int(day) <= 31:
        return found.group()
    return f"{_SHORT[month]} {said(int(day), kind='ordinal')}" + (f" {_year(year)}" if year else "")


def _clock(found: re.Match[str]) -> str:
    hour, minute = said(int(found.group(1))), int(found.group(2))
    half = f" {_half(found, 3)}" if found.group(3) else ""
    if minute:
        return f"{hour} {'oh ' if minute < 10 else ''}{said(minute)}{half}"
    if half:
        return f"{hour}{half}"
    return f"{hour} o'clock" if 1 <= int(found.group(1)) <= 12 else f"{hour} hundred"


def _half(found: re.Match[str], group: int) -> str:
    """`A-M`; the point behind it stays where it ends the sentence."""
    return f"{found.group(group).upper()}-M" + ("." if found.group(group + 1) and ends_text(found) else "")


def _lasting(found: re.Match[str]) -> str:
    units = ("hour", "minute") if found.group(3).lower().startswith("h") else ("minute", "second")
    return _counted(found.group(1, 2), units)


def _counted(digits: tuple[str, ...], units: tuple[str, ...]) -> str:
    """`1 hour 2 minutes`, without those of which there are none."""
    counts = [int(count) for count in digits]
    parts = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in zip(counts, units, strict=True) if count]
    return " ".join(parts) or f"0 {units[0]}s"


def _decade(found: re.Match[str]) -> str:
    """`90s` alone is a length of time: a decade has its century, an apostrophe or an article."""
    the, mark, century, ten = found.groups(default="")
    if ten[0] not in _TENS or not (the or mark or century):
        return found.group()
    return the + (f"{said(int(century))} " if century else "") + _TENS[ten[0]]


RULES = (dates, clocks, years)
