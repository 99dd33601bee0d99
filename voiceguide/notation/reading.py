"""Text → cues, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voiceguide.model.cues import Bed, Heading, Manner, Piece, Source, Words, WrittenCue
from voiceguide.notation.blocks import Block, unspeakable
from voiceguide.notation.grammar import BULLET, ESCAPE, HEADING, PHRASE, RULE, TOKEN, UNDERLINE
from voiceguide.notation.marks import read_pause, read_token
from voiceguide.notation.paragraphs import Gathered
from voiceguide.notation.report import Parsed


def parse(text: str, start: Source) -> Parsed:
    """The cues of `text`, whose first character stands at `start`; every line begins in the same column."""
    reader = _Reader(Parsed())
    lines = _without_comments(text).split("\n")
    number = 0
    while number < len(lines):
        here = Source(start.file, start.line + number, start.column)
        if reader.found.hopeless:
            reader.found.complain(here, "the rest was not read", "mend these first")
            break
        if block := unspeakable(lines, number):
            reader.refuse(block, here)
            number = block.after
        else:
            reader.line(lines[number], here)
            number += 1
    reader.end()
    return reader.found


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


class _Reader:
    """Reads line by line, and knows what the line before has left open."""

    def __init__(self, found: Parsed) -> None:
        self.found = found
        self._spoken = Gathered(found)
        self._title: Heading | None = None
        """What the last line is if the next one underlines it: a heading is words alone, in one line."""
        self._listed = False

    def end(self) -> None:
        """A written paragraph ends here, if there is one."""
        self._spoken.end()
        self._title, self._listed = None, False

    def refuse(self, block: Block, here: Source) -> None:
        """What nobody can say is an error where it begins."""
        self.end()
        self.found.complain(shifted(here, block.column), block.message, block.hint)

    def line(self, raw: str, here: Source) -> None:
        """The next line."""
        if self._spoken.begun and UNDERLINE.fullmatch(raw) and not self._listed:
            self._underline(raw.strip(), here)
        elif not raw.strip() or RULE.fullmatch(raw):
            self.end()
        elif heading := HEADING.fullmatch(raw):
            self.end()
            self.found.cues.append(Heading(_titled(heading.group(2)), here))
        elif bullet := BULLET.match(raw):
            self.end()
            self._listed = True
            self._words(raw[bullet.end() :], shifted(here, bullet.end()))
        else:
            self._words(raw, here)

    def _underline(self, line: str, here: Source) -> None:
        if line[0] == "=" and self._title:
            self._spoken.forget()
            self.found.cues.append(self._title)
        elif line[0] == "=":
            self.found.complain(here, "this line underlines more than a title", "write '## Title' above the words")
        else:
            hint = "leave an empty line above it for a break; write '## Title' for a heading"
            self.found.complain(here, f"'{line[:10]}' right under words may be a break or make them a heading", hint)
        self.end()

    def _words(self, raw: str, here: Source) -> None:
        """A line with something to say or to do in it."""
        phrase = PHRASE.fullmatch(raw)
        cues = list(_inline(phrase.group(1) if phrase else raw, here, self.found))
        if standing := _standing(cues):
            self.end()
            self.found.cues += standing
            return
        first, self._title = not self._spoken.begun, None
        if not first:
            self._spoken.join_line(here)
        for cue in cues:
            if isinstance(cue, Piece):
                self._spoken.add(cue)
            elif isinstance(cue, Bed):
                hint = "put it alone on a line below a heading: '## …' begins a section"
                self.found.complain(cue.source, "the background changes with a section, not amid its words", hint)
            else:
                self._spoken.cut()
                self.found.cues.append(cue)
        if phrase:
            self._spoken.cut()
            self._keep(read_pause(phrase.group(2), shifted(here, phrase.start(2)), self.found))
        elif first and not self._listed and all(isinstance(cue, Words) for cue in cues):
            self._title = Heading(_titled(raw), here)

    def _keep(self, cue: WrittenCue | None) -> None:
        if cue is not None:
            self.found.cues.append(cue)


def _standing(cues: list[Piece | WrittenCue]) -> list[WrittenCue]:
    """The manners and beds of a line that holds nothing else."""
    standing: list[WrittenCue] = [cue for cue in cues if isinstance(cue, Manner | Bed)]
    blanks = sum(isinstance(cue, Words) and not cue.text.strip() for cue in cues)
    return standing if len(standing) + blanks == len(cues) else []


def _inline(text: str, here: Source, found: Parsed) -> Iterator[Piece | WrittenCue]:
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


def shifted(here: Source, columns: int) -> Source:
    """`columns` further on in the same line."""
    return Source(here.file, here.line, here.column + columns)


def _titled(text: str) -> str:
    """A title as it is read: without the backslashes that protect its signs."""
    return " ".join(ESCAPE.sub(r"\1", text).split())
