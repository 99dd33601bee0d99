"""What every test may use."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="accept what is there now")
    parser.addoption("--hearing", default="", metavar="ENGINES", help="hear ten minutes of these, or of all")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for spoken clips that lasts as long as the test run, shared by all its workers."""
    shared = tmp_path_factory.getbasetemp()
    return (shared.parent if shared.name.startswith("popen-") else shared) / "clips"
