"""What is spoken, gathered piece by piece into paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from voiceguide.model.cues import Manner, Paragraph, Piece, Slot, Source, Words
from voiceguide.notation.grammar import ASPECTS, SPEAKS
from voiceguide.notation.report import Parsed


class Gathered:
    """The pieces of the paragraph that is being read.

    A pause cuts a written paragraph in two; how it is spoken goes on behind it.
    """

    def __init__(self, found: Parsed) -> None:
        self._found = found
        self._pieces: list[Piece] = []
        self._carried: list[Manner] = []
        self._unheard: list[Manner] = []

    @property
    def begun(self) -> bool:
        """True when something is waiting to be finished."""
        return bool(self._pieces)

    def add(self, piece: Piece) -> None:
        """One more piece."""
        if not self._pieces:
            self._pieces += self._carried
        self._pieces.append(piece)
        if isinstance(piece, Manner):
            self._unheard.append(piece)
        elif not isinstance(piece, Words) or piece.text.strip():
            self._unheard.clear()

    def join_line(self, here: Source) -> None:
        """The end of a line is a space."""
        if isinstance(last := self._pieces[-1], Words):
            self._pieces[-1] = Words(last.text + " ", last.source)
        else:
            self._pieces.append(Words(" ", here))

    def forget(self) -> None:
        """What is waiting turned out to be something else."""
        self._pieces.clear()
        self._carried.clear()
        self._unheard.clear()

    def cut(self) -> None:
        """Something that is not spoken follows."""
        runs = list(_runs(self._pieces))
        for run in runs:
            self._refuse_silent(run)
        if any(_speaks(run) for run in runs):
            tidy = _tidy(self._pieces)
            self._found.cues.append(Paragraph(tuple(tidy), tidy[0].source))
        self._carried = _last_of_each([piece for piece in self._pieces or self._carried if isinstance(piece, Manner)])
        self._pieces.clear()

    def end(self) -> None:
        """The written paragraph ends."""
        self.cut()
        for manner in self._unheard:
            hint = "put it in front of the words it is for, or alone on a line to hold to the end of the section"
            self._found.complain(manner.source, f"no words follow this [{manner.aspect}]", hint)
        self.forget()

    def _refuse_silent(self, run: Sequence[Piece]) -> None:
        """Between recordings and changes of voice, words stand alone: nobody can say a lone comma there."""
        said = [part for part in run if isinstance(part, Words) and part.text.strip()]
        if said and not _speaks(run):
            text = "".join(part.text for part in said).strip()
            self._found.complain(said[0].source, f"'{text[:20]}' has nothing to speak", "write words, or take it out")


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces that are spoken in one go: recordings alone, words up to the next change of voice."""
    run: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Words | Slot):
            run.append(piece)
            continue
        yield run
        run = []
        if not isinstance(piece, Manner):
            yield [piece]
    yield run


def _speaks(run: Iterable[Piece]) -> bool:
    return any(not isinstance(part, Words) or SPEAKS.search(part.text) for part in run)


def _tidy(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbouring words of one line joined, white space single, none at either end or around a change of voice."""
    tidy: list[Piece] = []
    manners: list[Manner] = []
    for part in pieces:
        if isinstance(part, Manner):
            _strip_end(tidy)
            manners.append(part)
            continue
        text = re.sub(r"\s+", " ", part.text) if isinstance(part, Words) else ""
        bare = manners or not tidy or (isinstance(last := tidy[-1], Words) and last.text.endswith(" "))
        if isinstance(part, Words) and not (text := text.lstrip() if bare else text):
            continue
        tidy += _last_of_each(manners)
        manners.clear()
        tidy.append(Words(text, part.source) if isinstance(part, Words) else part)
    _strip_end(tidy)
    return tidy


def _strip_end(tidy: list[Piece]) -> None:
    if tidy and isinstance(last := tidy[-1], Words):
        tidy[-1:] = [Words(text, last.source)] if (text := last.text.rstrip()) else []


def _last_of_each(manners: Sequence[Manner]) -> list[Manner]:
    """What holds after all of `manners`, in one order."""
    last = {manner.aspect: manner for manner in manners}
    return [last[aspect] for aspect in ASPECTS if aspect in last]
