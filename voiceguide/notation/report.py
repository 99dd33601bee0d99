"""What was read of a text, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from voiceguide.errors import Problem
from voiceguide.model.cues import Source, WrittenCue

MOST_PROBLEMS = 50
"""After so many, reading stops: the file is something else than a script."""


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
