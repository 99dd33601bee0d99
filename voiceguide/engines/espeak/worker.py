"""The process in which the espeak library lives: speaks one text at a time into raw samples, with word times.

espeak carries its state from text to text (phase, flutter, noise) through everything its interface offers, setting it
up again included, and seeds its noise with the time of day. So the library is loaded for each text and unloaded after
it, which takes 1 ms and needs no fork: the same text has the same samples, whatever was said before it.
"""

from __future__ import annotations

import _ctypes
import ctypes
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voiceguide.engines.espeak.text import passed_over
from voiceguide.engines.process import Answer, serve

RATE = 22_050
"""Hz, of every voice."""
SEED = 1

# From espeak NG's speak_lib.h.
_SYNCHRONOUS = 2
_PHONEME_EVENTS, _DO_NOT_EXIT = 1, 0x8000
_UTF8, _PHONEMES, _END_PAUSE = 1, 0x100, 0x1000
_IPA = 2
_BY_CHARACTER = 1
_PARAMETERS = {"rate": 1, "pitch": 3, "range": 4, "gap": 7}
_END_OF_LIST, _WORD, _PHONEME = 0, 1, 7
_PAUSE = b"_"
"""Begins the phonemes that are silence."""
_SEPARATED = ord("_") << 8
"""Phonemes with this sign between them."""
_BETWEEN = re.compile(r"\([^)]*\)|[_ ]")
"""What stands between phonemes: separators, and in brackets the language that it changes to."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class StaysLoadedError(RuntimeError):
    """This process has spoken once and cannot forget it: another one has to speak."""


@contextmanager
def library() -> Iterator[Any]:
    """The speech library as if nothing had ever been said with it.

    Raises ImportError when it is not installed, StaysLoadedError where systems do not unload, else RuntimeError.
    """
    import espeakng_loader

    espeak: Any = ctypes.CDLL(espeakng_loader.get_library_path())
    try:
        # Its rate is unknown until it is set up; so this is how to tell that it was really unloaded before.
        if espeak.espeak_ng_GetSampleRate() != 0:
            raise StaysLoadedError("the speech library stays loaded")
        data = bytes(_data())
        if espeak.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS | _DO_NOT_EXIT) != RATE:
            raise RuntimeError(f"the speech library finds no data in {_data()}")
        espeak.espeak_ng_SetRandSeed(ctypes.c_long(SEED))
        yield espeak
    finally:
        # Frees what it took; safe when it was never set up.
        espeak.espeak_Terminate()
        _unload(espeak)


def _unload(espeak: Any) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(espeak._handle)
    else:
        _ctypes.dlclose(espeak._handle)


class Recorder:
    """Takes what the library sends while it speaks."""

    def __init__(self) -> None:
        self.sound = bytearray()
        self.events: list[tuple[int, int, int]] = []
        """Of each word: offset in the text, frame of its first sound, and how many phonemes it has."""
        self.callback = _Callback(self._take)

    def _take(self, sound: Any, frames: int, events: Any) -> int:
        if sound and frames > 0:
            self.sound += ctypes.string_at(sound, frames * ctypes.sizeof(ctypes.c_short))
        for event in itertools.takewhile(lambda e: e.type != _END_OF_LIST, map(events.__getitem__, itertools.count())):
            if event.type == _WORD:
                self.events.append((max(event.text_position - 1, 0), event.sample, 0))
            elif event.type == _PHONEME and not event.id.string.startswith(_PAUSE) and self.events:
                place, frame, phonemes = self.events[-1]
                # A word's own event comes before the pause in front of it.
                self.events[-1] = (place, frame if phonemes else event.sample, phonemes + 1)
        return 0


def say(espeak: Any, request: Answer) -> Recorder:
    """All of the request's text. Raises RuntimeError when the library refuses or passes words over."""
    recorder = Recorder()
    _prepare(espeak, request)
    espeak.espeak_SetSynthCallback(recorder.callback)
    text: str = request["text"]
    _synth(espeak, text, _UTF8 | _END_PAUSE | (_PHONEMES if request["phonemes"] else 0))
    said = [(place, phonemes) for place, _, phonemes in recorder.events]
    if lost := passed_over(text, said, lambda word: _count(espeak, word)):
        raise RuntimeError(f"it passed over '{lost[:60]}'")
    return recorder


def phonemes(espeak: Any, request: Answer) -> str:
    """What it would say, in IPA, one clause after the other."""
    _prepare(espeak, request)
    # Whether brackets are phonemes is decided by the text before.
    recorder = Recorder()
    espeak.espeak_SetSynthCallback(recorder.callback)
    _synth(espeak, "", _UTF8 | (_PHONEMES if request["phonemes"] else 0))
    return ", ".join(filter(None, _clauses(espeak, request["text"], _IPA)))


def _prepare(espeak: Any, request: Answer) -> None:
    if espeak.espeak_SetVoiceByName(request["voice"].encode()):
        raise RuntimeError(f"it has no voice '{request['voice']}'")
    for name, number in _PARAMETERS.items():
        if name in request:
            espeak.espeak_SetParameter(number, request[name], 0)


def _synth(espeak: Any, text: str, flags: int) -> None:
    given = text.encode() + b"\0"
    size = ctypes.c_size_t(len(given))
    if code := espeak.espeak_Synth(given, size, 0, _BY_CHARACTER, 0, flags, None, None):
        raise RuntimeError(f"it refuses the text (error {code})")


def _count(espeak: Any, word: str) -> int:
    """How many phonemes the word has by itself."""
    return sum(bool(name.strip(":|")) for said in _clauses(espeak, word, _SEPARATED) for name in _BETWEEN.split(said))


def _clauses(espeak: Any, text: str, mode: int) -> Iterator[str]:
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    given = ctypes.create_string_buffer(text.encode())
    rest = ctypes.c_void_p(ctypes.addressof(given))
    while rest.value:
        yield (espeak.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, mode) or b"").decode("utf-8", "replace").strip()


def _voices(espeak: Any) -> Iterator[dict[str, str]]:
    """Every voice that can speak: its id, language tag and title."""
    espeak.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    pointers = itertools.takewhile(bool, map(espeak.espeak_ListVoices(None).__getitem__, itertools.count()))
    # A language is its priority in one byte, then the tag; only the first counts.
    voices = [
        (v.identifier.decode().lower(), v.languages[1:].decode(), v.name.decode())
        for v in (p.contents for p in pointers)
    ]
    for name, language, title in voices:
        if not _is_mute(espeak, name, language):
            yield {"id": name, "language": language, "title": title}


def _is_mute(espeak: Any, voice: str, language: str) -> bool:
    """True where the wheel lacks the dictionary (fo, kaa, xex); some voices have one by another name."""
    if (_data() / f"{language.partition('-')[0]}_dict").exists():
        return False
    return bool(espeak.espeak_SetVoiceByName(voice.encode())) or not any(_clauses(espeak, "mama", _IPA))


def _variants() -> list[str]:
    """The names that may follow a voice, as in `en-us+f3`."""
    return sorted(entry.name for entry in (_data() / "voices" / "!v").iterdir())


def _data() -> Path:
    import espeakng_loader

    return Path(espeakng_loader.get_data_path())


def _answer(request: Answer, folder: Path) -> Answer:
    with library() as espeak:
        if request["ask"] == "voices":
            return {"driver": "espeak", "default": "", "listed": [*_voices(espeak)], "variants": _variants()}
        if request["ask"] == "phonemes":
            return {"phonemes": phonemes(espeak, request)}
        recorder = say(espeak, request)
    path = folder / "speech.pcm"
    path.write_bytes(recorder.sound)
    events = [(place, frame) for place, frame, _ in recorder.events]
    return {"file": str(path), "bytes": len(recorder.sound), "events": events}


def _caught(work: Callable[[], Answer]) -> Answer:
    """What `work` answers; whatever it raises is an answer, too."""
    try:
        return work()
    except ImportError as error:
        return {"error": str(error), "kind": "missing"}
    except StaysLoadedError as error:
        return {"error": str(error), "kind": "worn"}
    except Exception as error:
        return {"error": str(error) or type(error).__name__, "kind": "failed"}


def main() -> None:
    """Answers until its input ends.

    `{"ask": "voices"}`; `{"ask": "phonemes", "text", "voice", "phonemes"}`; and `{"ask": "speak"}` with the same and
    "rate", "gap", "pitch" and "range" as espeak takes them.
    """
    serve(lambda request, folder: _caught(lambda: _answer(request, folder)))


if __name__ == "__main__":
    main()
