"""Text → cues, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from voiceguide.model.cues import Heading, Paragraph, Slot, Source, Words, WrittenCue
from voiceguide.notation.grammar import BULLET, HEADING, PHRASE, RULE, SPEAKS, TOKEN
from voiceguide.notation.marks import read_pause, read_token
from voiceguide.notation.report import Parsed


def parse(text: str, start: Source) -> Parsed:
    """The cues of `text`, whose first character stands at `start`; every line begins in the same column."""
    found = Parsed()
    spoken: list[Words | Slot] = []

    def finish() -> None:
        if any(isinstance(part, Slot) or SPEAKS.search(part.text) for part in spoken):
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
    if not raw.strip() or RULE.fullmatch(raw):
        finish()
        return
    if heading := HEADING.fullmatch(raw):
        finish()
        found.cues.append(Heading(_unescaped(heading.group(2)), here))
        return
    if bullet := BULLET.match(raw):
        finish()
        raw, here = raw[bullet.end() :], shifted(here, bullet.end())
    phrase = PHRASE.fullmatch(raw)
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
        _keep(found, read_pause(phrase.group(2), shifted(here, phrase.start(2)), found))


def _inline(text: str, here: Source, found: Parsed) -> Iterator[Words | Slot | WrittenCue]:
    """Words, slots and cues of one line, left to right; neighbouring text is one piece."""
    pending: list[str] = []
    begun = here
    for token in TOKEN.finditer(text):
        if found.hopeless:
            return
        at = shifted(here, token.start())
        literal = token["escape"] or token["text"]
        if literal is not None:
            begun = begun if pending else at
            pending.append(literal)
            continue
        if pending:
            yield Words("".join(pending), begun)
            pending.clear()
        if (cue := read_token(token, at, found)) is not None:
            yield cue
    if pending:
        yield Words("".join(pending), begun)


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


def shifted(here: Source, columns: int) -> Source:
    """`columns` further on in the same line."""
    return Source(here.file, here.line, here.column + columns)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
