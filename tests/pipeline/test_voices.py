"""Voices that are brought on a disk: archives are read, never unpacked."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from voiceguide.engines.kokoro import files as kokoro_files
from voiceguide.errors import EngineError, EngineMissing, InputMissing, StorageError, UsageError
from voiceguide.pipeline.voices import add
from voiceguide.settings import Settings

FALSE = bytes(kokoro_files.VOICE_BYTES)
"""Of the right size, and not the voice."""


def tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def bring(origin: Path, folder: Path, *voices: str) -> None:
    add("kokoro", voices or ("af_heart",), str(origin), Settings(voices=folder))


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of voices that has a model, so that voices alone are missing."""
    place = tmp_path / "kept"
    (place / "kokoro").mkdir(parents=True)
    (place / "kokoro/model.onnx").write_bytes(b"mine")
    return place


@pytest.mark.parametrize("name", ["package/voices/af_heart.bin", "../../af_heart.bin", "/tmp/af_heart.bin"])
def test_a_false_voice_is_refused_wherever_its_archive_wants_it(tmp_path: Path, folder: Path, name: str) -> None:
    archive = tar(tmp_path / "voices.tgz", {name: FALSE})
    before = left(tmp_path)
    with pytest.raises(EngineError, match="SHA-256 differs"):
        bring(archive, folder)
    assert left(tmp_path) == before


def test_a_bomb_fills_no_disk(tmp_path: Path, folder: Path) -> None:
    archive = tmp_path / "voices.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("voices/af_heart.bin", bytes(200_000_000))
    with pytest.raises(EngineError, match="SHA-256 differs"):
        bring(archive, folder)
    assert left(folder) == [folder / "kokoro/model.onnx"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00torn", b"PK\x03\x04torn"])
def test_what_is_no_archive_is_an_error(tmp_path: Path, folder: Path, content: bytes) -> None:
    path = tmp_path / "voices.tgz"
    path.write_bytes(content)
    with pytest.raises((StorageError, EngineMissing)):
        bring(path, folder)


def test_a_torn_archive_is_an_error(tmp_path: Path, folder: Path) -> None:
    archive = tar(tmp_path / "voices.tgz", {"voices/af_heart.bin": bytes(range(256)) * 2040})
    archive.write_bytes(archive.read_bytes()[:-600])
    with pytest.raises((StorageError, EngineError)):
        bring(archive, folder)
    assert left(folder) == [folder / "kokoro/model.onnx"]


def test_what_an_origin_lacks_is_named(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(EngineMissing, match=r"holds no af_heart\.bin and no bm_lewis\.bin"):
        bring(empty, folder, "af_heart", "bm_lewis")


def test_an_origin_that_is_not_there(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputMissing):
        bring(tmp_path / "nowhere", folder)


def test_what_is_there_is_not_brought_again(folder: Path, tmp_path: Path) -> None:
    own = folder / "kokoro/af_heart.bin"
    own.write_bytes(b"my own")
    added = add("kokoro", ("af_heart",), str(tmp_path), Settings(voices=folder))
    assert [file.path for file in added] == [folder / "kokoro/model.onnx", own]
    assert not any(file.fresh for file in added)


def test_unknown_names_have_near_misses(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        bring(folder, folder, "af_hart")
    assert "af_heart" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        add("kokorro", (), "", Settings(voices=folder))
    assert "kokoro" in caught.value.hint
