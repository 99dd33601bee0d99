"""The loudspeakers, as far as a machine without any can tell."""

import subprocess
import sys
from time import monotonic, sleep

import pytest

from voiceguide.errors import EngineMissing
from voiceguide.outputs.miniaudio import SYSTEMS, MiniaudioOutput

SCRIPT = """
from voiceguide import outputs
from voiceguide.errors import OutputFailed
try:
    output = outputs.make("miniaudio:alsa")
    output.open(44_100, lambda frames: __import__("numpy").zeros((frames, 2), "float32"))
    output.close()
except OutputFailed as error:
    print(error.exit_code, error.message)
"""


def test_all_sound_systems_of_the_library_are_known() -> None:
    miniaudio = pytest.importorskip("miniaudio")
    others = {"custom", "aaudio", "opensl", "webaudio"}
    assert {backend.name.lower() for backend in miniaudio.Backend} == set(SYSTEMS) | others


def test_without_a_device_there_is_one_line_and_nothing_of_the_c_libraries() -> None:
    pytest.importorskip("miniaudio")
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=200, check=True)
    assert done.stderr == ""
    assert done.stdout in ("", "69 there is no sound device that can be played on\n")


def test_without_the_library_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(EngineMissing) as caught:
        MiniaudioOutput().open(44_100, lambda _frames: None)  # type: ignore[arg-type, return-value]
    assert "pip install" in caught.value.hint


def test_a_device_that_stops_by_itself_is_a_fault() -> None:
    miniaudio = pytest.importorskip("miniaudio")
    import numpy as np

    output = MiniaudioOutput("null")
    output.open(44_100, lambda frames: np.zeros((frames, 2), np.float32))
    assert isinstance(output._device, miniaudio.PlaybackDevice)
    output._device.stop()
    end = monotonic() + 60
    while not output.fault and monotonic() < end:
        sleep(0.01)
    assert output.fault == "the device stopped"
    output.close()
