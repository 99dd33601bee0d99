"""Every shipped routine as readable text: what is said, in order, for its own length.

The times are estimates, so a snapshot changes only with the words or the rules, never with the voice. To accept what
changed: `pytest tests/test_snapshots.py --update-snapshots`, then read the difference aloud.
"""

from pathlib import Path

import pytest

from voiceguide import pipeline
from voiceguide.cli.page import page
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis
from voiceguide.settings import Settings

FOLDER = Path(__file__).parent / "snapshots"
LIBRARY = Library(shelves())
CASES = {
    **{name: (name, None) for name in LIBRARY.routine_names()},
    "foot-massage-5m": ("foot-massage", Millis(300_000)),
    "foot-massage-45m": ("foot-massage", Millis(2_700_000)),
    "box-breathing-4m": ("box-breathing", Millis(240_000)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_routine_says(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)
    routine, length = CASES[name]
    planned = pipeline.plan(LIBRARY, routine, length, Wishes(), Settings(cache=tmp_path))
    actual, expected = page(planned) + "\n", FOLDER / f"{name}.md"
    if request.config.getoption("--update-snapshots"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")
