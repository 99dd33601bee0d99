"""Files that anybody may have written: one clear error, quickly, in little memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from voiceguide.errors import ContentError
from voiceguide.library import Library

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)
HOSTILE = {
    "nested brackets.yaml": ("[" * 200_000, "nested more than 20 deep"),
    "nested braces.yaml": ("{a: " * 100_000, "nested more than 20 deep"),
    "nested keys.yaml": ("".join(" " * i + f"k{i}:\n" for i in range(800)), "nested more than 20 deep"),
    "question marks.yaml": ("? " * 200_000, "nested more than 20 deep"),
    "aliases.yaml": (BOMB, "anchors and aliases"),
    "giant scalar.yaml": ("title: " + "x" * 900_000, "longer than 100,000"),
    "many values.yaml": ("title: x\nsections:\n" + "- a\n" * 200_000, "more than 20000 values"),
    "too large.yaml": ("# " + "x" * 1_100_000, "larger than 1 MB"),
    "two keys.yaml": ("title: A\ntitle: B\nsections: [{title: x, text: y}]\n", "'title' is here twice"),
    "tags.yaml": ("title: !!python/object/apply:os.system [ls]\n", "tags are not read"),
    "two documents.yaml": ("title: A\n---\ntitle: B\n", "a second document"),
    "not yaml.yaml": ("title: [A\nsections: }{", "this is not YAML"),
    "many sides.yaml": (
        "title: x\nsections:\n- each: side\n  in: ["
        + ", ".join(f"s{n}" for n in range(3000))
        + "]\n  sections:\n"
        + "  - {title: t, text: Rest.}\n" * 2000,
        "more than 4000 rounds",
    ),
    "many rounds.yaml": (
        "title: x\nsections:\n" + "- {title: t, text: Rest., rounds: 1-2000}\n" * 1000,
        "more than 4000 rounds",
    ),
    "empty.yaml": ("", "the file is empty"),
    "a list.yaml": ("- a\n- b\n", "must be 'name: value' lines"),
    "control.md": ("Breathe\x07 in.", "U+0007"),
    "nul.yaml": ("title: a\x00b", "U+0000"),
    "bidirectional.md": ("Breathe \u202eni.", "U+202E"),
    "c1.txt": ("Breathe\x85in", "U+0085"),
    "empty.md": ("", "nothing to say"),
    "only marks.md": ("[pause 3s]", "nothing to say"),
    "many marks.md": ("[" * 900_000, "has no partner"),
    "many tags.md": ("<a" * 400_000, "has no partner"),
    "many braces.md": ("{" * 900_000, "has no partner"),
    "open comments.md": ("<!--" * 200_000, "has no partner"),
    "long paragraph.md": ("word " * 180_000, None),
    "many semicolons.md": (";" * 900_000, "nothing to speak"),
    "many asterisks.md": ("*a" * 400_000, None),
    "many dots.md": ("a. " * 300_000, None),
}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
CHECK = """
import resource, sys
from voiceguide.cli import main
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
sys.argv = ["voiceguide", "check", sys.argv[1]]
try:
    main()
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss, which a process takes over from the one that started it.
    high = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(int(high.split()[1]) // 1024, used.ru_utime + used.ru_stime, file=sys.stderr)
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_clear_error_soon(name: str, tmp_path: Path) -> None:
    text, said = HOSTILE[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", CHECK, str(path)], capture_output=True, text=True, timeout=60)
    *errors, used = run.stderr.splitlines()
    megabytes, seconds = used.split()
    assert run.returncode == (65 if said else 0), run.stderr[-2000:]
    if said:
        assert errors[0].startswith(f"error: {path}:")
        assert any(said in line for line in errors)
        assert errors[1].startswith("hint: ")
    assert float(seconds) < 5  # of the processor: machines differ, and what hangs takes far longer
    assert int(megabytes) < 300


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes(b"Breathe in.\nCaf\xe9.")
    with pytest.raises(ContentError, match=r"latin.md:2:4: byte 0xe9 is not UTF-8"):
        Library(()).routine(str(path))
