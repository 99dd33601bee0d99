"""The process in which pyttsx3 lives: speaks one text into files, one for each chunk, and lists the voices.

pyttsx3 on Linux loses texts when properties or files follow each other too fast, reads past its buffer on long words,
ignores unknown voices and swallows errors. Each step here that looks superfluous keeps one of those away.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import select
import signal
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from voiceguide.engines.espeak.text import with_spaces
from voiceguide.engines.process import Answer, leave, serve

LONGEST_CHUNK = 300
"""Characters. Its time grows with the square of the text."""
SLOWEST, FASTEST = 80, 450
"""The span of espeak's rate parameter; beyond it the value is ignored or clamped."""
PATIENCE = 5.0
"""Seconds to wait for a file to be complete after the engine says that it is done. macOS writes it late."""

_PARAMETERS = {"gap": 7, "pitch": 3, "range": 4}
"""espeak_PARAMETER in speak_lib.h; pyttsx3 has no name for most of them."""
_SEED = 1
_STDIN = 0
_SUFFIX = ".aiff" if sys.platform == "darwin" else ".wav"

_BORDERS = (re.compile(r"(?<=[.!?…])\s+"), re.compile(r"(?<=[,;:—–)])\s+"), re.compile(r"\s+"))


def chunks(text: str) -> list[str]:
    """`text` in pieces of at most 300 characters, cut at sentences, else clauses, else words, else anywhere."""
    return list(_split(with_spaces(text.strip()), _BORDERS))


def _split(text: str, borders: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    if len(text) <= LONGEST_CHUNK:
        if text:
            yield text
        return
    border, *finer = borders
    chunk = ""
    for piece in border.split(text):
        joined = f"{chunk} {piece}" if chunk else piece
        if len(joined) > LONGEST_CHUNK:
            yield from _split(chunk, tuple(finer))
            joined = piece
        chunk = joined
    yield from _split(chunk, tuple(finer))


class Speaker:
    """pyttsx3, set up once."""

    def __init__(self) -> None:
        import pyttsx3

        self._engine: Any = pyttsx3.init()
        self.driver = str(self._engine.driver_name)
        self._settle = _settler(self.driver)
        if self.driver == "espeak":
            _seed()
        # Its own set-up sets properties, too, and would still be at it while the first voice is loaded.
        self._settle()
        self._errors: list[str] = []
        self._engine.connect("error", self._note)
        # The first loop returns before its work is done, so it gets none.
        self._engine.runAndWait()
        self.default = str(self._engine.getProperty("voice") or "")

    def _note(self, exception: BaseException, name: str | None = None) -> None:  # noqa: ARG002
        self._errors.append(str(exception))

    def voices(self) -> list[dict[str, str]]:
        """Every voice: its id, language tag and title."""
        return [
            {"id": str(v.id), "language": str((v.languages or [""])[0] or ""), "title": str(v.name or "")}
            for v in self._engine.getProperty("voices")
        ]

    def speak(self, text: str, voice: str, rate: int, parameters: dict[str, int], folder: Path) -> list[str]:
        """The files of `text`, one for each chunk. Raises RuntimeError with the driver's own words.

        `parameters` ("gap", "pitch", "range") are espeak's, in its own units; other drivers do not have them.
        """
        self._set("voice", voice)
        self._set("rate", min(max(rate, SLOWEST), FASTEST))
        if self.driver == "espeak":
            _set_parameters(parameters)
            self._settle()
        return [self._save(chunk, folder / f"{number}{_SUFFIX}") for number, chunk in enumerate(chunks(text))]

    def _set(self, name: str, value: str | int) -> None:
        self._engine.setProperty(name, value)
        self._settle()
        self._raise_errors()

    def _save(self, chunk: str, path: Path) -> str:
        path.unlink(missing_ok=True)
        self._engine.save_to_file(chunk, str(path))
        self._engine.runAndWait()
        self._settle()
        self._raise_errors()
        _wait_until_complete(path)
        return str(path)

    def _raise_errors(self) -> None:
        errors, self._errors = self._errors, []
        if errors:
            raise RuntimeError(errors[0])


def _load_espeak() -> None:
    """Makes the wheel's speech library the one that pyttsx3 finds; without its data it would call exit(1)."""
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path())
    import pyttsx3.drivers.espeak  # noqa: F401


def _settler(driver: str) -> Callable[[], None]:
    """Waits until espeak has taken a property: it has a thread of its own and would start on the old value."""
    if driver != "espeak":
        return lambda: None
    from pyttsx3.drivers import _espeak

    def settle() -> None:
        # Synchronize looks every 20 ms; so does this, more often, first.
        while _espeak.IsPlaying():
            time.sleep(0.001)
        _espeak.Synchronize()

    return settle


def _seed() -> None:
    """espeak takes the time of day for the seed of its noise, which the breathy voices have (f3, whisper, klatt)."""
    from pyttsx3.drivers import _espeak

    # Older libraries have no name for it.
    with contextlib.suppress(AttributeError):
        _espeak.dll.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))


def _set_parameters(parameters: dict[str, int]) -> None:
    from pyttsx3.drivers import _espeak

    for name, value in parameters.items():
        _espeak.SetParameter(_PARAMETERS[name], value, 0)


def _wait_until_complete(path: Path) -> None:
    """Returns when the file's length is what its header says and stays. Raises RuntimeError when that never comes."""
    until = time.monotonic() + PATIENCE
    before = -1
    while time.monotonic() < until:
        size = path.stat().st_size if path.exists() else -1
        if _is_whole_wave(path) or size == before > 0:
            return
        before = size
        time.sleep(0.05)
    raise RuntimeError("it wrote no file" if before < 0 else "it never finished its file")


def _is_whole_wave(path: Path) -> bool:
    """True for a RIFF file that holds every byte its header promises."""
    try:
        with path.open("rb") as file, wave.open(file) as header:
            promised = header.getnframes() * header.getnchannels() * header.getsampwidth()
            return bool(path.stat().st_size >= file.tell() + promised)
    except (OSError, EOFError, wave.Error):
        return False


def variants() -> list[str]:
    """The names that may follow a voice of espeak, as in `en-us+f3`."""
    folder = Path(os.environ.get("ESPEAK_DATA_PATH", ""), "voices", "!v")
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


def main() -> None:
    """Answers `{"ask": "voices"}` and `{"ask": "speak", "text", "voice", "rate"}` until its input ends.

    A request to speak may hold espeak's "gap", "pitch" and "range", too.
    """
    if sys.platform.startswith("linux"):
        # Without the wheel a system's own espeak may do; when there is none, each answer says so.
        with contextlib.suppress(ImportError, RuntimeError):
            _load_espeak()
        serve(lambda request, folder: _in_a_child(lambda: _answer(Speaker(), request, folder), folder), watch=False)
    speaker: list[Speaker] = []

    def handle(request: Answer, folder: Path) -> Answer:
        speaker[:] = speaker or [Speaker()]
        return _answer(speaker[0], request, folder)

    serve(lambda request, folder: _caught(lambda: handle(request, folder)))


def _in_a_child(work: Callable[[], Answer], folder: Path) -> Answer:
    """`work` in a fork of this process, in which espeak is loaded and not yet begun.

    espeak carries its state from text to text (phase, flutter, noise), so in one process a sentence sounds a little
    different after every other. A fork starts from the same state each time, for 20 ms more.
    """
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sink, json.dumps(_caught(work)).encode())
        os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as pipe:
        ready, _, _ = select.select([source, _STDIN], [], [])
        if source not in ready:
            os.kill(child, signal.SIGKILL)
            leave(folder)
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return cast(Answer, json.loads(answer)) if answer else {"error": _death(status), "kind": "failed"}


def _death(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"it crashed ({signal.Signals(-code).name})" if code < 0 else f"it stopped with exit code {code}"


def _caught(work: Callable[[], Answer]) -> Answer:
    """What `work` answers; whatever a driver raises is an answer, too."""
    try:
        return work()
    except ImportError as error:
        return {"error": str(error), "kind": "missing"}
    except Exception as error:
        return {"error": str(error) or type(error).__name__, "kind": "failed"}


def _answer(speaker: Speaker, request: Answer, folder: Path) -> Answer:
    if request["ask"] == "voices":
        return {
            "driver": speaker.driver,
            "default": speaker.default,
            "listed": speaker.voices(),
            "variants": variants() if speaker.driver == "espeak" else [],
        }
    parameters = {name: request[name] for name in _PARAMETERS if name in request}
    return {"files": speaker.speak(request["text"], request["voice"], request["rate"], parameters, folder)}


if __name__ == "__main__":
    main()
