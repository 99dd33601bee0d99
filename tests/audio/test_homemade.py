"""Recordings from home: the speech in them is found over their room, and nothing of it is lost."""

from pathlib import Path

import numpy as np
import pytest

from voiceguide import engines
from voiceguide.audio import homemade
from voiceguide.audio.clip import Clip, Samples
from voiceguide.cache import ClipCache
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narrator

TEXTS = ("She sees the soft fish.", "Hold the top of your left foot with one hand.", "Sit.")
ROOMS = ("digital silence", "hiss -50", "hiss -35", "rumble -35", "hum -28")


@pytest.fixture
def spoken(clips: Path) -> dict[str, Clip]:
    engine = engines.make("pyttsx3")
    narrator = Narrator(engine, ClipCache(clips))
    lines = [Say(text, Utterance(text)) for text in TEXTS]
    narrator.speak(lines)
    engine.close()
    return {say.text: narrator.clip(say.utterance) for say in lines}


def room(kind: str, frames: int, rate: int) -> Samples:
    """Background of a kind, its RMS in decibels below full scale."""
    name, _, level = kind.partition(" ")
    time, noise = np.arange(frames) / rate, np.random.default_rng(1).normal(size=frames)
    if name == "digital":
        return np.zeros(frames, np.float32)
    if name == "hum":
        noise = sum((np.sin(2 * np.pi * 50 * k * time) / k for k in range(1, 6)), start=np.zeros(frames))
    if name == "rumble":
        spectrum = np.fft.rfft(noise)
        noise = np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1), frames)
    return (noise / noise.std() * 10 ** (float(level) / 20)).astype(np.float32)


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def recorded(clip: Clip, kind: str, around: float) -> Clip:
    """`clip` at an RMS of 0 dB, in a room, with `around` seconds of it on both sides, and some direct current."""
    samples = np.pad(clip.samples / np.float32(rms(clip.samples)), round(around * clip.rate))
    return Clip(((samples + room(kind, len(samples), clip.rate)) * 0.1 + 0.02).astype(np.float32), clip.rate)


def found(line: Clip, recording: Clip) -> tuple[int, int]:
    """The first frame of `line` in `recording`, and the one after its last, by correlation."""
    size = 1 << (len(recording.samples) + len(line.samples)).bit_length()
    whole = np.fft.rfft(recording.samples - recording.samples.mean(), size)
    first = int(np.argmax(np.fft.irfft(whole * np.conj(np.fft.rfft(line.samples, size)), size)))
    return first, first + len(line.samples)


@pytest.mark.parametrize("around", [0.3, 2.0])
@pytest.mark.parametrize("kind", ROOMS)
@pytest.mark.parametrize("text", TEXTS)
def test_the_speech_is_found_over_the_room(spoken: dict[str, Clip], text: str, kind: str, around: float) -> None:
    clip = spoken[text]
    recording = recorded(clip, kind, around)
    line = homemade.line(recording)
    first, end = found(line.clip, recording)
    pad, rate = round(around * clip.rate), clip.rate
    assert -0.02 * rate <= first - pad <= 0.003 * rate
    assert -0.003 * rate <= end - pad - len(clip.samples) <= 0.08 * rate
    assert float(np.abs(line.clip.samples).max()) == pytest.approx(homemade.PEAK, rel=0.1)
    assert abs(float(line.clip.samples.mean())) < 0.005  # 0.2 of it was direct current
    assert line.noise is not None
    if kind != "digital silence":
        # The lowest tone of a hum is hardly heard, and not counted.
        assert line.noise == pytest.approx(float(kind.split()[1]), abs=5)


@pytest.mark.parametrize("kind", ROOMS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_recording_that_is_cut_closely_loses_nothing(spoken: dict[str, Clip], text: str, kind: str) -> None:
    recording = recorded(spoken[text], kind, 0)
    assert len(homemade.line(recording).clip.samples) >= len(recording.samples) - 0.003 * recording.rate


def test_long_breaths_inside_stay_and_clicks_around_go(spoken: dict[str, Clip]) -> None:
    clip = spoken["Sit."]
    rest = np.zeros(3 * clip.rate, np.float32)
    knock = np.zeros_like(rest)
    knock[clip.rate : clip.rate + clip.rate // 100] = 0.9
    samples = np.concatenate([knock, clip.samples, rest, clip.samples, knock])
    line = homemade.line(Clip(samples + room("hiss -60", len(samples), clip.rate), clip.rate))
    assert len(line.clip.samples) / clip.rate == pytest.approx(3 + 2 * len(clip.samples) / clip.rate, abs=0.07)


def test_a_room_without_a_voice_is_no_line() -> None:
    assert not len(homemade.line(Clip(room("hiss -20", 44_100, 44_100), 44_100)).clip.samples)


def test_a_line_that_is_all_speech_tells_nothing_of_its_room(spoken: dict[str, Clip]) -> None:
    assert homemade.line(spoken["Sit."]).noise is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda samples: samples, ""),
        (lambda samples: samples + 0.2, ""),
        (lambda samples: samples * 0.0001, "it is silent"),
        (lambda samples: np.full_like(samples, 0.5), "it is silent"),
        (lambda samples: samples[:0], "it is empty"),
        (lambda samples: np.clip(samples * 100, -1, 1) * 0.3, "it is clipped all over"),
    ],
)
def test_faults(spoken: dict[str, Clip], change: object, fault: str) -> None:
    clip = spoken["Sit."]
    assert callable(change)
    assert homemade.fault(Clip(change(clip.samples).astype(np.float32), clip.rate)) == fault
