"""The words and patterns of the notation."""

from __future__ import annotations

import re

from voiceguide.model.units import Millis

SOUNDS = ("bell", "chime", "bowl")
SOUND_LENGTH = Millis(2000)

PAUSES = ("pause", "break")
ASPECTS = ("voice", "rate", "pitch")
MARKS = (*PAUSES, "until", *SOUNDS, *ASPECTS, "recording", "bed")
HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
RULE = re.compile(r"[ \t]*([-*_=])(?:[ \t]*\1){2,}[ \t]*")
UNDERLINE = re.compile(r"[ \t]*(=+|-{2,})[ \t]*")
BULLET = re.compile(r"[ \t]*(?:>[ \t]*)*(?:[-*+>]|\d{1,3}[.)])[ \t]+(?=\S)")
PHRASE = re.compile(r"(.*[^\s\\;\]>)])[ \t]*;[ \t]*(\d[\d.]*[ \t]*\w*)[ \t]*")
SPEAKS = re.compile(r"[^\W_]")
QUOTED = r"""(?:"(?:\\.|[^"\\]){0,2000}+")"""
"""Bounded and possessive, as its mark is: an open quote is found out in one pass over a few thousand signs."""
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
TOKEN = re.compile(
    rf"""\\(?P<escape>[!-/:-@\[-`{{-~])
      | \[(?P<mark>\s*(?:recording|bed)\b(?:[^\[\]"]|{QUOTED}){{0,400}}+|[^\[\]]*)\]
      | <(?P<tag>/?[A-Za-z!?][^<>]*)>
      | \((?P<aside>[ \t]*(?:pause|break)\b[^()]*)\)
      | \{{(?P<slot>[^{{}}]*)\}}
      | (?P<stray>[\[\]{{}}]|<(?=[/A-Za-z!?]))
      | (?P<text>[^\\\[\]{{}}<(]+|.)""",
    re.VERBOSE | re.IGNORECASE,
)
BREAK_TAG = re.compile(
    r"break\b[^<>]*?\btime\s*=\s*(?P<quote>[\"']?)(?P<time>[^\"'/\s]+)(?P=quote)\s*/?", re.IGNORECASE
)
RANGE = re.compile(r"(.*?[\da-z])\s*(?:-|–|—|\bto\b)\s*(\d.*)")
SPECIAL = re.compile(r"([\\\[\]{}]|^#|<(?=[/a-z!?])|;(?=\s*\d)|\((?=\s*(?:pause|break)\b))", re.IGNORECASE)
NAME = re.compile(r"[A-Za-z_][\w-]*")
