"""A guide and a counter, with the real voices: each line in its own voice, and none louder than another."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceguide import engines, pipeline
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.audio.resample import resampled
from voiceguide.cache import ClipCache
from voiceguide.library import Library
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say, Utterance
from voiceguide.narrator import Narrator
from voiceguide.progress import Event, Warn
from voiceguide.settings import Settings

ROUTINE = """\
---
title: Guide and counter
voice: {pyttsx3: en-us}
voices:
  counter: {voice: {pyttsx3: en-gb}, rate: 130}
bed: none
---
## Count
Sit upright, with both feet on the floor.
[voice counter] One. [pause 1s] Two. [pause 1s] In. [pause 1s] Out.

One. [pause 1s] Two. [pause 1s] In. [pause 1s] Out.

[voice counter] Breathe out slowly, and let your shoulders drop. [voice] Good. [voice counter] Again.
"""


@pytest.fixture
def routine(tmp_path: Path) -> str:
    path = tmp_path / "two.md"
    path.write_text(ROUTINE, encoding="utf-8")
    return str(path)


def likeness(heard: Any, clip: Any) -> float:
    """The correlation of two pieces of sound as far as the shorter reaches."""
    frames = min(len(heard), len(clip))
    return float(np.corrcoef(heard[:frames], clip[:frames])[0, 1])


def test_a_guide_and_a_counter(routine: str, tmp_path: Path, clips: Path) -> None:
    settings = Settings(engine="pyttsx3", cache=clips, format="wav")
    rendered = pipeline.render(Library(()), routine, None, Wishes(), settings, tmp_path / "two.wav")
    sound, rate = soundfile.read(tmp_path / "two.wav", dtype="float32")
    says = [(p.text, p.utterance, sound[p.start : p.end, 0]) for p in rendered.timeline.placements if p.utterance]
    voices = [(text, utterance.voice, utterance.rate) for text, utterance, _ in says]
    assert voices[:5] == [
        ("Sit upright, with both feet on the floor.", "en-us", 115),
        *[(word, "en-gb", 130) for word in ("One.", "Two.", "In.", "Out.")],
    ]
    assert [voice for _, voice, _ in voices[5:]] == ["en-us"] * 4 + ["en-gb", "en-us", "en-gb"]
    levels = [clip_loudness(clip_powers(heard, rate)) for *_, heard in says]
    assert max(levels) - min(levels) < 0.5
    engine = engines.make("pyttsx3", settings)
    narrator = Narrator(engine, ClipCache(clips))

    def clip(utterance: Utterance) -> Any:
        narrator.speak([Say(utterance.spoken, utterance)])
        return resampled(narrator.clip(utterance), rate)

    for _, utterance, heard in says:
        other = replace(utterance, voice="en-gb" if utterance.voice == "en-us" else "en-us")
        assert likeness(heard, clip(utterance)) > 0.95 > 0.8 > likeness(heard, clip(other))
    engine.close()


def test_a_voice_that_there_is_not_is_named_with_its_line(routine: str, tmp_path: Path, clips: Path) -> None:
    from voiceguide.errors import UsageError

    settings = Settings(engine="pyttsx3", cache=clips, format="wav", voice="counter=en-gbb")
    with pytest.raises(UsageError, match=r"two.md:10: there is no voice called 'en-gbb'") as caught:
        pipeline.render(Library(()), routine, None, Wishes(), settings, tmp_path / "two.wav")
    assert caught.value.hint == "did you mean 'en-gb'?"


def test_a_pitch_that_an_engine_has_not_is_told_once(routine: str, tmp_path: Path) -> None:
    told: list[Event] = []
    settings = Settings(engine="silent", cache=tmp_path, format="wav", pitch=2, profile="none")
    pipeline.render(Library(()), routine, None, Wishes(), settings, tmp_path / "two.wav", listener=told.append)
    assert [event.message for event in told if isinstance(event, Warn)] == [
        "silent cannot speak higher or lower: the pitch that is asked for changes nothing"
    ]
