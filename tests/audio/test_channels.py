"""Channels lie where WAVE has them, in whatever kind of file: a music bed and `check` hear each at its place."""

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "inspector"))
from sounds import judged

from voiceguide import beds, inspector
from voiceguide.audio.clip import Samples
from voiceguide.errors import ContentError, InputMissing

RATE = 48_000
LAYOUTS = {3: "3.0", 5: "5.0", 6: "5.1"}
PLACES = {3: "left right centre", 5: "left right centre back-left back-right"}
PLACES[6] = "left right centre low back-left back-right"
PITCHES = {"left": 300, "right": 500, "centre": 700, "low": 90, "back-left": 1_100, "back-right": 1_500}
"""Hz of the tone in each channel."""
LEVELS = {"left": 0.1, "right": 0.05, "centre": 0.12, "low": 0.3, "back-left": 0.03, "back-right": 0.02}
SHARES = {"left": (1, 0), "right": (0, 1), "centre": (0.7071, 0.7071), "low": (0, 0)}
SHARES |= {"back-left": (0.7071, 0), "back-right": (0, 0.7071)}
"""Of each channel in either ear: ITU-R BS.775."""
# ffmpeg itself does not get Opus of five channels back as it was given.
FILES = [("wav", 6), ("flac", 6), ("ogg", 3), ("ogg", 5), ("ogg", 6), ("opus", 3), ("opus", 6)]


def surround(path: Path, channels: int) -> Path:
    """A tone in each channel, written by ffmpeg."""
    time = np.arange(6 * RATE) / RATE
    lanes = [LEVELS[name] * np.sin(2 * np.pi * PITCHES[name] * time) for name in PLACES[channels].split()]
    raw = path.with_suffix(".raw")
    np.stack(lanes, axis=1).astype("<f4").tofile(raw)
    layout = LAYOUTS[channels]
    given = ("-f", "f32le", "-ar", str(RATE), "-ac", str(channels), "-channel_layout", layout, "-i", str(raw))
    rate = ("-b:a", "256k") if path.suffix in (".ogg", ".opus") else ()
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *given, *rate, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def tones(lane: Samples) -> dict[str, float]:
    """The level of each pitch in one channel of four seconds."""
    spectrum = np.abs(np.fft.rfft(lane * np.hanning(len(lane)))) / (len(lane) / 4)
    return {name: float(spectrum[round(pitch * len(lane) / RATE)]) for name, pitch in PITCHES.items()}


@pytest.mark.parametrize(("kind", "channels"), FILES)
def test_every_channel_is_heard_at_its_place(kind: str, channels: int, tmp_path: Path) -> None:
    path = surround(tmp_path / f"song.{kind}", channels)
    heard = beds.make(f'music:"{path}"', RATE).at(RATE, 4 * RATE)
    found = [tones(lane) for lane in heard.T]
    names = PLACES[channels].split()
    gain = found[0]["left"] / LEVELS["left"]
    for ear in (0, 1):
        wanted = {name: LEVELS[name] * SHARES[name][ear] * gain if name in names else 0.0 for name in PITCHES}
        assert found[ear] == pytest.approx(wanted, abs=0.005 * gain)


@pytest.mark.parametrize(("kind", "channels"), FILES)
def test_an_independent_meter_weighs_them_alike(kind: str, channels: int, tmp_path: Path) -> None:
    path = surround(tmp_path / f"song.{kind}", channels)
    assert inspector.inspect(path).sound.integrated_lufs == pytest.approx(judged(path)[0], abs=0.15)


def test_more_than_six_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.flac"
    soundfile.write(path, np.full((RATE, 8), 0.1), RATE)
    with pytest.raises(InputMissing, match=r"song.flac has 8 channels, and not 1 to 6"):
        beds.make(f'music:"{path}"', RATE)
    with pytest.raises(ContentError, match=r"song.flac' has 8 channels, and not 1 to 6") as caught:
        inspector.inspect(path)
    assert "5.1" in caught.value.hint
