"""Meters are judged by another: ffmpeg's ebur128."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SILENCE, Loudness, clip_loudness, clip_powers
from voiceguide.audio.true_peak import TruePeak, true_peak


def noise(rate: int, seconds: float) -> Samples:
    dice = np.random.default_rng(1)
    time = np.arange(round(rate * seconds))[:, None] / rate
    bursts = np.clip(3 * np.sin(2 * np.pi * 0.3 * time), 0, 1) * np.array([0.25, 0.08])
    return (dice.standard_normal((len(time), 2)) * bursts).astype(np.float32)


def sine(rate: int, frequency: float, level: float, phase: float = 0.0) -> Samples:
    time = np.arange(6 * rate) / rate
    edge = np.clip(np.minimum(time, time[-1] - time) / 0.05, 0, 1)
    return (level * edge * np.sin(2 * np.pi * frequency * time + phase)).astype(np.float32)


MATERIAL = {
    "noise 44100": (44_100, noise(44_100, 8)),
    "noise 48000": (48_000, noise(48_000, 8)),
    "noise 22050": (22_050, noise(22_050, 8)),
    "mono 997 Hz": (44_100, sine(44_100, 997, 0.1)),
    "mono 60 Hz": (44_100, sine(44_100, 60, 0.3)),
    "between samples": (44_100, sine(44_100, 11_025, 0.5, np.pi / 4)),
}


def measured(samples: Samples, rate: int, size: int) -> tuple[float, float]:
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    loudness, peak = Loudness(rate, channels), TruePeak(channels)
    for at in range(0, len(samples), size):
        loudness.add(samples[at : at + size])
        peak.add(samples[at : at + size])
    return loudness.integrated(), peak.dbtp


def judged(samples: Samples, rate: int, path: Path) -> tuple[float, float]:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return tuple(float(re.findall(mark, said)[-1]) for mark in (r"I:\s+(\S+) LUFS", r"Peak:\s+(\S+) dBFS"))


@pytest.mark.parametrize("name", MATERIAL)
def test_an_independent_meter_agrees(name: str, tmp_path: Path) -> None:
    rate, samples = MATERIAL[name]
    loudness, peak = measured(samples, rate, 46_080)
    other_loudness, other_peak = judged(samples, rate, tmp_path / "judged.wav")
    # It prints tenths: half of one is not ours.
    assert abs(loudness - other_loudness) <= 0.05 + 0.05
    assert other_peak - 0.1 - 0.05 <= peak <= other_peak + 0.15 + 0.05


@pytest.mark.parametrize("size", [7, 441, 4_410, 100_000])
def test_the_size_of_blocks_changes_nothing(size: int) -> None:
    rate, samples = 8_000, noise(8_000, 2.5)
    whole = measured(samples, rate, len(samples))
    assert measured(samples, rate, size) == pytest.approx(whole, abs=1e-5)


def test_a_full_scale_sine_in_one_channel_reads_as_the_standard_says() -> None:
    assert measured(sine(48_000, 997, 1.0), 48_000, 4_096)[0] == pytest.approx(-3.01, abs=0.05)


def test_silence_and_almost_nothing_have_no_loudness() -> None:
    assert measured(np.zeros((44_100, 2), np.float32), 44_100, 1_000) == (SILENCE, SILENCE)
    assert measured(noise(44_100, 0.3), 44_100, 1_000)[0] == SILENCE
    assert measured(np.zeros((0, 2), np.float32), 44_100, 1_000) == (SILENCE, SILENCE)


def test_asking_twice_and_going_on_changes_nothing() -> None:
    rate, samples = MATERIAL["noise 44100"]
    meter, peak = Loudness(rate, 2), TruePeak(2)
    for half in np.split(samples, 2):
        meter.add(half)
        peak.add(half)
        assert meter.integrated() == meter.integrated()
        assert peak.dbtp == peak.dbtp
    assert (meter.integrated(), peak.dbtp) == pytest.approx(measured(samples, rate, 46_080), abs=1e-9)


def test_the_peak_of_a_whole_signal_is_the_streamed_one() -> None:
    rate, samples = MATERIAL["noise 44100"]
    assert 20 * np.log10(true_peak(samples)) == pytest.approx(measured(samples, rate, 46_080)[1], abs=1e-4)
    assert true_peak(samples[:, 0]) <= true_peak(samples)
    assert true_peak(np.zeros(0, np.float32)) == 0


def test_a_clip_is_as_loud_as_its_stream() -> None:
    rate, samples = MATERIAL["noise 44100"]
    assert clip_loudness(clip_powers(samples, rate)) == pytest.approx(measured(samples, rate, 999)[0], abs=0.3)


def test_a_clip_shorter_than_a_gating_block_has_its_mean_loudness() -> None:
    long, short = sine(22_050, 500, 0.1)[22_050:], sine(22_050, 500, 0.1)[22_050 : 22_050 + 4_410]
    loudness = clip_loudness(clip_powers(long[:44_100], 22_050))
    assert clip_loudness(clip_powers(short, 22_050)) == pytest.approx(loudness, abs=0.5)
    assert clip_loudness(clip_powers(np.zeros(0, np.float32), 22_050)) == SILENCE


def test_a_clip_can_be_weighed_as_a_meter_of_another_rate_will_hear_it() -> None:
    import soxr

    low = sum(sine(22_050, frequency, 0.05) for frequency in (200, 1_800, 3_000, 7_000))
    high = soxr.resample(low, 22_050, 44_100, quality="HQ")
    heard = clip_loudness(clip_powers(high, 44_100))
    assert clip_loudness(clip_powers(low, 22_050, heard_at=44_100)) == pytest.approx(heard, abs=0.01)
    assert clip_loudness(clip_powers(low, 22_050)) != pytest.approx(heard, abs=0.01)
