"""What the tests of commands share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from voiceguide.cli import program


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[..., None]:
    """`voiceguide play` in this process, of the `ROUTINE` of the test's module."""
    (tmp_path / "mine.md").write_text(request.module.ROUTINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("VOICEGUIDE_ENGINE", "tone")

    def run(*words: str) -> None:
        words = ("play", "mine.md", "--output", "null", "--cache", "clips", "--places-dir", "places", *words)
        program.main([*words], standalone_mode=False)

    return run
