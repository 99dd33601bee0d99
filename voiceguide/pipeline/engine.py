"""Who speaks, where the user left the choice to us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voiceguide.engines.best import AUTO, best
from voiceguide.progress import Listener, Note
from voiceguide.settings import Settings


def with_real_engine(settings: Settings, language: Callable[[], str], listener: Listener) -> Settings:
    """The settings with an engine that exists in place of `auto`; says which and why. Asks for `language` only then."""
    if settings.engine != AUTO:
        return settings
    pick = best(language(), settings)
    listener(Note(pick.why))
    return replace(settings, engine=pick.engine)
