"""What every test may use."""

import os
from pathlib import Path

# As the program has it: threads that spin while they wait would take time from the other tests.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# `pytest --hypothesis-profile=long`: ten times as many examples, where a test leaves their number open.
settings.register_profile("long", max_examples=1_000)

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="accept what is there now")
    parser.addoption("--hearing", default="", metavar="ENGINES", help="hear ten minutes of these, or of all")
    parser.addoption("--long", action="store_true", help="every profile on every bed, far spans, hours of music")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `long` is run on demand."""
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="with --long"))


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for spoken clips that lasts as long as the test run, shared by all its workers."""
    shared = tmp_path_factory.getbasetemp()
    return (shared.parent if shared.name.startswith("popen-") else shared) / "clips"
