"""Piper's voices by name, by speaker, by language and by path, without piper."""

import json
from pathlib import Path
from typing import Any

import pytest

from voiceguide.engines.piper import voices as piper_voices
from voiceguide.engines.piper.voices import INSTALL, find, here, listed, named
from voiceguide.errors import UsageError


@pytest.fixture(autouse=True)
def _no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper_voices, "_packaged", list)


def voice(folder: Path, stem: str, code: str, card: str = "", **more: Any) -> Path:
    """A voice of no substance."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.onnx"
    path.write_bytes(b"onnx")
    config = {
        "audio": {"sample_rate": 22_050, "quality": "medium"},
        "espeak": {"voice": "xx"},
        "language": {"code": code},
        "phoneme_id_map": {"a": [1]},
        "num_speakers": 1,
        **more,
    }
    Path(f"{path}.json").write_text(json.dumps(config), "utf-8")
    if card:
        path.with_name("MODEL_CARD").write_text(card, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    voice(tmp_path / "piper", "de_DE-hans-low", "de_DE", "# Model card for hans (low)\n* License: CC0\n")
    voice(tmp_path / "piper", "en_GB-vic-high", "en_GB", num_speakers=3, speaker_id_map={"p1": 0, "Old": 1, "p3": 2})
    voice(tmp_path, "en_US-vic-low", "en_US")
    voice(tmp_path, "en_US-crowd-low", "en_US", num_speakers=900)
    (tmp_path / "other.onnx").write_bytes(b"of another engine")
    voice(tmp_path, "broken", "en_US", espeak=None, language={}, num_speakers=None)
    return tmp_path


def test_voices_have_short_names_that_are_theirs_alone(folder: Path) -> None:
    assert {name: model.stem for name, model in named(here(folder)).items()} == {
        "hans": "de_DE-hans-low",
        "vic": "en_GB-vic-high",
        "crowd": "en_US-crowd-low",
        "en_US-vic-low": "en_US-vic-low",
    }


def test_the_list_tells_speakers_licence_and_what_is_missing(folder: Path) -> None:
    voices = {one.name: one for one in listed(here(folder), "")}
    assert list(voices) == ["joe", "vic", "vic:p1", "vic:Old", "vic:p3", "crowd", "en_US-vic-low", "hans"]
    assert voices["joe"].install == INSTALL
    assert voices["hans"].licence == "CC0-1.0 AND GPL-3.0-or-later"
    assert (voices["hans"].language, voices["hans"].title, voices["hans"].install) == ("de-de", "Hans (low)", "")
    assert voices["crowd"].title == "Crowd (low, 900 speakers)"
    assert {one.install for one in listed(here(folder), INSTALL)} == {INSTALL}


@pytest.mark.parametrize(
    ("name", "stem", "speaker"),
    [
        ("HANS", "de_DE-hans-low", None),
        ("de_DE-hans-low", "de_DE-hans-low", None),
        ("de_DE-hans-low.onnx", "de_DE-hans-low", None),
        ("en_US-vic-low", "en_US-vic-low", None),
        ("vic:old", "en_GB-vic-high", 1),
        ("vic#2", "en_GB-vic-high", 2),
        ("crowd#899", "en_US-crowd-low", 899),
    ],
)
def test_a_voice_is_found_by_any_of_its_names(folder: Path, name: str, stem: str, speaker: int | None) -> None:
    chosen = find(here(folder), name, "en")
    assert (chosen.model.stem, chosen.speaker) == (stem, speaker)


def test_a_voice_is_found_by_its_path(tmp_path: Path) -> None:
    path = voice(tmp_path / "else: where", "mine", "fr_FR", num_speakers=2)
    assert find((), str(path), "en").model.short == "mine"
    assert find((), f"{path}#1", "en").speaker == 1


def test_a_language_takes_the_first_voice_that_speaks_it(folder: Path) -> None:
    models = here(folder)
    assert find(models, "", "de").model.short == "hans"
    assert find(models, "", "en").model.stem == "en_GB-vic-high"
    assert find(models, "", "en-US").model.stem == "en_US-crowd-low"
    with pytest.raises(UsageError, match="speaks 'fi'"):
        find(models, "", "fi")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("hanz", "'hans'"), ("vic:odl", "'Old'"), ("vic#3", "#0 to #2"), ("crowd:x", "#899"), ("./none.onnx", ".onnx")],
)
def test_a_voice_that_is_not_there_has_a_cure(folder: Path, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(here(folder), name, "en")
    assert hint in caught.value.hint


def test_a_path_without_a_good_configuration_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="no configuration") as caught:
        find((), str(folder / "other.onnx"), "en")
    assert "other.onnx.json" in caught.value.hint
    with pytest.raises(UsageError, match="no configuration of a voice"):
        find((), str(folder / "broken.onnx"), "en")
