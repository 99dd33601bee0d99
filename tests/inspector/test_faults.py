"""Known faults are found where they are, and sound without faults has none."""

import os
import subprocess
import sys
from pathlib import Path
from time import process_time

import numpy as np
import pytest
import soundfile

sys.path.insert(0, str(Path(__file__).parent))
from sounds import RATE, pink, strikes, sweep, white, write

from voiceguide import inspector
from voiceguide.audio.clip import Samples
from voiceguide.inspector.clicks import Clicks
from voiceguide.inspector.faults import of_sound
from voiceguide.inspector.holes import Holes
from voiceguide.inspector.levels import Clipping
from voiceguide.inspector.runs import Span

NEAR = 0.010
"""Seconds by which a place may be off."""


def faults(path: Path) -> list[tuple[str, float]]:
    found = inspector.inspect(path)
    rate = found.container.rate
    return [(fault.kind, fault.place.start / rate if fault.place else 0.0) for fault in found.faults]


CLEAN = {
    "pink": pink(8),
    "soft pink": pink(8, 0.001),
    "white": white(8),
    "sweep": sweep(8),
    "strikes": strikes(8),
    "sudden strikes": strikes(8, attack=1e-6),
    "silence": np.zeros((2 * RATE, 2), np.float32),
}


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
@pytest.mark.parametrize("name", CLEAN)
def test_sound_without_faults_has_none(name: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"clean.{ending}"
    soundfile.write(path, CLEAN[name], RATE)
    assert faults(path) == []


def with_click(samples: Samples, at: float, level: float = 0.3) -> Samples:
    samples[round(at * RATE)] += level
    return samples


def with_step(samples: Samples, at: float, level: float = 0.3) -> Samples:
    samples[round(at * RATE) :] += level
    samples[round((at + 0.4) * RATE) :] -= np.linspace(0, level, len(samples) - round((at + 0.4) * RATE))[:, None]
    return samples


def with_hole(samples: Samples, at: float, length: float) -> Samples:
    samples[round(at * RATE) : round((at + length) * RATE)] = 0
    return samples


def with_clipping(samples: Samples, at: float) -> Samples:
    span = slice(round(at * RATE), round((at + 0.05) * RATE))
    time = np.arange(span.stop - span.start) / RATE
    samples[span, 0] = np.clip(1.3 * np.sin(2 * np.pi * 200 * time), -1, 1)
    return samples


FAULTY = {
    "a click in white noise": (with_click(white(8), 3.3), "click", [3.3]),
    "a click in soft pink noise": (with_click(pink(8, 0.01), 3.3, -0.3), "click", [3.3]),
    "a click in a sweep": (with_click(sweep(8), 6.21), "click", [6.21]),
    "a click in a strike": (with_click(strikes(8), 2.9, 0.1), "click", [2.9]),
    "a click in silence": (with_click(np.zeros((4 * RATE, 2), np.float32), 1.5, 0.05), "click", [1.5]),
    "a click near the end": (with_click(pink(4, 0.01), 3.95), "click", [3.95]),
    "a step": (with_step(pink(8, 0.01), 4.0), "click", [4.0]),
    "a dropout of 5 ms": (with_hole(pink(8), 2.5, 0.006), "dropout", [2.5]),
    "a dropout of 30 ms": (with_hole(pink(8), 2.5, 0.03), "dropout", [2.5]),
    "a dropout in a sweep": (with_hole(sweep(8), 5.0, 0.03), "dropout", [5.0]),
    "a dropout across blocks": (with_hole(pink(8), 131_072 / RATE - 0.01, 0.02), "dropout", [131_072 / RATE - 0.01]),
    "a hole of 2 s": (with_hole(pink(8), 2.5, 2.0), "hole", [2.5]),
    "clipping": (with_clipping(pink(8), 3.0), "clipping", [3.0]),
}


@pytest.mark.parametrize("ending", ["wav", "flac"])
@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_found_where_it_is(name: str, ending: str, tmp_path: Path) -> None:
    samples, kind, places = FAULTY[name]
    path = tmp_path / f"faulty.{ending}"
    soundfile.write(path, samples, RATE)
    found = faults(path)
    assert [one for one, _ in found if one != "dc"] == [kind] * len(places)
    assert [place for one, place in found if one != "dc"] == pytest.approx(places, abs=NEAR)


def test_a_hole_in_one_channel_and_its_length(tmp_path: Path) -> None:
    samples = pink(6)
    samples[RATE : RATE + 2205, 1] = 0
    (fault,) = inspector.inspect(write(tmp_path / "one.wav", samples)).faults
    assert fault.kind == "dropout"
    assert fault.place is not None
    assert fault.place.length / RATE == pytest.approx(0.05, abs=0.002)
    assert fault.message == "0:01.000: the sound drops out for 50 ms"


def test_a_hole_that_a_lossy_format_rounded_off(tmp_path: Path) -> None:
    path = tmp_path / "faulty.mp3"
    soundfile.write(path, with_hole(pink(8), 2.5, 0.2), RATE)
    assert faults(path) == [("dropout", pytest.approx(2.5, abs=0.02))]


def test_direct_current(tmp_path: Path) -> None:
    found = inspector.inspect(write(tmp_path / "dc.wav", pink(3) + np.float32(0.02)))
    assert found.sound.dc == pytest.approx(0.02, abs=0.0005)
    assert [fault.kind for fault in found.faults] == ["dc"]
    assert "+2.0 %" in found.faults[0].message


def test_two_samples_at_full_scale_are_a_peak_and_three_are_clipped(tmp_path: Path) -> None:
    samples = pink(3, 0.01)
    samples[RATE : RATE + 2, 0] = 1
    assert "clipping" not in {kind for kind, _ in faults(write(tmp_path / "two.wav", samples))}
    samples[RATE + 2, 0] = 1
    assert "clipping" in {kind for kind, _ in faults(write(tmp_path / "three.wav", samples))}


def sine(peak: float, seconds: float = 2) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    edge = np.clip(np.minimum(time, seconds - time) / 0.05, 0, 1)
    return np.repeat((peak * edge * np.sin(2 * np.pi * 200 * time))[:, None], 2, axis=1).astype(np.float32)


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "PCM_U8", "PCM_16", "PCM_24"])
def test_clipping_is_found_however_samples_are_kept(subtype: str, tmp_path: Path) -> None:
    for peak, expected in ((1.3, ["clipping"]), (0.9, [])):
        path = write(tmp_path / "a.wav", np.clip(sine(peak), -1, 1), subtype)
        assert [kind for kind, _ in faults(path)] == expected


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_floats_beyond_full_scale_are_whole_unless_they_were_cut_off(subtype: str, tmp_path: Path) -> None:
    (fault,) = inspector.inspect(write(tmp_path / "a.wav", sine(1.3), subtype)).faults
    assert (fault.kind, fault.message) == ("peak", "it goes above full scale by 2.3 dB")
    assert "3.3 dB before" in fault.hint
    assert faults(write(tmp_path / "b.wav", sine(1.0), subtype)) == []
    cut = inspector.inspect(write(tmp_path / "c.wav", np.clip(sine(1.3), -1, 1), subtype)).faults
    plain = inspector.inspect(write(tmp_path / "d.wav", np.clip(sine(1.3), -1, 1))).faults
    assert [fault.kind for fault in cut] == ["clipping"]
    assert [(fault.message, fault.place) for fault in cut] == [(fault.message, fault.place) for fault in plain]


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_cut_off_floats_are_the_same_in_blocks_of_any_size(size: int) -> None:
    samples = np.clip(sine(1.3, 0.2), -1, 1)
    samples[4_000:4_003, 1] = 1
    clipping = Clipping(RATE, 2, 1.0, floating=True)
    for at in range(0, len(samples), size):
        clipping.add(samples[at : at + size])
    places = np.flatnonzero((np.abs(samples) == 1).any(axis=1))
    assert clipping.finish() == (Span(int(places[0]), int(places[-1]) + 1),)


def test_what_is_found_a_hundred_thousand_times_is_counted_and_takes_no_time() -> None:
    spans = tuple(Span(10_000 * n, 10_000 * n + 50) for n in range(100_000))
    clicks = tuple(Span(span.start + 5_000 * (n % 2), span.start + 5_001) for n, span in enumerate(spans))
    began = process_time()
    found = of_sound(spans, (), clicks, RATE)
    assert process_time() - began < 3
    assert [sum(fault.kind == kind for fault in found) for kind in ("clipping", "click")] == [2_000, 2_000]
    assert [fault.message for fault in found if "more after it" in fault.message] == [
        "7:33.288: clipped for 1.1 ms, and 98000 times more after it",
        "15:06.916: a click, and 48000 times more after it",
    ]


def test_an_hour_that_is_clipped_throughout_is_read_in_even_steps() -> None:
    block = np.zeros((65_536, 2), np.float32)
    block[::4_000] = block[1::4_000] = block[2::4_000] = 1
    clipping, took = Clipping(RATE, 2, 1.0), []
    for _ in range(4):
        began = process_time()
        for _ in range(600):
            clipping.add(block)
        took.append(process_time() - began)
    assert len(clipping.finish()) > 2_000
    assert took[3] < 3 * took[0] + 0.2


@pytest.mark.parametrize("size", [997, 4_410, 65_536])
def test_the_size_of_blocks_changes_nothing(size: int) -> None:
    samples = with_hole(with_click(pink(6, 0.01), 1.1), 3.0, 0.03)
    clicks, holes = Clicks(RATE, 2), Holes(RATE, 2)
    for at in range(0, len(samples), size):
        clicks.add(samples[at : at + size])
        holes.add(samples[at : at + size])
    assert round(1.1 * RATE) in [span.start for span in clicks.finish()]
    assert [span.start for span in holes.finish(0.0)] == [pytest.approx(3.0 * RATE, abs=3)]


LINES = """## One
Let go of your shoulders, and take a deep breath. [pause 2s]
Take the top of your foot, tap it, pick it up, put it back. [bell]
## Two
Tick, tock. Keep going. [pause 1s-4s]
Good.
"""


@pytest.mark.parametrize(
    ("engine", "bed", "ending"),
    [("tone", "drone", "mp3"), ("tone", "none", "flac"), ("pyttsx3", "drone", "mp3"), ("pyttsx3", "none", "flac")],
)
def test_a_session_has_no_faults(engine: str, bed: str, ending: str, tmp_path: Path, clips: Path) -> None:
    if engine == "pyttsx3":
        pytest.importorskip("pyttsx3")
    (tmp_path / "mine.md").write_text(LINES)
    words = [sys.executable, "-m", "voiceguide", "render", "mine.md", "--length", "35s", "-o", f"session.{ending}"]
    words += ["--engine", engine, "--bed", bed, "--cache", str(clips), "-qq"]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=120, env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)})
    assert faults(tmp_path / f"session.{ending}") == []
