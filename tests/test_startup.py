"""What is not needed is not loaded: help and plan answer at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("numpy", "soundfile", "soxr", "pydub", "lameenc", "mutagen", "pyttsx3", "rich", "scipy", "espeakng_loader")
LOADED = """
import json, sys
from voiceguide.cli import main
try:
    main()
except SystemExit:
    pass
print("\\n" + json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(*words: str, cwd: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, cwd=cwd, check=True, timeout=60
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def quickest(*words: str, cwd: Path) -> float:
    """Seconds of processor time, the best of five, since other work on this machine only ever slows it down."""
    program = str(Path(sys.executable).with_name("voiceguide"))
    times = []
    for _ in range(5):
        with subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd) as run:
            _, _, used = os.wait4(run.pid, 0)
            run.returncode = 0
        times.append(used.ru_utime + used.ru_stime)
    return min(times)


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    assert not loaded("--help", cwd=tmp_path) & {*HEAVY, "yaml", "voiceguide.pipeline"}
    assert quickest("--help", cwd=tmp_path) < 0.2


def test_plan_loads_no_audio_library(tmp_path: Path) -> None:
    # Its sentences are plain words: the hundred patterns of the rules are not wanted.
    assert not loaded("plan", "foot-massage", cwd=tmp_path) & {*HEAVY, "voiceguide.spoken.en.rules"}
    assert quickest("plan", "foot-massage", "--length", "20m", cwd=tmp_path) < 1


def test_recordings_are_measured_once(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    swell = np.sin(np.arange(40_000) * np.linspace(0.01, 0.2, 40_000)) * np.hanning(40_000)
    soundfile.write(tmp_path / "in.wav", np.pad(swell * 0.3, 4000), 22_050)
    (tmp_path / "mine.md").write_text('[recording in.wav "Breathe in, slowly."]\n', encoding="utf-8")
    words = ("plan", "mine.md", "--cache", "cache")
    assert "numpy" in loaded(*words, cwd=tmp_path)
    assert not loaded(*words, cwd=tmp_path) & set(HEAVY)


def test_an_impossible_length_is_refused_at_once(tmp_path: Path) -> None:
    assert quickest("render", "foot-massage", "--length", "30s", cwd=tmp_path) < 2
