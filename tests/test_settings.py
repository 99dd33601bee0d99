"""Who may choose what: flag, environment, project, user, in that order; and what a project may not choose."""

from pathlib import Path

import platformdirs
import pytest

from voiceguide import settings
from voiceguide.errors import UsageError
from voiceguide.settings import Settings, load


@pytest.fixture
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own configuration, in a folder of the test."""
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda *_, **__: str(folder))
    return folder / "config.toml"


@pytest.fixture
def project(tmp_path: Path, user_file: Path) -> Path:  # noqa: ARG001  (nobody's real configuration is read)
    """A folder that somebody was sent."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_flags_win_then_environment_then_project_then_user(project: Path, user_file: Path) -> None:
    user_file.write_text('engine = "tone"\nrate = 90\nbed = "drone"\nformat = "wav"')
    (project / "voiceguide.toml").write_text('engine = "silent"\nrate = 100\nbed = "silence"')
    found = load({"engine": "pyttsx3", "rate": None}, {"VOICEGUIDE_ENGINE": "tone", "VOICEGUIDE_RATE": "110"}, project)
    assert (found.engine, found.rate, found.bed, found.format) == ("pyttsx3", 110, "silence", "wav")


@pytest.mark.parametrize(
    "line", ['engine = "openai"', 'openai_url = "https://evil.example/v1"', 'openai_model = "x"', 'openai_url = ""']
)
def test_a_project_may_not_send_words_anywhere(project: Path, line: str) -> None:
    (project / "voiceguide.toml").write_text(line)
    # Not even where the user would have overruled it: whoever wrote such a file should be noticed.
    for flags in ({}, {"engine": "tone"}):
        with pytest.raises(UsageError, match=r"voiceguide\.toml") as caught:
            load(flags, {}, project)
        assert "take it out" in caught.value.hint


def test_the_user_may(project: Path, user_file: Path) -> None:
    user_file.write_text('engine = "openai"\nopenai_url = "https://voices.example/v1"\nopenai_model = "x"')
    assert load({}, {}, project) == Settings(engine="openai", openai_url="https://voices.example/v1", openai_model="x")
    environ = {"VOICEGUIDE_ENGINE": "openai", "VOICEGUIDE_OPENAI_URL": "http://127.0.0.1:1/v1"}
    assert load({}, environ, project).openai_url == "http://127.0.0.1:1/v1"
    assert load({"engine": "openai"}, {}, project).engine == "openai"


def test_the_users_own_folder_is_the_users_own(user_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PROJECT_FILE", user_file.name)
    user_file.write_text('engine = "openai"')
    assert load({}, {}, user_file.parent).engine == "openai"


@pytest.mark.parametrize(
    ("name", "value"), [("RATE", "many"), ("RATE", "10"), ("JOBS", "0"), ("PITCH", "nan"), ("BED_LEVEL", "nan")]
)
def test_a_value_that_cannot_be_one_is_named(project: Path, name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"VOICEGUIDE_{name}"):
        load({}, {f"VOICEGUIDE_{name}": value}, project)


def test_an_unknown_setting_has_a_near_miss(project: Path) -> None:
    (project / "voiceguide.toml").write_text('engin = "tone"')
    with pytest.raises(UsageError, match="engin") as caught:
        load({}, {}, project)
    assert "'engine'" in caught.value.hint


@pytest.mark.parametrize("content", ["engine = tone", "rate = true", "engine = 1"])
def test_a_file_that_cannot_be_read_is_named(project: Path, content: str) -> None:
    (project / "voiceguide.toml").write_text(content)
    with pytest.raises(UsageError, match=r"voiceguide\.toml"):
        load({}, {}, project)
