"""A voice whose peaks have to be held down comes out softer than it was meant to: the bed makes room for that, too."""

import numpy as np

from voiceguide import beds
from voiceguide.audio.clip import Clip
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.mixer import Mix, MixLevels
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames

RATE = 16_000
SAID = Utterance("Hear it.")


def peaky() -> Clip:
    """Three seconds of a hum with a crack in every twentieth of a second, 26 dB above it."""
    time = np.arange(3 * RATE) / RATE
    wave = 0.02 * np.sin(2 * np.pi * 300 * time)
    wave[:: RATE // 20] += 0.4
    return Clip(wave.astype(np.float32), RATE)


def distance(clip: Clip) -> float:
    """LU from a bed to the voice."""
    said = Placement("say", Frames(5 * RATE), Frames(len(clip.samples)), "", 0, SAID)
    timeline = Timeline("T", RATE, Frames(20 * RATE), (), (said,), exact=True, bed="brown")
    bed = beds.make("brown", RATE)
    levels = MixLevels(loudness=-16.0, ceiling=-3.0)
    mix = Mix(timeline, {SAID: clip}.__getitem__, lambda _: np.zeros((0, 2), np.float32), lambda _: bed, levels)
    voice, behind = (
        np.concatenate(list(mix.blocks(said.start, said.end, parts=frozenset({part})))) for part in ("voice", "bed")
    )
    return clip_loudness(clip_powers(voice, RATE)) - clip_loudness(clip_powers(behind, RATE))


def test_the_bed_makes_room_for_a_voice_that_is_held_down() -> None:
    assert distance(peaky()) >= 20
