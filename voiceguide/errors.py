"""Everything that can go wrong, as one tree.

VoiceguideError                 the root; carries a message, a hint and an exit code
├─ UsageError              2    a wrong option, name or value
│  └─ ImpossibleLength     2    no choice of content gives the length asked for
├─ ContentError           65    one or more problems in a routine, technique or text
├─ InputMissing           66    a file or name that is not there
├─ EngineError            69    an engine, encoder or device is missing or failed
│  ├─ EngineMissing       69    it is not installed, or a server is out of reach
│  ├─ SpeechFailed        69    an utterance could not be spoken; names the line
│  ├─ OutputFailed        69    there is no sound device, or it refuses
│  └─ EncoderError        69    an encoder failed or wrote something else than it was given
├─ CannotCreate           73    the output file cannot be made
└─ StorageError           74    I/O error or disk full

Errors carry data, survive pickling, and are printed only by `voiceguide.cli`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class VoiceguideError(Exception):
    """The root. `message` says what and where, `hint` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class UsageError(VoiceguideError):
    exit_code = 2


class ImpossibleLength(UsageError):
    """No choice of content gives the length asked for; `least` and `most` are whole milliseconds."""

    def __init__(self, message: str, hint: str = "", least: int = 0, most: int = 0) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, least, most)
        self.least = least
        self.most = most


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a file, with the place and the cure."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ContentError(VoiceguideError):
    """All problems of a file at once, in the order of their places."""

    exit_code = 65

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(str(first), first.hint)
        self.args = (problems,)
        self.problems = problems


class InputMissing(VoiceguideError):
    exit_code = 66


class EngineError(VoiceguideError):
    exit_code = 69


class EngineMissing(EngineError):
    pass


class SpeechFailed(EngineError):
    pass


class OutputFailed(EngineError):
    pass


class EncoderError(EngineError):
    pass


class CannotCreate(VoiceguideError):
    exit_code = 73


class StorageError(VoiceguideError):
    exit_code = 74
