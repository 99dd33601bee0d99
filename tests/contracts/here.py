"""The engines that can speak here and now, each in a world that it needs."""

import contextlib
import os
from collections.abc import Iterator

import pytest
from speech_server import SpeechServer, serving

from voiceguide import engines
from voiceguide.audio.clip import Clip
from voiceguide.engines import Engine
from voiceguide.errors import EngineMissing
from voiceguide.model.script import Utterance
from voiceguide.settings import load


def made(name: str) -> Engine:
    """An engine with the settings of the environment, as the program makes it."""
    return engines.make(name, load({}, os.environ))


@contextlib.contextmanager
def world(name: str) -> Iterator[SpeechServer | None]:
    """A speech server on this machine for the engine that wants one, and no key that could leave it."""
    if name != "openai":
        yield None
        return
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        for key in ("VOICEGUIDE_OPENAI_KEY", "OPENAI_API_KEY"):
            patch.delenv(key, raising=False)
        patch.setenv("VOICEGUIDE_OPENAI_URL", server.url)
        yield server


def skip_unless_it_speaks(engine: Engine, line: Utterance) -> Clip:
    """What the engine says. Skips what it is tested for where it, or its voice, is not installed."""
    try:
        return engine.speak(line, 60)
    except EngineMissing as error:
        engine.close()
        pytest.skip(f"{error.message}; {error.hint}")
