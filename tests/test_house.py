"""The rules of the house, held by machines: layers, types, style, and what ships."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*words: str) -> None:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_imports_point_down() -> None:
    run(tool("lint-imports"), "--no-cache")


def test_types_are_strict() -> None:
    run(sys.executable, "-m", "mypy")


def test_style() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_no_file_grows_beyond_three_hundred_lines() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in (ROOT / "voiceguide").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
    }
    assert not long


def test_the_wheel_holds_every_word(tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    for folder in ("content", "scripts"):
        for path in (ROOT / folder).rglob("*.yaml"):
            assert f"voiceguide/bundled/{path.relative_to(ROOT).as_posix()}" in names
    assert "voiceguide/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "output/"))]
