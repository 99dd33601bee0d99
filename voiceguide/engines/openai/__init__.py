"""Any server that speaks as OpenAI's does: `POST {base}/audio/speech`. The only engine that sends words elsewhere.

It is chosen by the user alone: neither content nor a project file can name it, its server or a key (`settings`). Such a
server cannot promise the same samples twice; the cache keeps what was heard.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from voiceguide.engines import Voice
from voiceguide.engines.openai import tempo as openai_tempo
from voiceguide.engines.openai.access import OWN_KEY, Access, access, is_set_up, named
from voiceguide.engines.openai.post import Broken, Poster, Reply, Unreachable
from voiceguide.engines.openai.refusals import BUSY, refusal, wait_asked, words
from voiceguide.engines.openai.tempo import SAMPLE, SPEEDS, Tempo
from voiceguide.errors import EngineError, UsageError
from voiceguide.settings import Settings
from voiceguide.spoken import pace
from voiceguide.spoken.lexicon import respelled

if TYPE_CHECKING:
    from voiceguide.audio.clip import Clip
    from voiceguide.model.script import Utterance

MODEL = "tts-1"
"""The model of OpenAI's that heeds the speed it is asked for; servers of one's own mostly take any name."""
VOICE = "alloy"
"""Known to nearly every server of this kind."""
VOICES = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
"""Those of `tts-1`. A server's own voices go by the names that it gives them."""
LONGEST_TEXT = 4096
"""Characters that the interface takes at a time."""
LONGEST_NAME = 200
PAUSES = (0.5, 1.5)
"""Seconds before another try, when the server does not ask for more."""
LEARNING = 30.0
"""Seconds that the first line of a process may take beyond its deadline, while the voice's tempo is learned."""
_MOST_PER_SECOND = 10 * 192_000
"""Bytes for each second that speech is expected to last: ten times 48 kHz, 16 bit, stereo."""
_MOST_ANYWAY = 1 << 20

_BORDERS = (re.compile(r"(?<=[.!?…])\s+"), re.compile(r"(?<=[,;:—–)])\s+"), re.compile(r"\s+"))


class OpenaiEngine:
    """Words to a server, sound back, both looked at with suspicion."""

    name = "openai"
    audible = True
    pitched = False
    copies = 4

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self._url = settings.openai_url
        self._model = settings.openai_model or MODEL
        self._access: Access | None = None
        self._poster: Poster | None = None
        self.calibrated = True
        """False once the voice turned out to speak at a tempo of its own."""

    def identity(self, utterance: Utterance) -> str:
        voice = utterance.voice or VOICE
        versions = f"tempo {openai_tempo.VERSION}, pace {pace.VERSION}"
        return f"openai 1, {named(self._url)}, model {self._model}, voice {voice}, {versions}"

    def voices(self) -> tuple[Voice, ...]:
        install = "" if is_set_up(self._url) else f"export {OWN_KEY}=... VOICEGUIDE_OPENAI_URL=..."
        return tuple(Voice(name, "und", "of tts-1; servers may have others", "", install) for name in VOICES)

    def received(self, utterance: Utterance) -> str:
        return respelled(utterance)

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        """As the Protocol says; the first line of a process may take `LEARNING` seconds more."""
        voice = _voice(utterance)
        tempo = self._tempo(voice)
        self.calibrated = tempo.obeyed
        until = time.monotonic() + deadline
        ask = partial(self._sound, voice=voice, speed=tempo.speed(pace.tempo(utterance)), until=until)
        pieces = [replace(utterance, spoken=piece, pronounced=()) for piece in cut(respelled(utterance))]
        if not pieces:
            raise EngineError("the engine 'openai' was given nothing to say")
        return _joined([ask(piece) for piece in pieces])

    def close(self) -> None:
        if self._poster is not None:
            self._poster.close()
        self._poster = self._access = None

    def _tempo(self, voice: str) -> Tempo:
        until = time.monotonic() + LEARNING

        def sample(speed: float) -> Clip | None:
            if speed == SPEEDS[0]:
                # The voice's own tempo is what comes when nothing is said of speed.
                return self._sound(SAMPLE, voice=voice, speed=None, until=until)
            reply = self._spoken(SAMPLE, voice, speed, until)
            return None if reply.status in (400, 422) else self._heard(SAMPLE, voice, reply)

        return openai_tempo.learned((named(self._url), self._model, voice), sample)

    def _sound(self, piece: Utterance, *, voice: str, speed: float | None, until: float) -> Clip:
        return self._heard(piece, voice, self._spoken(piece, voice, speed, until))

    def _spoken(self, piece: Utterance, voice: str, speed: float | None, until: float) -> Reply:
        question = {"model": self._model, "input": piece.spoken, "voice": voice, "response_format": "wav"}
        body = json.dumps(question if speed is None else {**question, "speed": speed}).encode()
        return self._answer(body, until, round(_MOST_ANYWAY + _MOST_PER_SECOND * pace.estimate(piece) / 1000))

    def _heard(self, piece: Utterance, voice: str, reply: Reply) -> Clip:
        """The sound in an answer. Raises what is wrong with it."""
        from voiceguide.audio import wavbytes
        from voiceguide.audio.decode import decode_bytes

        if reply.status != 200:
            raise refusal(reply, self._allowed, self._model, voice)
        name = f"the answer of the speech server at {self._allowed.host}"
        if reply.body[:1] in (b"{", b"["):
            raise EngineError(f"{name} is {wavbytes.described(reply.body)}{words(reply.body, self._allowed)}")
        return decode_bytes(reply.body, name, 10 + 6 * pace.estimate(piece) / 1000)

    def _answer(self, body: bytes, until: float, most: int) -> Reply:
        """The server's answer, after as many tries as `PAUSES` and the time allow."""
        for pause in (*PAUSES, None):
            try:
                reply = self._asked(body, until, most)
                trouble: EngineError | None = None
            except (Broken, Unreachable) as error:
                reply, trouble = Reply(503, {}, b""), error
            if reply.status not in BUSY:
                return reply
            wait = max(pause or 0.0, wait_asked(reply))
            if pause is None or time.monotonic() + wait >= until:
                break
            time.sleep(wait)
        if trouble is not None:
            raise trouble
        return reply

    def _asked(self, body: bytes, until: float, most: int) -> Reply:
        if self._poster is None:
            self._poster = Poster(self._allowed.base)
        headers = {"Content-Type": "application/json", "Accept": "audio/wav", **self._allowed.headers}
        return self._poster.post("/audio/speech", headers, body, max(0.01, until - time.monotonic()), most)

    @property
    def _allowed(self) -> Access:
        if self._access is None:
            self._access = access(self._url)
        return self._access


def cut(text: str) -> list[str]:
    """`text` in pieces that the interface takes, cut at the last sentence, else clause, else word, else anywhere."""
    return list(_pieces(text.strip()))


def _pieces(text: str) -> Iterator[str]:
    while len(text) > LONGEST_TEXT:
        end = _border(text)
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text


def _border(text: str) -> int:
    for border in _BORDERS:
        ends = [found.start() for found in border.finditer(text[: LONGEST_TEXT + 1])]
        if ends:
            return ends[-1]
    return LONGEST_TEXT


def _voice(utterance: Utterance) -> str:
    """The voice to ask for. Raises UsageError for a name that cannot be one."""
    name = utterance.voice or VOICE
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError("a voice's name is one short line", "choose one with --voice; 'voiceguide voices' lists some")
    return name


def _joined(clips: list[Clip]) -> Clip:
    if len(clips) == 1:
        return clips[0]
    from voiceguide.audio.stitch import join

    try:
        return join(clips)
    except ValueError as error:
        raise EngineError(f"the speech server answered in parts that do not fit: {error}") from error
