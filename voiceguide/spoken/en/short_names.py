"""What may be short for something without a sign that says so."""

from __future__ import annotations

TITLES = {
    "dr": "Doctor",
    "mr": "Mister",
    "mrs": "Missus",
    "ms": "Miz",
    "prof": "Professor",
    "st": "Saint",
    "rev": "Reverend",
    "capt": "Captain",
    "lt": "Lieutenant",
    "sgt": "Sergeant",
    "gen": "General",
    "mt": "Mount",
}
STREETS = {"st": "Street", "dr": "Drive", "ave": "Avenue", "blvd": "Boulevard", "rd": "Road"}
DOTTED = {
    "e.g": "for example",
    "eg": "for example",
    "i.e": "that is",
    "ie": "that is",
    "etc": "et cetera",
    "vs": "versus",
    "approx": "approximately",
    "ca": "about",
    "cf": "compare",
    "esp": "especially",
    "incl": "including",
    "excl": "excluding",
    "max": "maximum",
    "dept": "department",
    "jr": "junior",
    "sr": "senior",
    "dr": "doctor",
    "ext": "extension",
    "temp": "temperature",
    "alt": "alternatively",
}
DOTLESS = {"vs": "versus", "etc": "et cetera", "approx": "approximately", "w/o": "without", "b/c": "because"}

NAMES = frozenset((*TITLES, *STREETS, *DOTTED, *DOTLESS))
"""All of them, in lower case."""
