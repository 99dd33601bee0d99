"""How a cue is spelled: the only place that reads and writes the cue notation.

`parse` never raises: it returns the cues with every problem it found, so that an author sees them all at once.
`write` prints cues so that they parse back to themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from voiceguide.errors import Problem
from voiceguide.model.cues import Heading, Paragraph, Pause, Slot, Sound, Source, Until, Words, WrittenCue
from voiceguide.model.units import LONGEST_PAUSE, Millis, format_duration, parse_duration
from voiceguide.near import suggest

SOUNDS = ("bell", "chime", "bowl")
SOUND_LENGTH = Millis(2000)
MOST_PROBLEMS = 50
"""After so many, reading stops: the file is something else than a script."""

_PAUSES = ("pause", "break")
_MARKS = (*_PAUSES, "until", *SOUNDS)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_RULE = re.compile(r"[ \t]*([-*_=])(?:[ \t]*\1){2,}[ \t]*")
_BULLET = re.compile(r"[ \t]*(?:>[ \t]*)*(?:[-*+>]|\d{1,3}[.)])[ \t]+(?=\S)")
_PHRASE = re.compile(r"(.*[^\s\\;\]>)])[ \t]*;[ \t]*(\d[\d.]*[ \t]*\w*)[ \t]*")
_SPEAKS = re.compile(r"[^\W_]")
_TOKEN = re.compile(
    r"""\\(?P<escape>[!-/:-@\[-`{-~])
      | \[(?P<mark>[^\[\]]*)\]
      | <(?P<tag>/?[A-Za-z!?][^<>]*)>
      | \((?P<aside>[ \t]*(?:pause|break)\b[^()]*)\)
      | \{(?P<slot>[^{}]*)\}
      | (?P<stray>[\[\]{}]|<(?=[/A-Za-z!?]))
      | (?P<text>[^\\\[\]{}<(]+|.)""",
    re.VERBOSE | re.IGNORECASE,
)
_BREAK_TAG = re.compile(
    r"break\b[^<>]*?\btime\s*=\s*(?P<quote>[\"']?)(?P<time>[^\"'/\s]+)(?P=quote)\s*/?", re.IGNORECASE
)
_RANGE = re.compile(r"(.*?[\da-z])\s*(?:-|–|—|\bto\b)\s*(\d.*)")
_SPECIAL = re.compile(r"([\\\[\]{}]|^#|<(?=[/a-z!?])|;(?=\s*\d)|\((?=\s*(?:pause|break)\b))", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(slots=True)
class Parsed:
    """The cues of one text with everything that was wrong in it."""

    cues: list[WrittenCue] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def hopeless(self) -> bool:
        """True when reading on would help nobody."""
        return len(self.problems) >= MOST_PROBLEMS

    def complain(self, at: Source, message: str, hint: str = "") -> None:
        """Notes one problem."""
        self.problems.append(Problem(at.file, at.line, at.column, message, hint))


def parse(text: str, start: Source) -> Parsed:
    """The cues of `text`, whose first character stands at `start`; every line begins in the same column."""
    found = Parsed()
    spoken: list[Words | Slot] = []

    def finish() -> None:
        if any(isinstance(part, Slot) or _SPEAKS.search(part.text) for part in spoken):
            found.cues.append(Paragraph(tuple(_tidy(spoken)), spoken[0].source))
        elif spoken and (silent := "".join(part.text for part in spoken if isinstance(part, Words)).strip()):
            found.complain(spoken[0].source, f"'{silent[:20]}' has nothing to speak", "write words, or take it out")
        spoken.clear()

    for number, raw in enumerate(_without_comments(text).split("\n")):
        here = Source(start.file, start.line + number, start.column)
        if found.hopeless:
            found.complain(here, "the rest was not read", "mend these first")
            break
        _line(raw, here, found, spoken, finish)
    finish()
    return found


def _without_comments(text: str) -> str:
    """`text` with blanks for comments, so that everything keeps its place."""
    pieces, done, looked = [], 0, 0
    while (begins := text.find("<!--", looked)) >= 0 and (ends := text.find("-->", begins + 4)) >= 0:
        if text[begins - 1 : begins] == "\\":
            looked = begins + 4
            continue
        pieces += [text[done:begins], re.sub(r"[^\n]", " ", text[begins : ends + 3])]
        done = looked = ends + 3
    return "".join([*pieces, text[done:]])


def _line(raw: str, here: Source, found: Parsed, spoken: list[Words | Slot], finish: Callable[[], None]) -> None:
    if not raw.strip() or _RULE.fullmatch(raw):
        finish()
        return
    if heading := _HEADING.fullmatch(raw):
        finish()
        found.cues.append(Heading(_unescaped(heading.group(2)), here))
        return
    if bullet := _BULLET.match(raw):
        finish()
        raw, here = raw[bullet.end() :], _shift(here, bullet.end())
    phrase = _PHRASE.fullmatch(raw)
    if spoken:
        _extend(spoken, " ", here)
    for cue in _inline(phrase.group(1) if phrase else raw, here, found):
        if isinstance(cue, Words | Slot):
            spoken.append(cue)
        else:
            finish()
            found.cues.append(cue)
    if phrase:
        finish()
        _keep(found, _pause(phrase.group(2), _shift(here, phrase.start(2)), found))


def _inline(text: str, here: Source, found: Parsed) -> Iterator[Words | Slot | WrittenCue]:
    """Words, slots and cues of one line, left to right; neighbouring text is one piece."""
    pending: list[str] = []
    begun = here
    for token in _TOKEN.finditer(text):
        if found.hopeless:
            return
        at = _shift(here, token.start())
        literal = token["escape"] or token["text"]
        if literal is not None:
            begun = begun if pending else at
            pending.append(literal)
            continue
        if pending:
            yield Words("".join(pending), begun)
            pending.clear()
        if (cue := _token(token, at, found)) is not None:
            yield cue
    if pending:
        yield Words("".join(pending), begun)


def _token(token: re.Match[str], at: Source, found: Parsed) -> Slot | WrittenCue | None:
    if token["mark"] is not None:
        return _mark(token["mark"], at, found)
    if token["tag"] is not None:
        return _tag(token["tag"], at, found)
    if token["aside"] is not None:
        return _mark(token["aside"], at, found)
    if token["slot"] is not None:
        return _slot(token["slot"], at, found)
    sign = token["stray"]
    found.complain(
        at, f"'{sign}' has no partner on this line", f"close it, or write \\{sign} where it is really spoken"
    )
    return None


def _slot(name: str, at: Source, found: Parsed) -> Slot | None:
    if _NAME.fullmatch(name.strip()):
        return Slot(name.strip(), at)
    found.complain(at, f"'{{{name}}}' is not a word to fill in", "write one word in braces: {side}")
    return None


def _tag(tag: str, at: Source, found: Parsed) -> Pause | None:
    if length := _BREAK_TAG.fullmatch(tag.strip()):
        return _pause(length["time"], at, found)
    found.complain(
        at, f"'<{tag}>' is not understood", 'expected <break time="3s"/>, or write \\< where it is really spoken'
    )
    return None


def _mark(mark: str, at: Source, found: Parsed) -> Pause | Until | Sound | None:
    word, _, value = re.sub(r"[:\s]+", " ", mark.strip().lower()).partition(" ")
    value = re.sub(r"^(for|of)\s+", "", value)
    if word in _PAUSES:
        return _pause(value, at, found) if value else Pause(source=at)
    if word == "until" and value:
        length = _length(value, at, found)
        return None if length is None else Until(length, at)
    if word in SOUNDS:
        sound_length = _length(value, at, found) if value else SOUND_LENGTH
        return None if sound_length is None else Sound(word, sound_length, at)
    hint = "[until 4s] says how long" if word == "until" else suggest(word, _MARKS) if word else ""
    found.complain(at, f"'[{mark}]' is not a cue", f"{hint}; write \\[ where a bracket is really spoken".lstrip("; "))
    return None


def _pause(value: str, at: Source, found: Parsed) -> Pause | None:
    span = _RANGE.fullmatch(value.strip())
    if span is None:
        length = _length(value, at, found)
        return None if length is None else Pause(length, length, at)
    least_text, most_text = span.groups()
    if re.fullmatch(r"[\d.]+", least_text):
        least_text += most_text.lstrip("0123456789.: ")
    least, most = _length(least_text, at, found), _length(most_text, at, found)
    if least is None or most is None:
        return None
    if least > most:
        found.complain(at, f"'{value.strip()}' runs backwards", "write the shorter one first: [pause 5s-20s]")
        return None
    return Pause(least, most, at)


def _length(value: str, at: Source, found: Parsed) -> Millis | None:
    try:
        length = parse_duration(value)
    except ValueError:
        found.complain(at, f"'{value}' is not a length of time", "expected something like 3s, 2.5s or 1m30s")
        return None
    if length > LONGEST_PAUSE:
        found.complain(at, f"'{value}' is longer than 600 s", "use several rests with words between them")
        return None
    return length


def _keep(found: Parsed, cue: WrittenCue | None) -> None:
    if cue is not None:
        found.cues.append(cue)


def _tidy(parts: Iterable[Words | Slot]) -> list[Words | Slot]:
    """Neighbouring words of one line joined, white space single, none at either end."""
    tidy: list[Words | Slot] = []
    for part in parts:
        if isinstance(part, Slot):
            tidy.append(part)
            continue
        text = re.sub(r"\s+", " ", part.text)
        if not tidy or (isinstance(tidy[-1], Words) and tidy[-1].text.endswith(" ")):
            text = text.lstrip()
        if text:
            tidy.append(Words(text, part.source))
    if isinstance(last := tidy[-1], Words):
        tidy[-1:] = [Words(text, last.source)] if (text := last.text.rstrip()) else []
    return tidy


def _extend(spoken: list[Words | Slot], text: str, here: Source) -> None:
    if isinstance(last := spoken[-1], Words):
        spoken[-1] = Words(last.text + text, last.source)
    else:
        spoken.append(Words(text, here))


def _shift(here: Source, columns: int) -> Source:
    return Source(here.file, here.line, here.column + columns)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def write(cues: Iterable[WrittenCue]) -> str:
    """The notation of `cues`, one to a line, with a blank line between paragraphs."""
    lines: list[str] = []
    previous: WrittenCue | None = None
    for cue in cues:
        if isinstance(cue, Heading) or (isinstance(cue, Paragraph) and isinstance(previous, Paragraph)):
            lines += [""] if lines else []
        lines.append(spell(cue))
        previous = cue
    return "\n".join(lines) + "\n"


def spell(cue: WrittenCue) -> str:
    """One cue as people write it."""
    match cue:
        case Heading(title):
            return f"## {escape(title)}"
        case Paragraph(parts):
            return escape_line("".join(p.text if isinstance(p, Words) else f"\0{p.name}\1" for p in parts))
        case Pause(None):
            return "[pause]"
        case Pause(least, most):
            return f"[pause {span(least or Millis(0), most or Millis(0))}]"
        case Until(after):
            return f"[until {format_duration(after)}]"
        case Sound(name, length):
            return f"[{name}]" if length == SOUND_LENGTH else f"[{name} {format_duration(length)}]"


def spell_rest(length: Millis) -> str:
    """A rest of any length: one longer than a pause may be is spelled as several."""
    whole, rest = divmod(length, LONGEST_PAUSE)
    parts = [LONGEST_PAUSE] * whole + ([Millis(rest)] if rest or not whole else [])
    return " ".join(f"[pause {format_duration(part)}]" for part in parts)


def span(least: Millis, most: Millis) -> str:
    """`3s`, or `5s-20s`."""
    return format_duration(least) if least == most else f"{format_duration(least)}-{format_duration(most)}"


def escape(text: str) -> str:
    """`text` with a backslash before everything that would be read as notation."""
    return _SPECIAL.sub(r"\\\1", text)


def escape_line(text: str) -> str:
    """`escape` for a line that begins with `text`; \\0name\\1 stands for a word in braces."""
    line = escape(text)
    if _BULLET.match(line) or _RULE.fullmatch(line):
        line = re.sub(r"([-*+>_.)=])", r"\\\1", line, count=1)
    return line.replace("\0", "{").replace("\1", "}")
