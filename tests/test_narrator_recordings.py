"""Recordings in the narrator: any format, no engine, and a clear word about what cannot be played."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceguide import engines
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.audio.resample import resampled
from voiceguide.cache import ClipCache
from voiceguide.engines.tone import ToneEngine
from voiceguide.errors import ContentError
from voiceguide.model.cues import Source
from voiceguide.model.script import Recording, Say, Utterance
from voiceguide.narrator import Narration, Narrator, clip_key
from voiceguide.narrator import recordings as stage
from voiceguide.progress import Event, Warn

TEXT = "Breathe in, slowly."


class Mute(ToneEngine):
    """An engine that nobody may ask to speak."""

    def speak(self, utterance: Utterance, deadline: float) -> Clip:
        raise AssertionError(f"an engine was asked for '{utterance.spoken}' by {deadline}")


@pytest.fixture
def voice(clips: Path) -> Clip:
    engine = engines.make("pyttsx3")
    narrator = Narrator(engine, ClipCache(clips))
    narrator.speak([Say(TEXT, Utterance(TEXT))])
    engine.close()
    return narrator.clip(Utterance(TEXT))


@pytest.fixture
def cache(tmp_path: Path) -> ClipCache:
    return ClipCache(tmp_path / "cache")


def line(path: Path, text: str = TEXT, number: int = 3) -> Say:
    taken = Recording(hashlib.sha256(path.read_bytes()).hexdigest(), str(path), path.name)
    return Say(text, Utterance(text, recording=taken), Source("feet.md", number))


def in_a_room(clip: Clip) -> Samples:
    """With a second of quiet room around it."""
    samples = np.pad(clip.samples, clip.rate)
    return (samples + np.random.default_rng(1).normal(size=len(samples)) * 0.0003).astype(np.float32)


FORMATS = [
    ("wav", "PCM_16"),
    ("wav", "PCM_U8"),
    ("wav", "PCM_24"),
    ("wav", "FLOAT"),
    ("aiff", "PCM_16"),
    ("flac", "PCM_16"),
    ("ogg", "VORBIS"),
    ("ogg", "OPUS"),
    ("mp3", "MPEG_LAYER_III"),
]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("ending", "subtype"), FORMATS)
def test_any_format_gives_the_same_words_at_full_level(
    tmp_path: Path, cache: ClipCache, voice: Clip, ending: str, subtype: str, channels: int
) -> None:
    path = tmp_path / f"take.{ending}"
    samples = resampled(Clip(in_a_room(voice), voice.rate), 48_000) * np.float32(0.5)
    soundfile.write(path, np.stack([samples] * channels, axis=1), 48_000, subtype=subtype)
    narrator = Narrator(Mute(), cache)
    assert narrator.speak([line(path)]) == Narration(0, 0, 1)
    clip = narrator.clip(line(path).utterance)
    assert clip.samples.ndim == 1
    assert len(clip.samples) / clip.rate == pytest.approx(len(voice.samples) / voice.rate, abs=0.07)
    assert float(np.abs(clip.samples).max()) == pytest.approx(0.9, abs=0.05)


def test_a_hot_float_file_is_turned_down_and_not_cut(tmp_path: Path, cache: ClipCache, voice: Clip) -> None:
    soundfile.write(tmp_path / "hot.wav", voice.samples * 30, voice.rate, subtype="FLOAT")
    narrator = Narrator(Mute(), cache)
    narrator.speak([line(tmp_path / "hot.wav")])
    clip = narrator.clip(line(tmp_path / "hot.wav").utterance)
    loudness = clip_loudness(clip_powers(clip.samples, clip.rate)) - 20 * np.log10(np.abs(clip.samples).max())
    before = clip_loudness(clip_powers(voice.samples, voice.rate)) - 20 * np.log10(np.abs(voice.samples).max())
    assert loudness == pytest.approx(before, abs=0.1)


def test_a_clip_hangs_on_the_bytes_alone(tmp_path: Path, voice: Clip) -> None:
    for name in ("one.wav", "two.wav"):
        soundfile.write(tmp_path / name, voice.samples, voice.rate)
    soundfile.write(tmp_path / "softer.wav", voice.samples / 2, voice.rate)
    keys = [
        clip_key(engines.make(engine), line(tmp_path / f"{name}.wav", text).utterance)
        for engine, name, text in (
            ("tone", "one", TEXT),
            ("pyttsx3", "two", TEXT),
            ("tone", "one", "Other words."),
            ("tone", "softer", TEXT),
        )
    ]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_what_is_there_is_read_no_more(tmp_path: Path, cache: ClipCache, voice: Clip) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, in_a_room(voice), voice.rate)
    say = line(path)
    Narrator(Mute(), cache).prepare([say])
    path.unlink()
    again = Narrator(Mute(), cache)
    assert again.length(say.utterance) is not None
    assert again.speak([say]) == Narration(0, 0, 1)


def wav(change: Callable[[Samples], Any], **written: Any) -> Callable[[Path, Clip], None]:
    def write(path: Path, voice: Clip) -> None:
        soundfile.write(path, change(voice.samples), written.pop("rate", voice.rate), format="WAV", **written)

    return write


def raw(data: bytes) -> Callable[[Path, Clip], None]:
    return lambda path, _voice: Path.write_bytes(path, data) and None


def truncated_flac(path: Path, voice: Clip) -> None:
    soundfile.write(path, voice.samples, voice.rate, format="FLAC")
    path.write_bytes(path.read_bytes()[:-2000])


def six_minutes(path: Path, _voice: Clip) -> None:
    # A FLAC of digital silence is a few bytes for every four thousand samples.
    with soundfile.SoundFile(path, "w", 8000, 1, format="FLAC", subtype="PCM_16") as file:
        for _ in range(6):
            file.write(np.zeros(8000 * 60, np.int16))


BAD = {
    "text": (raw(b"Breathe in, slowly.\n" * 20), "", "save it as WAV"),
    "a list for ffmpeg": (raw(b"ffconcat version 1.0\nfile /etc/passwd\n"), "", "save it as WAV"),
    "html": (raw(b"<!doctype html><html></html>"), "", "save it as WAV"),
    "noise": (raw(np.random.default_rng(1).bytes(50_000)), "", "save it as WAV"),
    "header": (wav(lambda samples: samples[:0]), "", "again"),
    "truncated": (truncated_flac, "", "copy the file again"),
    "silent": (wav(np.zeros_like), "it is silent", "louder"),
    "current": (wav(lambda samples: np.full_like(samples, 0.5)), "it is silent", "louder"),
    "clipped": (wav(lambda samples: np.clip(samples * 100, -1, 1)), "it is clipped all over", "softer"),
    "no numbers": (
        wav(lambda samples: np.where(samples > 0.1, np.nan, samples), subtype="FLOAT"),
        "values that are no numbers",
        "again",
    ),
    "no voice": (
        wav(lambda samples: np.random.default_rng(1).normal(size=len(samples)) * 0.05),
        "noise",
        "where it is quiet",
    ),
    "too long": (six_minutes, "it is too long", "one for each line"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_played_is_told_with_line_file_and_cure(
    tmp_path: Path, cache: ClipCache, voice: Clip, kind: str
) -> None:
    write, fault, cure = BAD[kind]
    path = tmp_path / "take.wav"
    write(path, voice)
    with pytest.raises(ContentError) as caught:
        Narrator(Mute(), cache).speak([line(path)])
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"feet.md:3:1: the recording take.wav of '{TEXT}' cannot be played: it ")
    assert fault in problem.message
    assert cure in problem.hint
    assert cache.stats().clips == 0


def test_everything_that_cannot_be_played_is_told_at_once(tmp_path: Path, cache: ClipCache, voice: Clip) -> None:
    soundfile.write(tmp_path / "good.wav", in_a_room(voice), voice.rate)
    (tmp_path / "bad.wav").write_text("bad")
    (tmp_path / "worse.wav").write_text("worse")
    lines = [line(tmp_path / f"{name}.wav", TEXT, n) for n, name in enumerate(("bad", "good", "worse"), 1)]
    with pytest.raises(ContentError) as caught:
        Narrator(Mute(), cache).prepare(lines)
    assert [problem.line for problem in caught.value.problems] == [1, 3]


def test_a_file_that_changes_or_goes_in_between_is_no_clip(tmp_path: Path, cache: ClipCache, voice: Clip) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, voice.samples, voice.rate)
    say = line(path)
    soundfile.write(path, voice.samples / 2, voice.rate)
    with pytest.raises(ContentError, match="it was changed while it was read"):
        Narrator(Mute(), cache).prepare([say])
    path.unlink()
    with pytest.raises(ContentError, match="it cannot be read: No such file"):
        Narrator(Mute(), cache).prepare([say])


@pytest.mark.parametrize(
    ("text", "noise", "doubt"),
    [
        (TEXT, 0.0003, ""),
        (TEXT, 0.01, "dB below the voice, and will be heard"),
        ("Out.", 0.0003, ""),
        (
            "Hold the top of your left foot with one hand, and the heel with the other, for a while.",
            0.0003,
            "right file?",
        ),
    ],
)
def test_what_is_doubtful_is_told_and_played(
    tmp_path: Path, cache: ClipCache, voice: Clip, text: str, noise: float, doubt: str
) -> None:
    samples = np.pad(voice.samples, voice.rate)
    samples = samples + np.random.default_rng(1).normal(size=len(samples)) * noise
    soundfile.write(tmp_path / "take.wav", samples, voice.rate)
    events: list[Event] = []
    Narrator(Mute(), cache, events.append).prepare([line(tmp_path / "take.wav", text)])
    told = [event.message for event in events if isinstance(event, Warn)]
    assert len(told) == (1 if doubt else 0)
    assert all(message.startswith("feet.md:3: take.wav: ") and doubt in message for message in told)
    assert cache.stats().clips == 1


def test_a_slow_teacher_is_not_doubted(tmp_path: Path, cache: ClipCache, voice: Clip) -> None:
    slow = np.concatenate([voice.samples, np.zeros(4 * voice.rate, np.float32), voice.samples])
    soundfile.write(tmp_path / "take.wav", slow, voice.rate)
    events: list[Event] = []
    Narrator(Mute(), cache, events.append).prepare([line(tmp_path / "take.wav")])
    assert events == []
    assert stage.BAND == (0.3, 6.0)
