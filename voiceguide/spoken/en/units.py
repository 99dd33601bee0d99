"""Units behind a figure, ranges and products of figures. The figures themselves become words later."""

from __future__ import annotations

import re

from voiceguide.spoken.en.shortened import ends_text

_NAMES = {
    "s sec secs": "second",
    "min mins": "minute",
    "h hr hrs": "hour",
    "ms msec": "millisecond",
    "wk wks": "week",
    "yr yrs": "year",
    "mm": "millimetre",
    "cm": "centimetre",
    "m": "metre",
    "km": "kilometre",
    "mi": "mile",
    "yd yds": "yard",
    "mg": "milligram",
    "mcg μg": "microgram",
    "g": "gram",
    "kg kgs": "kilogram",
    "lb lbs": "pound",
    "oz": "ounce",
    "ml mL": "millilitre",
    "cl": "centilitre",
    "dl": "decilitre",
    "l L": "litre",
    "tsp tsps": "teaspoon",
    "tbsp tbsps tbs": "tablespoon",
    "pt": "pint",
    "qt": "quart",
    "gal": "gallon",
    "Hz": "hertz",
    "kHz": "kilohertz",
    "MHz": "megahertz",
    "GHz": "gigahertz",
    "dB": "decibel",
    "W": "watt",
    "kW": "kilowatt",
    "kWh": "kilowatt hour",
    "V": "volt",
    "kcal cal": "calorie",
    "kJ": "kilojoule",
    "KB kB": "kilobyte",
    "MB": "megabyte",
    "GB": "gigabyte",
    "bpm": "beat per minute",
    "rpm": "turn per minute",
    "wpm": "word per minute",
    "mph": "mile per hour",
    "mmHg": "millimetre of mercury",
    "ft": "foot",
    "in": "inch",
    "deg": "degree",
}
_NAMES |= {
    f"{power}{short}": f"{'square' if power == 'sq' else 'cubic'} {_NAMES[short]}"
    for power in ("sq", "cu")
    for short in ("mm", "cm", "m", "km", "ft")
}
_ONE = {short: name for shorts, name in _NAMES.items() for short in shorts.split()}
_MANY = {
    "foot": "feet",
    "inch": "inches",
    "hertz": "hertz",
    "kilohertz": "kilohertz",
    "megahertz": "megahertz",
    "gigahertz": "gigahertz",
}
_ANY_CASE = {short.lower(): short for short in _ONE if len(short) > 1 and short not in ("in", "MHz", "ms")}
_SPELLED = (
    "cups?|glass(?:es)?|drops?|hours?|minutes?|seconds?|days?|weeks?|months?|years?|inch(?:es)?|miles?|teaspoons?"
    "|tablespoons?|metres?|meters?|litres?|liters?|pints?|pounds?|ounces?|turns?|rounds?|breaths?|steps?|circles?"
)
_SHORT = "|".join(re.escape(short) for short in sorted(_ONE, key=len, reverse=True) if short != "in")
# "in" is an inch only where it can be nothing else: `5 in.`, `5 in wide`, not `2 in 3` or `five in all`.
_INCH = r"in(?=\s?$|[.,;:!?)/]|\s(?:wide|long|deep|tall|high|thick|apart|above|below|across|from)\b)"
UNIT = rf"(?:{_SHORT}|{_INCH})(?![\w'])"
"""Every short form of a unit, in the spelling people use and any case."""
ANY = frozenset(short.lower() for short in _ONE)
"""The short forms in lower case."""
NUMBER = r"\d++(?:,\d{3})*+(?:\.\d++)?+"
_START = r"(?<![\w.,])"

_POWERS = {"²": ("sq", " squared"), "³": ("cu", " cubed")}
_POWER = re.compile(r"(?:(?<=\d)|(?<=\d\s))([mck]?m|ft)([²³])|(?<=[^\W\d_])([²³])")
_DASH = re.compile(rf"(?<=\d)(?:\s?[–—]\s?|-)(?={NUMBER}(?![\d-]))")
_ORDINALS = re.compile(r"(?<=\d)(st|nd|rd|th)\s?[-–—]\s?(?=\d{1,4}(?:st|nd|rd|th)\b)", re.IGNORECASE)
_SPACED = re.compile(rf"{_START}({NUMBER})\s-\s({NUMBER})(?![\w])")
_CHAIN = re.compile(r"(?<![\w.,-])\d++(?:\.\d+)?(?:[-–]\d++(?:\.\d++)?){2,}(?![\w-])")
_UNIT_DASH = re.compile(
    rf"(?<=\d)(\s?(?:{UNIT}|°(?:\s?[CF]\b)?|%))\s?[-–—]\s?(?={NUMBER}\s?(?:{UNIT}|°|%))", re.IGNORECASE
)
_LENGTH = r"(?:[mck]?m|ft|in|inch(?:es)?)(?!\w)"
_BY = re.compile(
    rf"(?<=\d)\s?(?:{_LENGTH})?\s?[x×*]\s?(?={NUMBER}(?:\s?(?:{_LENGTH})?\s?[x×*]\s?{NUMBER})?\s?{_LENGTH})"
)
_PRODUCT = re.compile(r"(?<=\d)(?:(x)|\s?[×*]\s?|\sx\s)(?=\d)", re.IGNORECASE)
_TIMES = re.compile(rf"{_START}({NUMBER})\s?[x×](?![\w])", re.IGNORECASE)
_TIMES_BEFORE = re.compile(r"(?<![\w])[x×]\s?(?=\d)", re.IGNORECASE)
_MEASURE = re.compile(rf"{_START}([-~]?{NUMBER})(\s?|-)({UNIT})(?:\s?/\s?({_SHORT})(?![\w']))?(\.?)", re.IGNORECASE)
_DEGREES = re.compile(rf"{_START}([-~]?{NUMBER})(\s?|-)°\s?(?:([CF])(?!\w))?")
_PERCENT = re.compile(r"(?<=\d)\s?%")
_FEET = re.compile(r"(?<![\w.,'])(\d{1,2})\s?'\s?(\d{1,2})(?![\w'])")


def powers(text: str) -> str:
    """`5 m²` → `5 sqm`, `x²` → `x squared`, before the small figure becomes a plain one."""
    return _POWER.sub(lambda found: _power(*found.groups()), text)


def ranges(text: str) -> str:
    """`2-3 min` → `2 to 3 min`, `4-7-8` → `4 7 8`, `5 - 3` → `5 minus 3`, `2 cm-3 cm`."""
    text = _ORDINALS.sub(r"\1 to ", _UNIT_DASH.sub(r"\1 to ", text))
    text = _CHAIN.sub(lambda found: re.sub(r"[-–]", " ", found.group()), text)
    text = _SPACED.sub(lambda found: _spaced(found.group(1), found.group(2)), text)
    return _DASH.sub(" to ", text)


def products(text: str) -> str:
    """`3×`, `3x` → `3 times`; `2x4` → `2 by 4`; `3 × 10` → `3 times 10`."""
    text = _BY.sub(" by ", text)
    text = _PRODUCT.sub(lambda found: " by " if found.group(1) else " times ", text)
    text = _TIMES.sub(r"\1 times", text)
    return _TIMES_BEFORE.sub("times ", text)


def measures(text: str) -> str:
    """`10 s` → `10 seconds`, `1 kg` → `1 kilogram`, `5-min` → `5-minute`, `37 °C`, `50%`, `60 km/h`."""
    text = _FEET.sub(r"\1 foot \2", text)
    text = _DEGREES.sub(lambda found: _degrees(*found.groups()), text)
    text = _PERCENT.sub(" percent ", text)
    return _MEASURE.sub(lambda found: _measure(found), text)


def named(short: str, *, one: bool) -> str:
    """`tsp` → `teaspoon` or `teaspoons`; a word that is no short form stays."""
    name = _ONE.get(short) or _ONE.get(_ANY_CASE.get(short.lower(), ""), "")
    return (name if one else _many(name)) if name else short


def spelled_out(word: str) -> bool:
    """True for a unit that is written as a word: `cup`, `hours`."""
    return re.fullmatch(_SPELLED, word) is not None


def _power(unit: str | None, unit_sign: str | None, sign: str | None) -> str:
    return f"{_POWERS[unit_sign][0]}{unit}" if unit_sign else _POWERS[sign or "²"][1]


def _many(name: str) -> str:
    first, _, rest = name.partition(" ")
    if first in ("kilowatt", "square", "cubic"):
        return f"{first} {_many(rest)}"
    return f"{_MANY.get(first, f'{first}s')} {rest}".rstrip()


def _spaced(first: str, second: str) -> str:
    falls = float(first.replace(",", "")) > float(second.replace(",", ""))
    return f"{first} {'minus' if falls else 'to'} {second}"


def _measure(found: re.Match[str]) -> str:
    number, between, short, per, stop = found.groups()
    name = named(short, one=number == "1" or between == "-")
    if name == short:
        return found.group()
    said = f"{number}{'-' if between == '-' else ' '}{name}" + (f" per {named(per, one=True)}" if per else "")
    return said + (stop if ends_text(found) else "")


def _degrees(number: str, between: str, scale: str | None) -> str:
    joint = "-" if between == "-" else " "
    name = "degree" if number == "1" or joint == "-" else "degrees"
    return f"{number}{joint}{name}" + {"C": " Celsius ", "F": " Fahrenheit "}.get(scale or "", " ")


RULES = (ranges, products, measures)
