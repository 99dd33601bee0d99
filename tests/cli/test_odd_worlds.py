"""What people have lying around: odd texts, odd environments, odd names. A clear answer, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "voiceguide"]


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "VOICEGUIDE_CACHE": str(cwd / "cache"), "VOICEGUIDE_ENGINE": "tone", **environment}
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, cwd=cwd, env=env, timeout=60, check=False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("schema: 1\ntitle: x\nsections: []\n", 65),
        ("title: x\nsections:\n- each: side\n  in: []\n  sections:\n  - {title: a, text: Hi.}\n", 65),
        ("title: x\nsections:\n- each: side\n  in: [a]\n  sections: []\n", 65),
        ("title: x\nsections:\n- {title: a, full: []}\n", 65),
        ('title: "\\e[31mred"\nsections:\n- {title: a, text: Hi.}\n', 65),
        ("title: x\nsections:\n- {title: a, priority: 5, text: Hi.}\n", 0),
    ],
)
def test_odd_structures(text: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(text)
    for command in (("check", "odd.yaml"), ("plan", "odd.yaml"), ("plan", "odd.yaml", "--length", "1s")):
        done = run(*command, cwd=tmp_path)
        assert done.returncode == (code if code or len(command) == 2 else 2), done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Title\n=====\nHello there.", ["Hello there."]),
        ("> > Quoted twice.", ["Quoted twice."]),
        ("Hello \\<!-- not --> there.", ["Hello <!-- not --> there."]),
    ],
)
def test_marks_are_not_spoken(text: str, spoken: list[str], tmp_path: Path) -> None:
    (tmp_path / "marks.md").write_text(text)
    printed = run("plan", "marks.md", cwd=tmp_path).stdout
    said = [line.rpartition(" <!-- ")[0] for line in printed.splitlines() if line[:1].isalpha() and " <!-- " in line]
    assert [line.replace("\\", "") for line in said] == spoken


def test_front_matter_that_does_not_end(tmp_path: Path) -> None:
    (tmp_path / "open.md").write_text("---\ntitle: Mine\nHello.\n")
    done = run("check", "open.md", cwd=tmp_path)
    assert done.returncode == 65
    assert "front matter does not end" in done.stderr


@pytest.mark.parametrize("engine", ["pyttsx3", "tone"])
def test_a_text_without_a_length_asked_for_always_renders(engine: str, tmp_path: Path) -> None:
    lines = "".join(f"Am {n}. Tag um 1{n} Uhr 45 gehen wir. [pause 3s]\n" for n in range(1, 9))
    (tmp_path / "de.md").write_text(f"---\nlanguage: de\npauses: {{closing: 4s, sentence: 0.4s}}\n---\n{lines}")
    done = run("render", "de.md", cwd=tmp_path, VOICEGUIDE_ENGINE=engine)
    assert done.returncode == 0, done.stderr
    assert run("plan", "de.md", "--json", cwd=tmp_path, VOICEGUIDE_ENGINE=engine).returncode == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"VOICEGUIDE_RATE": "5"}, "VOICEGUIDE_RATE: rate must lie between 60 and 400"),
        ({"VOICEGUIDE_BED_LEVEL": "nan"}, "bed_level must lie between"),
        ({"VOICEGUIDE_CACHE": "~nobody-at-all/x"}, "VOICEGUIDE_CACHE: cache"),
    ],
)
def test_settings_have_the_bounds_of_flags(environment: dict[str, str], said: str, tmp_path: Path) -> None:
    done = run("plan", "box-breathing", cwd=tmp_path, **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_encoding_that_lacks_the_words(tmp_path: Path) -> None:
    (tmp_path / "breath.md").write_text("# 呼吸\nBreathe in, 吸气.\n", encoding="utf-8")
    for words in (("plan", "breath.md"), ("plan", "breath.md", "--json")):
        done = run(*words, cwd=tmp_path, PYTHONIOENCODING="cp1252")
        assert done.returncode == 0, done.stderr


def test_a_name_that_this_locale_cannot_spell(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Hello.")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run("render", "a.md", "-o", "中.mp3", cwd=tmp_path, **plain)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.glob("*.mp3")] == ["中.mp3"]


def test_standard_error_may_be_closed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Hello.")
    words = " ".join([*PROGRAM, "render", "a.md", "--engine", "tone", "--cache", "cache"])
    done = subprocess.run(["bash", "-c", f"{words} 2>&-"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert list(tmp_path.glob("output/*.mp3"))
